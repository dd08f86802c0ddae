//! `isogen schema`: the JSON Schema of the spec language, for editors.

use std::path::PathBuf;

use clap::Args;
use isogen::print::schema;

use super::{Failure, Outcome};

/// An editor that knows TOML (with taplo: Even Better TOML, Helix, Neovim and others) completes and checks specs by it:
///
///     isogen schema -o specs/isogen.schema.json
///
/// and as the first line of each spec
///
///     #:schema ./isogen.schema.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Schema {
    /// File to write instead of the standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Schema {
    pub(super) fn run(self) -> Outcome {
        let schema = schema::schema();
        match self.out {
            Some(path) => {
                std::fs::write(&path, schema)
                    .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
                anstream::println!("wrote {}", path.display());
            }
            None => anstream::print!("{schema}"),
        }
        Ok(())
    }
}
