//! The program: what it writes, what it says, and its exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const RICH: &str = include_str!("specs/rich.toml");
const WRONG: &str = include_str!("invalid/bad-mti.toml");

/// A folder of its own with these files in it.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(folder.join("specs")).unwrap();
    for (file, text) in files {
        std::fs::write(folder.join(file), text).unwrap();
    }
    folder
}

fn isogen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isogen")).current_dir(folder).args(arguments).output().unwrap()
}

/// Runs it and gives exit code, output and error output.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = isogen(folder, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace('\\', "/");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn generates_then_finds_no_difference_then_finds_one() {
    let folder = folder("generate", &[("specs/rich.toml", RICH), ("specs/notes.txt", "no spec")]);
    let (code, out, _) = run(&folder, &["specs", "-o", "gen"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("wrote gen/mod.rs"), "{out}");
    assert_eq!(run(&folder, &["specs", "-o", "gen"]).1, "", "nothing is written twice");
    assert_eq!(run(&folder, &["specs", "-o", "gen", "--check"]).0, Some(0));
    std::fs::write(folder.join("gen/mod.rs"), "// changed\n").unwrap();
    let (code, out, _) = run(&folder, &["specs", "-o", "gen", "--check"]);
    assert_eq!((code, out.as_str()), (Some(1), "differs: gen/mod.rs\n"));
    assert_eq!(std::fs::read_to_string(folder.join("gen/mod.rs")).unwrap(), "// changed\n");
    std::fs::remove_file(folder.join("gen/mod.rs")).unwrap();
    assert_eq!(run(&folder, &["specs", "-o", "gen", "--check"]).0, Some(1));
}

#[test]
fn one_wrong_spec_and_nothing_is_written() {
    let folder = folder("wrong", &[("specs/rich.toml", RICH), ("specs/wrong.toml", WRONG)]);
    let (code, out, err) = run(&folder, &["specs", "-o", "gen"]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(
        err.contains("error[bad-mti]") && err.contains("specs/wrong.toml:14:7") && err.ends_with("2 errors\n"),
        "{err}"
    );
    assert!(!folder.join("gen").exists());
    assert!(!err.contains('\u{1b}'), "colour without a terminal");
}

#[test]
fn checks() {
    let warned = include_str!("invalid/duplicate-name.toml");
    let folder =
        folder("check", &[("specs/rich.toml", RICH), ("warned.toml", warned), ("package.toml", "[package]\n")]);
    assert_eq!(run(&folder, &["check", "specs"]), (Some(0), String::new(), String::new()));
    let (code, _, err) = run(&folder, &["check", "specs/rich.toml", "warned.toml"]);
    assert_eq!(code, Some(0));
    assert!(err.ends_with("\n1 warning\n"), "{err}");
    assert_eq!(run(&folder, &["check", "--deny-warnings", "warned.toml"]).0, Some(1));
    let (code, _, err) = run(&folder, &["check", "."]);
    assert_eq!(code, Some(1));
    assert!(err.contains("error[not-a-spec]"), "{err}");
    assert_eq!(run(&folder, &["check", "missing.toml"]).0, Some(1));
}

#[test]
fn lays_out() {
    let untidy = "[wire]\nmti=\"ascii\"\n[spec]\ntitle='t'\nname='x'\n";
    let folder = folder("fmt", &[("specs/rich.toml", RICH), ("untidy.toml", untidy), ("broken.toml", "[spec\n")]);
    assert_eq!(
        run(&folder, &["fmt", "--check", "untidy.toml"]),
        (Some(1), "differs: untidy.toml\n".to_owned(), String::new())
    );
    assert_eq!(std::fs::read_to_string(folder.join("untidy.toml")).unwrap(), untidy);
    assert_eq!(run(&folder, &["fmt", "untidy.toml"]).0, Some(0));
    let tidy = "[spec]\nname = 'x'\ntitle = 't'\n\n[wire]\nmti = \"ascii\"\n";
    assert_eq!(std::fs::read_to_string(folder.join("untidy.toml")).unwrap(), tidy);
    assert_eq!(run(&folder, &["fmt", "--check", "untidy.toml"]).0, Some(0));
    let (code, _, err) = run(&folder, &["fmt", "broken.toml"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("error[toml-syntax]"), "{err}");
    assert_eq!(std::fs::read_to_string(folder.join("broken.toml")).unwrap(), "[spec\n");
}

#[test]
fn wrong_usage() {
    let folder = folder("usage", &[]);
    for arguments in [
        [].as_slice(),
        &["specs"],
        &["-o", "gen"],
        &["specs", "-o", "gen"],
        &["check"],
        &["check", "specs"],
        &["fmt", "missing.toml"],
        &["--nonsense"],
    ] {
        let (code, _, err) = run(&folder, arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {err}");
        assert!(!err.is_empty());
    }
    assert_eq!(run(&folder, &["--help"]).0, Some(0));
}
