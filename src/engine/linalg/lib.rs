//! The only tuned loops of the engine, and the small dense solves. Every sum has one written order and nothing fuses, so
//! the bits are the same natively and in WebAssembly. No randomness, no models and no data formats.

pub mod cholesky;
pub mod lanes;
pub mod ridge;
pub mod sweep;
