//! Compiles the spec of this package into `OUT_DIR`, anew whenever the spec changes.

fn main() -> Result<(), isogen::Error> {
    isogen::Config::new().spec("specs/acme.toml").compile()
}
