//! rectune
fn main() {}
