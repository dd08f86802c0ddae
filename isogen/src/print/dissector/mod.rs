//! dissector
