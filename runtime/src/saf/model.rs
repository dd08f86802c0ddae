//! The machine under faults, from a seed.
