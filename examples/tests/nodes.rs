//! The deployment of two nodes: both directories are right, and differ in what is of one node alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use isopace::teq::{DescriptorError, Registry, check};

fn nodes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("nodes")
}

/// The lines of a descriptor that say something, without what is said about them.
fn lines(node: &str, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(nodes().join(node).join(file)).unwrap();
    let said = text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim_end().to_owned());
    said.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[test]
fn both_directories_are_right() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nodes");
    std::fs::create_dir_all(folder.join("keys")).unwrap();
    std::fs::write(folder.join("keys/2026-11.hex"), "5a".repeat(32)).unwrap();
    for node in ["a", "b"] {
        std::fs::create_dir_all(folder.join(node)).unwrap();
        for file in std::fs::read_dir(nodes().join(node)).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.join(node).join(file.file_name())).unwrap();
        }
        let checked = check(folder.join(node), &Registry::standard());
        let told: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
        assert!(told.is_empty(), "{told:#?}");
    }
}

#[test]
fn they_differ_in_what_is_of_one_node_alone() {
    let mut differ = BTreeMap::new();
    for file in ["host.toml", "pos.toml", "reversals.toml"] {
        let (a, b) = (lines("a", file), lines("b", file));
        assert_eq!(a.len(), b.len(), "{file}");
        for (a, b) in a.into_iter().zip(b).filter(|(a, b)| a != b) {
            let key = a.split(' ').next().unwrap_or_default().to_owned();
            assert!(differ.insert(key, (a, b)).is_none(), "{file}");
        }
    }
    let keys: Vec<&str> = differ.keys().map(String::as_str).collect();
    assert_eq!(keys, ["addr", "node", "own_stan"]);
    // `own_stan = { from = 1, to = 499999 }`: they have no number in common.
    let ends = |text: &str| -> Vec<u32> {
        text.split(|letter: char| !letter.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
    };
    let (a, b) = &differ["own_stan"];
    let (a, b) = (ends(a), ends(b));
    assert!(a[0] <= a[1] && a[1] < b[0] && b[0] <= b[1], "{a:?} {b:?}");
}
