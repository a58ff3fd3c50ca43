//! The engine: pure and deterministic, the same bits natively and in WebAssembly. No browser, clock, thread or OS
//! randomness; hash maps are never iterated; transcendental functions come from libm.
//!
//! The modules stand in the order in which data passes them.

pub mod random;
mod deflate;

pub mod data;
pub mod split;

/// The tuned loops: a package of its own, because the worker is compiled for size and they for speed.
pub use rectune_linalg as linalg;

pub mod model;
pub mod metric;
pub mod fit;
pub mod calibration;
pub mod advice;
pub mod online;

pub mod search;
pub mod importance;
pub mod forecast;
pub mod conductor;
pub mod factors;
pub mod share;
