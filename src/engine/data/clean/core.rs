//! The core of a data set: what is left when users and items with few ratings are left out until there are none.

use crate::engine::data::rows::Rows;

/// Which users and which items are outside of the core where every user has at least `least.0` ratings and every item
/// `least.1`. There is one largest core, whatever is left out first (Batagelj and Zaversnik 2003, arXiv:cs/0310049).
pub(super) fn few(rows: &Rows, counts: (u32, u32), least: (u32, u32)) -> (Vec<bool>, Vec<bool>) {
    let (mut users, mut items) = (vec![false; counts.0 as usize], vec![false; counts.1 as usize]);
    loop {
        let (mut of_user, mut of_item) = (vec![0_u32; users.len()], vec![0_u32; items.len()]);
        for (user, item) in rows.user.iter().zip(rows.item.iter()) {
            if !users[user as usize] && !items[item as usize] {
                of_user[user as usize] += 1;
                of_item[item as usize] += 1;
            }
        }
        let mut changed = false;
        for (out, degrees, least) in [(&mut users, of_user, least.0), (&mut items, of_item, least.1)] {
            for (out, degree) in out.iter_mut().zip(degrees) {
                changed |= !*out && degree < least;
                *out |= degree < least;
            }
        }
        if !changed {
            return (users, items);
        }
    }
}
