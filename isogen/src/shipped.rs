//! The specs that come with the compiler: what `extends = "iso87-a"` finds when there is no such file.

const SPECS: &[(&str, &str)] = &[
    ("iso87-a", include_str!("../specs/iso87-a.toml")),
    ("iso87-b", include_str!("../specs/iso87-b.toml")),
    ("iso87-c", include_str!("../specs/iso87-c.toml")),
    ("iso93-a", include_str!("../specs/iso93-a.toml")),
    ("iso93-b", include_str!("../specs/iso93-b.toml")),
    ("postilion", include_str!("../specs/postilion.toml")),
    ("postilion-hex", include_str!("../specs/postilion-hex.toml")),
];
const NAMES: &[&str] = &{
    let mut names = [""; SPECS.len()];
    let mut at = 0;
    while at < SPECS.len() {
        names[at] = SPECS[at].0;
        at += 1;
    }
    names
};

/// Names of the shipped specs, in order.
#[must_use]
pub fn names() -> &'static [&'static str] {
    NAMES
}

/// The text of a shipped spec.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    SPECS.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}
