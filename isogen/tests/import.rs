//! `isogen import`: every source in `import/` beside the TOML and the notes that come of it.
//!
//! `BLESS=1 cargo test -p isogen --test import` writes `*.toml` and `*.notes` anew. The sources are invented.

use std::path::{Path, PathBuf};
use std::process::Command;

use isogen::model::{Counts, Encoding, Field, Length, PrefixEncoding, Side};

/// Runs the program in the folder of the sources and gives exit code, output and error output.
fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_isogen")).current_dir("tests/import").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn sources() -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("tests/import").unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        match Path::new(&file).extension().and_then(|extension| extension.to_str()) {
            Some("xml") => found.push(("jpos-xml", file)),
            Some("py") => found.push(("pyiso8583", file)),
            Some("json") if file.contains("host") => found.push(("moov-json", file)),
            Some("json") => found.push(("pyiso8583", file)),
            _ => {}
        }
    }
    found.sort();
    found
}

#[test]
fn every_source_becomes_its_toml_and_its_notes() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for (language, file) in sources() {
        let (code, toml, notes) = run(&["import", "--from", language, &file]);
        assert_eq!(code, Some(0), "{file}: {notes}");
        for (extension, found) in [("toml", toml), ("notes", notes)] {
            let golden = Path::new("tests/import").join(&file).with_extension(extension);
            if bless {
                std::fs::write(&golden, found).unwrap();
                continue;
            }
            let expected = std::fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n");
            if found != expected {
                wrong.push(format!("{}\n--- expected\n{expected}\n--- found\n{found}", golden.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_comes_of_a_source_is_checked_and_laid_out() {
    for (_, file) in sources() {
        let toml = Path::new(&file).with_extension("toml");
        let toml = toml.to_str().unwrap();
        assert_eq!(run(&["check", "--deny-warnings", toml]), (Some(0), String::new(), String::new()));
        assert_eq!(run(&["fmt", "--check", toml]), (Some(0), String::new(), String::new()));
    }
}

/// A field of what became of a source, by its path.
fn field(toml: &str, path: &str) -> Field {
    let loaded = isogen::load_file(&Path::new("tests/import").join(toml)).unwrap();
    let mut fields = loaded.spec.fields;
    let mut found = None;
    for key in path.split('.') {
        let field: Field = fields.into_iter().find(|field| field.key.to_string() == key).unwrap();
        fields = field.composite.clone().map(|composite| composite.fields).unwrap_or_default();
        found = Some(field);
    }
    found.unwrap()
}

const fn bcd(pad_side: Side, pad_nibble: u8) -> Encoding {
    Encoding::Bcd { pad_side, pad_nibble }
}

const fn variable(prefix: PrefixEncoding, width: u8, counts: Counts, max: u32) -> Length {
    Length::Variable { prefix, width, counts, inclusive: false, min: 0, max }
}

/// Wire facts as the libraries document them, by hand: goldens can be blessed, these cannot.
#[test]
fn the_wire_is_the_same() {
    use Counts::{Bytes, Units};
    use Encoding::{Ascii, Cp037, Cp1047, Hex, Raw};
    use PrefixEncoding as P;
    use Side::{Left, Right};
    for (toml, path, encoding, length) in [
        ("acme-ascii.toml", "2", Ascii, variable(P::Ascii, 2, Units, 19)),
        ("acme-ascii.toml", "28", Ascii, Length::Fixed(9)),
        ("acme-ascii.toml", "43", Ascii, Length::Fixed(42)),
        ("acme-ascii.toml", "48.3", Ascii, variable(P::Ascii, 2, Units, 40)),
        ("acme-ascii.toml", "52", Hex, Length::Fixed(8)),
        ("acme-ascii.toml", "53", Raw, variable(P::Ascii, 2, Units, 48)),
        ("acme-ascii.toml", "127", Raw, variable(P::Ascii, 6, Units, 999_999)),
        ("acme-ascii.toml", "127.2", Ascii, variable(P::Ascii, 2, Units, 32)),
        ("acme-mixed.toml", "2", bcd(Right, 0), variable(P::Bcd, 2, Units, 19)),
        ("acme-mixed.toml", "22", bcd(Left, 0), Length::Fixed(3)),
        ("acme-mixed.toml", "32", bcd(Left, 0), variable(P::BinaryBe, 1, Units, 11)),
        ("acme-mixed.toml", "37", Cp1047, Length::Fixed(12)),
        ("acme-mixed.toml", "53", Raw, variable(P::Ebcdic, 2, Units, 99)),
        ("acme-mixed.toml", "54", Ascii, variable(P::Ebcdic, 3, Units, 120)),
        ("acme-mixed.toml", "55", Raw, variable(P::BinaryBe, 1, Units, 255)),
        ("acme-mixed.toml", "61", Ascii, variable(P::Bcd, 3, Units, 999)),
        ("acme-host.toml", "22", bcd(Right, 0), Length::Fixed(3)),
        ("acme-host.toml", "37", Cp1047, Length::Fixed(12)),
        ("acme-host.toml", "52", Hex, Length::Fixed(8)),
        ("acme-host.toml", "55.9F26", Raw, Length::Rest { max: 8 }),
        ("acme-host.toml", "62", Raw, variable(P::Hex, 2, Units, 255)),
        ("acme-host.toml", "62.10", Raw, variable(P::Bcd, 2, Units, 99)),
        ("acme-host.toml", "64", Raw, Length::Fixed(8)),
        ("acme_spec.toml", "2", bcd(Right, 15), variable(P::Bcd, 2, Bytes, 20)),
        ("acme_spec.toml", "32", bcd(Right, 15), variable(P::BinaryBe, 1, Units, 11)),
        ("acme_spec.toml", "44", Encoding::Utf8, variable(P::Ascii, 2, Units, 60)),
        ("acme_spec.toml", "41", Cp037, Length::Fixed(8)),
        ("acme_spec.toml", "61", Ascii, variable(P::Ascii, 3, Units, 512)),
    ] {
        let found = field(toml, path);
        assert_eq!((found.encoding, found.length), (encoding, length), "{toml} {path}");
    }
}

fn scratch(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("import");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn writes_where_it_is_told_to_under_the_name_it_is_given() {
    let output = scratch("written.toml", "");
    let output = output.to_str().unwrap();
    let (code, out, _) =
        run(&["import", "--from", "pyiso8583", "acme_plain.json", "-o", output, "--name", "acme-host"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("wrote ") && out.ends_with("written.toml\n"), "{out}");
    let text = std::fs::read_to_string(output).unwrap();
    assert!(text.contains("\nname = \"acme-host\"\n"), "{text}");
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    for (language, text, place, says) in [
        ("jpos-xml", "<isopackager>\n<isofield id=/>", ":2: ", ""),
        ("jpos-xml", "<project/>", ":1: ", "the root is `project`"),
        ("moov-json", "{\n\"fields\": [}", ":2: ", ""),
        ("moov-json", "{}", ":1: ", "no object `fields`"),
        ("moov-json", "{\"fields\": {}}\n}", ":2: ", "goes on"),
        ("jpos-xml", "<isopackager>\n<isofield id=\"2\" class=\"Own\"/></isopackager>", ":1: ", "no element"),
        ("pyiso8583", "import copy\nspec = copy.deepcopy(other)\n", ":1: ", "json.dump"),
        ("pyiso8583", "spec = {\n'2': 'x\n}", ":2: ", "no end on its line"),
    ] {
        let file = scratch("broken.txt", text);
        let (code, out, error) = run(&["import", "--from", language, file.to_str().unwrap()]);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{text}");
        assert!(error.contains(&format!("broken.txt{place}")) && error.contains(says), "{error}");
    }
    assert_eq!(run(&["import", "--from", "moov-json", "missing.json"]).0, Some(1));
    assert_eq!(run(&["import", "--from", "yaml", "acme-host.json"]).0, Some(2));
    assert_eq!(run(&["import", "--from", "moov-json", "acme-host.json", "--name", "Acme Host"]).0, Some(2));
    assert_eq!(run(&["import", "acme-host.json"]).0, Some(2));
}
