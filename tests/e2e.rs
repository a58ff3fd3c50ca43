//! End to end: the release build, served as a static host would serve it, in real browsers.
//!
//! `cargo xtask test` builds the page and runs these. Alone, after `cargo xtask build`:
//! `cargo test --features cli,e2e --test e2e -- --nocapture`, which also prints the times that were measured. The clock's
//! times are never asserted: a busy machine is no mistake of the page.

mod e2e {
    mod browser;
    mod folder;
    mod page;
    mod process;
    mod site;
    mod trace;
    mod wait;
    mod webdriver;

    mod accessible;
    mod class;
    mod comparison;
    mod controls;
    mod first_minute;
    mod first_visit;
    mod links;
    mod messy_data;
    mod offline;
    mod own_data;
    mod recommendations;
    mod saved_studies;
    mod synthetic_log;
    mod ten_thousand;
    mod wrong_input;
}
