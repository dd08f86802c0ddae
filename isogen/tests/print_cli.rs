//! The printers as subcommands: what they write, what they say, and their exit codes.

use std::path::{Path, PathBuf};
use std::process::Command;

const RICH: &str = include_str!("specs/rich.toml");
const WRONG: &str = include_str!("invalid/bad-mti.toml");

/// A folder of its own with two specs in it, one of them wrong.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("print-cli").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(folder.join("specs")).unwrap();
    std::fs::write(folder.join("specs/rich.toml"), RICH).unwrap();
    std::fs::write(folder.join("wrong.toml"), WRONG).unwrap();
    folder
}

/// Exit code, output and error output.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_isogen")).current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace('\\', "/");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn docs() {
    let folder = folder("docs");
    let (code, out, err) = run(&folder, &["docs", "specs", "iso87-a", "-o", "out"]);
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "wrote out/rich.html\nwrote out/iso87-a.html\nwrote out/index.html\n"),
        "{err}"
    );
    assert_eq!(run(&folder, &["docs", "specs", "iso87-a", "-o", "out"]).1, "", "nothing is written twice");
    let (code, out, _) = run(&folder, &["docs", "specs", "-o", "out", "--format", "markdown"]);
    assert_eq!((code, out.as_str()), (Some(0), "wrote out/rich.md\nwrote out/index.md\n"));
    let (code, _, err) = run(&folder, &["docs", "specs", "wrong.toml", "-o", "none"]);
    assert!(code == Some(1) && err.contains("error[bad-mti]") && !folder.join("none").exists(), "{err}");
    assert_eq!(run(&folder, &["docs", "specs"]).0, Some(2));
    assert_eq!(run(&folder, &["docs", "no-such-spec", "-o", "none"]).0, Some(1));
}

#[test]
fn schema() {
    let folder = folder("schema");
    let (code, out, _) = run(&folder, &["schema"]);
    // Patterns have backslashes, which `run` takes for those of paths.
    assert_eq!((code, out), (Some(0), isogen::print::schema::schema().replace('\\', "/")));
    assert_eq!(run(&folder, &["schema", "-o", "s.json"]).0, Some(0));
    assert_eq!(std::fs::read_to_string(folder.join("s.json")).unwrap(), isogen::print::schema::schema());
    assert_eq!(run(&folder, &["schema", "-o", "no/such/folder/s.json"]).0, Some(2));
}

#[test]
fn diff() {
    let folder = folder("diff");
    let (code, out, _) = run(&folder, &["diff", "iso87-a", "iso87-a"]);
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "No difference on the wire, in the meaning or in the generated code.\n")
    );
    let (code, out, _) = run(&folder, &["diff", "iso87-a", "specs/rich.toml"]);
    assert!(code == Some(1) && out.starts_with("On the wire ("), "{out}");
    let (code, out, _) = run(&folder, &["diff", "iso87-a", "specs/rich.toml", "--json"]);
    assert_eq!(code, Some(1));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["equal"], false);
    // Not told from a difference it would be taken for one.
    for arguments in [["diff", "iso87-a", "wrong.toml"], ["diff", "no-such-spec", "iso87-a"]] {
        let (code, out, err) = run(&folder, &arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.contains("cannot be compared"), "{err}");
    }
    assert_eq!(run(&folder, &["diff", "iso87-a"]).0, Some(2));
}

#[test]
fn dissector() {
    let folder = folder("dissector");
    let (code, out, _) =
        run(&folder, &["dissector", "specs/rich.toml", "-o", "rich.lua", "--port", "5000", "--header", "4"]);
    assert_eq!((code, out.as_str()), (Some(0), "wrote rich.lua\n"));
    let lua = std::fs::read_to_string(folder.join("rich.lua")).unwrap();
    assert!(lua.contains("port = 5000") && lua.contains("header = 4"));
    assert_eq!(run(&folder, &["dissector", "wrong.toml", "-o", "wrong.lua"]).0, Some(1));
    assert_eq!(run(&folder, &["dissector", "iso87-a", "-o", "x.lua", "--header", "3"]).0, Some(2));
    assert_eq!(run(&folder, &["dissector", "iso87-a"]).0, Some(2));
}
