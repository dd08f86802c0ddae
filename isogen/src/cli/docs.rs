//! `isogen docs specs/ -o reference`: a field reference for people.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use isogen::Output;
use isogen::print::docs::{self, Format};

use super::{Failure, Outcome, inputs, named};

#[derive(Args)]
pub(super) struct Docs {
    /// Spec files, folders of them (their *.toml), or names of shipped specs
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Folder for the pages: one for each spec, and an index
    #[arg(short, long, value_name = "FOLDER")]
    out: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t = Word::Html)]
    format: Word,
}

#[derive(Clone, Copy, ValueEnum)]
enum Word {
    /// Pages for a browser, each one file, without script
    Html,
    /// Pages for a code host or a site generator
    Markdown,
}

impl Docs {
    pub(super) fn run(self) -> Outcome {
        let mut specs = Vec::new();
        let mut outcome = Ok(());
        for spec in inputs::specs(&self.specs)? {
            match named::load(&spec) {
                Ok(spec) => specs.push(spec),
                Err(failure) => outcome = Err(failure),
            }
        }
        outcome?;
        let format = match self.format {
            Word::Html => Format::Html,
            Word::Markdown => Format::Markdown,
        };
        let output = Output { files: docs::pages(&specs, format), ..Output::default() };
        let failed = |error: std::io::Error| Failure::Usage(format!("{}: {error}", self.out.display()));
        for path in output.write(&self.out).map_err(failed)? {
            anstream::println!("wrote {}", path.display());
        }
        Ok(())
    }
}
