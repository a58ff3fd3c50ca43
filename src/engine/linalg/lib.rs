//! The only tuned loops of the engine, and the small dense solves. Every sum has one written order and nothing fuses, so
//! the bits are the same natively and in WebAssembly. No models and no data formats; randomness only
//! from a generator that the caller hands in.

pub mod cholesky;
pub mod conjugate;
pub mod epoch;
pub mod implicit;
pub mod lanes;
pub mod multiplicative;
pub mod normal;
pub mod overlap;
pub mod pairwise;
pub mod ridge;
mod shuffle;
pub mod sweep;
