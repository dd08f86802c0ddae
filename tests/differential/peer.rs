//! Programs of other people: started once, given lines, asked for as many lines.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// What a peer program is kept in and works in, under the target folder.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The folder of a peer in the sources.
pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("differential").join(name)
}

/// Says loudly that a peer is not there, which fails the test where `required` is set. Not by a macro, whose output
/// tests that pass keep to themselves.
pub(crate) fn skipped<T>(peer: &str, required: &str, why: &str) -> Option<T> {
    let _ = writeln!(io::stderr(), "\n*** SKIPPED: no {peer} here, nothing was compared with it. {why} ***\n");
    assert!(env::var_os(required).is_none(), "{required} is set, and there is no {peer}: {why}");
    None
}

/// Whether a command ran and was content; what it said otherwise.
pub(crate) fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.trim().lines().rev().take(5).collect();
    Err(format!("{:?}: {}", command.get_program(), last.into_iter().rev().collect::<Vec<_>>().join(" / ")))
}

/// Gives the program one line of JSON for each question on its standard input, and takes one for each from its
/// standard output.
pub(crate) fn ask(command: &mut Command, name: &str, questions: &[Value]) -> Vec<Value> {
    let file = folder(name).join("questions.jsonl");
    let lines: Vec<String> = questions.iter().map(Value::to_string).collect();
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    let output = run(command.stdin(File::open(&file).unwrap())).unwrap_or_else(|error| panic!("{error}"));
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}: {line}")))
        .collect();
    assert_eq!(answers.len(), questions.len(), "{name}: as many answers as questions");
    answers
}
