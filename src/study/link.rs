//! Study <-> URL fragment.
