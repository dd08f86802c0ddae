//! Any text as a spec: it is one, or it is said what is wrong, and nothing panics either way.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match isogen::load_str("fuzz.toml", text) {
        Ok(loaded) => drop(loaded),
        Err(diagnostics) => assert!(!diagnostics.to_string().is_empty()),
    }
});
