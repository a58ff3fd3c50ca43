//! Charts: SVG marks as views over pure, tested geometry.

pub mod scale;
pub mod ticks;

mod axes;
mod curves;
mod history;
mod shape;
mod tip;
mod width;

pub use curves::curves;
pub use history::history;
