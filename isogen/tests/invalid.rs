//! What the compiler says of specs with mistakes: every `invalid/*.toml` beside its `*.stderr`.
//!
//! `BLESS=1 cargo test -p isogen --test invalid` writes the `*.stderr` anew.

use std::path::{Path, PathBuf};

fn specs() -> Vec<PathBuf> {
    let folder = Path::new("tests/invalid");
    let mut specs: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    specs.sort();
    specs
}

fn said(spec: &Path) -> isogen::Diagnostics {
    match isogen::load_file(spec) {
        Ok(loaded) => loaded.warnings,
        Err(errors) => {
            assert!(errors.has_errors(), "{}: refused without an error", spec.display());
            errors
        }
    }
}

#[test]
fn every_mistake_is_described() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for spec in specs() {
        let golden = spec.with_extension("stderr");
        let found = said(&spec).to_string();
        let found = if cfg!(windows) { found.replace('\\', "/") } else { found };
        assert!(!found.is_empty(), "{}: nothing is found wrong with it", spec.display());
        if bless {
            std::fs::write(&golden, found).unwrap();
            continue;
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n");
        if found != expected {
            wrong.push(format!("{}\n--- expected\n{expected}\n--- found\n{found}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn diagnostics_stand_in_order_and_point_into_a_file() {
    for spec in specs() {
        let found = said(&spec);
        let mut last: Option<(&str, usize, usize)> = None;
        for diagnostic in &found {
            assert!(!diagnostic.message().is_empty() && diagnostic.line() > 0 && diagnostic.column() > 0);
            assert!(diagnostic.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            let place = (diagnostic.file(), diagnostic.line(), diagnostic.column());
            if let Some(last) = last.filter(|last| last.0 == place.0) {
                assert!(last <= place, "{}", spec.display());
            }
            last = Some(place);
        }
    }
}

/// Every code that the compiler can give is shown by one of the files, and the other way round.
#[test]
fn every_code_has_an_example() {
    let mut shown: Vec<String> = specs()
        .iter()
        .flat_map(|spec| said(spec).iter().map(|said| said.code().to_owned()).collect::<Vec<_>>())
        .collect();
    shown.sort();
    shown.dedup();
    let mut coded = Vec::new();
    codes(Path::new("src"), &mut coded);
    coded.sort();
    coded.dedup();
    // Their causes are no mistakes in a file.
    coded.retain(|code| !["unreadable", "duplicate-spec"].contains(&code.as_str()));
    assert_eq!(coded, shown);
}

fn codes(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for call in [".error(", ".warning("] {
            for after in text.split(call).skip(1) {
                let Some(code) = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                    continue;
                };
                found.push(code.to_owned());
            }
        }
    }
}
