//! The dialects of this package, as the build script has written them: one module for each spec in `specs/`.

include!(concat!(env!("OUT_DIR"), "/mod.rs"));
