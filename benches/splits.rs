//! What the benches on ML-100K's official splits are told. Shared by them.

use crate::workload::Workload;

/// ML-100K's official splits and the names of what is wanted of a bench, from its arguments `FOLDER [NAMES...]`: the folder of the
/// gzipped parts. Nothing named is everything.
pub fn splits() -> (impl Fn(u32) -> Workload, impl Fn(&str) -> bool) {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("the folder of the parts");
    let names: Vec<String> = arguments.collect();
    let part = move |name: String| std::fs::read(format!("{folder}/{name}.gz")).expect("the part can be read");
    let split = move |at: u32| Workload::new(&part(format!("u{at}.base")), &part(format!("u{at}.test")));
    (split, move |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name))
}
