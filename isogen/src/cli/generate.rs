//! `isogen specs/ -o src/gen`: generates, or checks what was generated.

use std::path::PathBuf;

use clap::Args;
use isogen::Config;

use super::{Failure, Outcome, inputs, show};

#[derive(Args)]
pub(super) struct Generate {
    /// Spec files, or folders of them (their *.toml)
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Folder for the generated files, beside a mod.rs that names them
    #[arg(short, long, value_name = "FOLDER")]
    out: PathBuf,
    /// Write nothing; name the files that a fresh generation would change, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

impl Generate {
    pub(super) fn run(self) -> Outcome {
        let mut config = Config::new();
        for spec in inputs::specs(&self.specs)? {
            config = config.spec(spec);
        }
        let output = match config.generate() {
            Ok(output) => output,
            Err(errors) => {
                show(&errors);
                return Err(Failure::Found);
            }
        };
        show(&output.warnings);
        let failed = |error: std::io::Error| Failure::Usage(format!("{}: {error}", self.out.display()));
        if !self.check {
            for path in output.write(&self.out).map_err(failed)? {
                anstream::println!("wrote {}", path.display());
            }
            return Ok(());
        }
        let stale = output.stale(&self.out).map_err(failed)?;
        for path in &stale {
            anstream::println!("differs: {}", path.display());
        }
        if stale.is_empty() { Ok(()) } else { Err(Failure::Found) }
    }
}
