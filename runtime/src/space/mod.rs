//! Tuple space.
