//! Pairs of user and item that two parts share.

use crate::engine::data::Interactions;
use crate::engine::data::interactions::Row;

/// For each row whether its pair of user and item is among the data's, which may have fewer users and items.
pub(super) fn known(data: &Interactions, rows: &[Row]) -> Vec<bool> {
    let (starts, items) = (data.starts(), data.items());
    // The user, plus one, who had each item last. Rows of one user mostly stand together.
    let mut last = vec![0_u32; data.n_items() as usize];
    let mut at_hand = None;
    let is_known = |row: &Row| {
        if at_hand != Some(row.user) {
            at_hand = Some(row.user);
            if let Some([start, end, ..]) = starts.get(row.user as usize..) {
                for &item in &items[*start as usize..*end as usize] {
                    last[item as usize] = row.user + 1;
                }
            }
        }
        last.get(row.item as usize) == Some(&(row.user + 1))
    };
    rows.iter().map(is_known).collect()
}
