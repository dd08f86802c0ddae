//! Law 6: what was generated is what would be generated, and what is loaded at run time is the same.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn config() -> isogen::Config {
    isogen::Config::new().spec(project().join("specs/iso87-a.toml"))
}

/// The files of a fresh generation, by name.
fn fresh(config: &isogen::Config) -> Vec<(PathBuf, String)> {
    config.generate().unwrap_or_else(|diagnostics| panic!("{diagnostics}")).files
}

fn file(files: &[(PathBuf, String)], name: &str) -> String {
    files.iter().find(|(path, _)| path == Path::new(name)).map(|(_, content)| content.clone()).unwrap()
}

#[test]
fn checked_in_code_is_what_is_generated() {
    let checked_in = std::fs::read_to_string(project().join("runtime/src/gen/iso87a.rs")).unwrap();
    let fresh = file(&fresh(&config()), "iso87a.rs");
    if let Some((at, (old, new))) = checked_in.lines().zip(fresh.lines()).enumerate().find(|(_, (old, new))| old != new)
    {
        panic!("line {}: checked in is {old:?}, generated {new:?}", at + 1);
    }
    assert_eq!(checked_in.len(), fresh.len(), "one has more lines than the other");
}

#[test]
fn generating_again_gives_the_same() {
    assert_eq!(fresh(&config()), fresh(&config()));
}

#[test]
fn generated_code_is_as_rustfmt_would_have_it() {
    let rustfmt = |arguments: &[&str]| {
        Command::new("rustfmt")
            .args(arguments)
            // Away from the project, whose settings are not those of its users.
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    };
    let Ok(mut version) = rustfmt(&["--version"]) else {
        eprintln!("SKIPPED: there is no rustfmt here");
        return;
    };
    version.wait().unwrap();
    for (path, content) in fresh(&config()) {
        // Another module's file is not looked into: `mod.rs` names it.
        if path == Path::new("mod.rs") {
            continue;
        }
        let mut process = rustfmt(&["--edition", "2024", "--check"]).unwrap();
        process.stdin.take().unwrap().write_all(content.as_bytes()).unwrap();
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {}", path.display(), said.chars().take(2000).collect::<String>());
    }
}

/// A spec in a folder of its own.
fn spec(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("laws_generated");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}.toml"));
    std::fs::write(&path, text).unwrap();
    path
}

#[test]

fn mandatory_elements_print_no_more_than_the_message() {
    let overlay = "[spec]\nname = \"strict\"\ntitle = \"Private data and payee are mandatory\"\nextends = \"iso87-a\"\n\
                   [message.financial-request]\nmandatory = [2, 3, 11, 48, 98]\nconditional = []\noptional = []\n\
                   reply = { message = \"financial-response\", echo = [2, 3, 11] }\n";
    let files = fresh(&isogen::Config::new().spec(spec("strict", overlay)));
    let code = file(&files, "strict.rs");
    let (before, _) = code.split_once("pub struct FinancialRequestMandatory").expect("a struct of mandatory elements");
    let attributes = before.rsplit("\n\n").next().unwrap();
    assert!(!attributes.contains("Debug"), "derived: it prints DE 48 and DE 98 in clear");
}

#[cfg(feature = "load")]
mod loaded {
    use isopace::{Dialect, Message, iso87a};
    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    use crate::common::messages::message;
    use crate::common::{cases, leaves, told};

    fn shipped() -> &'static Dialect {
        isopace::load::shipped("iso87-a").expect("a shipped spec")
    }

    #[test]
    fn the_loaded_dialect_is_the_generated_one() {
        assert_eq!(shipped(), &iso87a::DIALECT);
    }

    /// All that a dialect makes of these bytes.
    fn decoded(dialect: &'static Dialect, wire: &[u8]) -> String {
        let (message, error) = Message::parse_partial(dialect, wire.to_vec());
        let numbers: Vec<_> = message.numbers().map(|number| (number, message.span(number))).collect();
        let valid = message.validate().map_err(|violations| violations.iter().map(told).collect::<Vec<_>>());
        format!("{error:?} {numbers:?} {:?} {valid:?} {message:?}", leaves(&message))
    }

    #[test]
    fn both_read_alike() {
        let shipped = shipped();
        let strategy = (message(&iso87a::DIALECT), any::<prop::sample::Index>(), any::<u8>());
        let outcome = TestRunner::new(cases(200)).run(&strategy, |(sample, at, byte)| {
            let mut wire = sample.wire;
            prop_assert_eq!(decoded(shipped, &wire), decoded(&iso87a::DIALECT, &wire));
            let at = at.index(wire.len());
            wire[at] = byte;
            prop_assert_eq!(decoded(shipped, &wire), decoded(&iso87a::DIALECT, &wire));
            wire.truncate(at);
            prop_assert_eq!(decoded(shipped, &wire), decoded(&iso87a::DIALECT, &wire));
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{failure}"));
    }
}
