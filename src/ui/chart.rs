//! Charts: SVG marks as views over pure, tested geometry.

pub mod axis;
pub mod scale;
pub mod ticks;

mod axes;
mod contour;
mod cursor;
mod curves;
mod history;
mod kind;
mod layer;
mod learned;
mod pair;
mod parallel;
mod race;
mod raster;
mod save;
pub mod selection;
mod shape;
mod shell;
mod slices;
mod tested;
mod tip;
mod walk;
mod width;

pub use contour::contour;
pub use curves::curves;
pub use history::history;
pub use learned::learned;
pub use pair::pair_of_curves;
pub use parallel::{clear_brushes, kept, parallel};
pub use race::{race_chart, racer_colour};
pub use save::{Figures, Saved, save, save_export};
pub use shell::chart_keys;
pub use slices::slices;
pub use tested::{Both, tested};
pub use walk::lead;
pub use width::is_touch;
