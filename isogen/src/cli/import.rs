//! `isogen import --from jpos-xml FILE -o OUT.toml`: makes a spec of another library's.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, Outcome, layout};
use crate::import::{Language, Note, Weight, import, is_kebab};

/// What cannot be carried over, and what is guessed, is listed on the error output and stands as a comment in the spec.
#[derive(Args)]
pub(super) struct Import {
    /// The language of the file
    #[arg(long, value_name = "LANGUAGE")]
    from: Language,
    /// The file to read
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write the spec; without it, to the output
    #[arg(short, long, value_name = "OUT.toml")]
    output: Option<PathBuf>,
    /// Name of the new spec, kebab case; without it, from the name of the file
    #[arg(long)]
    name: Option<String>,
}

impl Import {
    pub(super) fn run(self) -> Outcome {
        if let Some(name) = self.name.as_deref().filter(|name| !is_kebab(name)) {
            return Err(Failure::Usage(format!("`{name}` is no name for a spec: kebab case, such as `acme-host`")));
        }
        let file = self.file.display().to_string().replace('\\', "/");
        let source = std::fs::read(&self.file).map_err(|error| {
            anstream::eprintln!("isogen: {file}: {error}");
            Failure::Found
        })?;
        let source = String::from_utf8(source).unwrap_or_else(|error| latin1(error.as_bytes()));
        let imported = import(self.from, &file, &source, self.name.as_deref()).map_err(|error| {
            anstream::eprintln!("isogen: {file}:{}: {}", error.line, error.message);
            Failure::Found
        })?;
        let toml = layout::layout(&imported.toml).map_err(|error| Failure::Usage(error.to_string()))?;
        say(&file, &imported.notes);
        match &self.output {
            Some(output) => write(output, &toml),
            None => {
                anstream::print!("{toml}");
                Ok(())
            }
        }
    }
}

/// Files of old tools are not always UTF-8. Only names can differ, and every byte is a character of Latin-1.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn say(file: &str, notes: &[Note]) {
    for note in notes {
        anstream::eprintln!("{file}:{}: {}: {}: {}", note.line, note.place, note.weight.word(), note.text);
    }
    let lost = notes.iter().filter(|note| note.weight == Weight::Lost).count();
    if !notes.is_empty() {
        anstream::eprintln!("\n{lost} not carried over, {} guessed", notes.len() - lost);
    }
}

fn write(output: &Path, toml: &str) -> Outcome {
    std::fs::write(output, toml).map_err(|error| Failure::Usage(format!("{}: {error}", output.display())))?;
    anstream::println!("wrote {}", output.display().to_string().replace('\\', "/"));
    Ok(())
}

#[cfg(test)]
mod tests;
