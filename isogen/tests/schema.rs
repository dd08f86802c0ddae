//! The JSON Schema of the spec language: it takes every spec that the compiler takes, and refuses what is wrong in
//! form.
//!
//! `BLESS=1 cargo test -p isogen --test schema` writes the golden file anew.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// Codes of mistakes in form, which one file shows by itself.
const OF_FORM: &[&str] = &[
    "bad-bitmap",
    "bad-format",
    "bad-mti",
    "bad-name",
    "bad-nibble",
    "bcd-padding",
    "missing-key",
    "not-a-spec",
    "remove-with-keys",
    "unknown-key",
    "unknown-word",
    "wrong-type",
];

fn schema() -> Value {
    serde_json::from_str(&isogen::print::schema::schema()).unwrap()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::options().build(&schema()).unwrap()
}

/// TOML as the JSON that an editor checks; nothing where it does not parse.
fn json(text: &str) -> Option<Value> {
    fn value(found: &toml_edit::Value) -> Value {
        match found {
            toml_edit::Value::String(text) => text.value().clone().into(),
            toml_edit::Value::Integer(number) => (*number.value()).into(),
            toml_edit::Value::Float(number) => (*number.value()).into(),
            toml_edit::Value::Boolean(flag) => (*flag.value()).into(),
            toml_edit::Value::Datetime(date) => date.value().to_string().into(),
            toml_edit::Value::Array(array) => array.iter().map(value).collect(),
            toml_edit::Value::InlineTable(table) => {
                table.iter().map(|(key, one)| (key.to_owned(), value(one))).collect()
            }
        }
    }
    fn item(found: &toml_edit::Item) -> Value {
        match found {
            toml_edit::Item::None => Value::Null,
            toml_edit::Item::Value(found) => value(found),
            toml_edit::Item::Table(found) => table(found),
            toml_edit::Item::ArrayOfTables(tables) => tables.iter().map(table).collect(),
        }
    }
    fn table(table: &toml_edit::Table) -> Value {
        Value::Object(table.iter().map(|(key, found)| (key.to_owned(), item(found))).collect::<Map<_, _>>())
    }
    text.parse::<toml_edit::DocumentMut>().ok().map(|document| table(document.as_table()))
}

fn faults(validator: &jsonschema::Validator, text: &str) -> Vec<String> {
    let json = json(text).unwrap();
    validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn toml_files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn it_is_a_schema() {
    assert!(jsonschema::meta::is_valid(&schema()));
}

#[test]
fn it_is_what_was_agreed() {
    let golden = Path::new("tests/golden/isogen.schema.json");
    let found = isogen::print::schema::schema();
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all("tests/golden").unwrap();
        std::fs::write(golden, &found).unwrap();
    }
    let expected = std::fs::read_to_string(golden).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == expected, "{} differs; write it anew with BLESS=1", golden.display());
}

#[test]
fn every_spec_that_loads_validates() {
    let validator = validator();
    let mut seen = 0;
    for folder in ["specs", "tests/specs", "tests/invalid", "tests/invalid/parents"] {
        for file in toml_files(folder) {
            if isogen::load_file(&file).is_err() {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let faults = faults(&validator, &text);
            assert!(faults.is_empty(), "{}: {faults:#?}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 5, "only {seen} specs were looked at");
}

#[test]
fn what_is_wrong_in_form_does_not_validate() {
    let validator = validator();
    let mut refused = Vec::new();
    for file in toml_files("tests/invalid") {
        let Err(errors) = isogen::load_file(&file) else {
            continue;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        let own = errors.iter().filter(|error| Path::new(error.file()) == file);
        let codes: Vec<&str> = own.map(isogen::Diagnostic::code).filter(|code| OF_FORM.contains(code)).collect();
        if codes.is_empty() || json(&text).is_none() {
            continue;
        }
        assert!(!faults(&validator, &text).is_empty(), "{}: {codes:?} pass unseen", file.display());
        refused.extend(codes.into_iter().map(str::to_owned));
    }
    for code in OF_FORM {
        assert!(refused.iter().any(|seen| seen == code), "no file with {code} was looked at");
    }
}

#[test]
fn forms() {
    let validator = validator();
    for (rest, good) in [
        ("[field.48]\nformat = \"ans...255\"", true),
        ("[field.48]\nformat = \"ans 255\"", true),
        ("[field.48]\nformat = \"b *\"", true),
        ("[field.48]\nformat = \"x+n 8\"", true),
        ("[field.48]\nformat = \"x+n..8\"", false),
        ("[field.48]\nformat = \"ans255\"", false),
        ("[field.48]\nformat = \"N 6\"", false),
        ("[field.48]\nformat = \"n..........9\"", false),
        ("[field.48]\nident = \"a_b2\"", true),
        ("[field.48]\nident = \"A_b\"", false),
        ("[field.48]\nmin = -1", false),
        ("[field.48]\nremove = true", true),
        ("[field.48]\nremove = true\nname = \"x\"", false),
        ("[field.192]\nname = \"x\"", true),
        ("[field.193]\nname = \"x\"", false),
        ("[field.1]\nname = \"x\"", false),
        ("[field.02]\nname = \"x\"", false),
        ("[field.55.field.9F26]\nname = \"x\"", true),
        ("[field.48.field.9F2]\nname = \"x\"", true),
        ("[field.48.field.\"A.B\"]\nname = \"x\"", false),
        ("[field.48]\ncomposite = { kind = \"ber-tlv\" }\n[field.48.field.9F2]\nname = \"x\"", false),
        ("[field.48]\ncomposite = { kind = \"repeat\", most = 2 }\n[field.48.field.9F26]\nname = \"x\"", false),
        (
            "[field.48]\ncomposite = { kind = \"pairs\", unknown = \"skip\" }\n[field.48.field.\"a:b\"]\nname = \"x\"",
            true,
        ),
        ("[field.48]\ncomposite = { kind = \"pairs\", unknown = \"drop\" }", false),
        ("[field.48]\ncomposite = \"none\"", true),
        ("[field.48]\ncomposite = \"nothing\"", false),
        ("[field.48]\ncomposite = { xml = true }\n[field.48.field.2]\nxml = \"Amount\"", true),
        ("[field.48.field.2]\nxml = \"2nd\"", false),
        (
            "[field.48]\ncomposite = { tag = { encoding = \"bcd\", width = 2 }, length = { width = 1, covers = \"all\" } }",
            true,
        ),
        ("[field.48]\ncomposite = { tag = { encoding = \"raw\", width = 2 } }", false),
        ("[correlation]\ndefault = [[11, 41], [11]]\nreversal = [11]", true),
        ("[correlation]\ndefault = [[11], 41]", false),
        ("[correlation]\ndefault = []", false),
        ("[correlation]\nreversals = [11]", false),
        ("[field.39.values]\n51 = \"x\"\n52 = { meaning = \"y\", ident = \"Y\" }", true),
        ("[field.39.values]\n51 = { meaning = \"y\", ident = \"y\" }", false),
        ("[field.39]\nencoding = { encoding = \"bcd\", pad = \"left\", nibble = \"F\" }", true),
        ("[field.39]\nencoding = { encoding = \"bcd\", pad = \"left\", nibble = \"G\" }", false),
        ("[field.39]\nencoding = { encoding = \"ascii\" }", true),
        ("[field.39]\nencoding = \"bcd\"", false),
        ("[field.39]\npad = \"none\"", true),
        ("[field.39]\npad = \"nothing\"", false),
        ("[field.2]\nlength = { width = 2 }", true),
        ("[wire]\nlength = { width = 2 }", false),
        ("[wire]\nbitmap = { maps = 4 }", false),
        ("[message.financial-request]\nmandatory = [2, 192]", true),
        ("[message.financial-request]\nmandatory = [1]", false),
        ("[message.financial-request]\nmandatory = [\"2\"]", false),
        ("[message.financial-request]\nmti = \"200\"", false),
        ("[message.Financial]\nmti = \"0200\"", false),
    ] {
        let text = format!("[spec]\nname = \"x\"\ntitle = \"x\"\nextends = \"iso87-a\"\n{rest}\n");
        let faults = faults(&validator, &text);
        assert_eq!(faults.is_empty(), good, "{rest}: {faults:#?}");
    }
}

/// The words that the compiler names when it is given one that it does not know.
fn words_of_the_compiler(line: &str, table: &str) -> Vec<String> {
    let text = format!(
        "[spec]\nname = \"x\"\ntitle = \"x\"\nextends = \"iso87-a\"\n[{table}]\n{}\n",
        line.replace('?', "\"qqqqqqqqqqqq\"")
    );
    let errors = isogen::load_str("x.toml", &text).unwrap_err();
    let error = errors.iter().find(|error| error.code() == "unknown-word").unwrap_or_else(|| panic!("{errors}"));
    let (_, list) = error.help().unwrap().split_once("one of: ").unwrap();
    list.split(", ").map(str::to_owned).collect()
}

/// The words at a place of the schema, in any of its alternatives.
fn words_of_the_schema(pointer: &str) -> Vec<String> {
    fn collect(node: &Value, words: &mut Vec<String>) {
        for one in node["oneOf"].as_array().into_iter().flatten() {
            words.extend(one["const"].as_str().map(str::to_owned));
        }
        for one in node["anyOf"].as_array().into_iter().flatten() {
            collect(one, words);
        }
    }
    let schema = schema();
    let mut words = Vec::new();
    collect(schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")), &mut words);
    words
}

/// Neither knows a word that the other does not.
#[test]
fn its_words_are_those_of_the_compiler() {
    for (line, table, pointer) in [
        ("mti = ?", "wire", "/properties/wire/properties/mti"),
        ("bitmap = { encoding = ?, maps = 2 }", "wire", "/$defs/bitmap/properties/encoding"),
        ("digits = ?", "wire", "/$defs/digits"),
        ("digits = { encoding = \"bcd\", pad = ?, nibble = \"0\" }", "wire", "/$defs/bcd/properties/pad"),
        ("text = ?", "wire", "/$defs/text"),
        ("binary = ?", "wire", "/$defs/binary"),
        ("length = { encoding = ? }", "wire", "/$defs/length/properties/encoding"),
        ("length = { counts = ? }", "wire", "/$defs/length/properties/counts"),
        ("policy = ?", "wire", "/$defs/policy"),
        ("type = ?", "field.48", "/$defs/field/properties/type"),
        ("sensitive = ?", "field.48", "/$defs/field/properties/sensitive"),
        ("encoding = ?", "field.48", "/$defs/encoding"),
        ("composite = { kind = ? }", "field.48", "/$defs/composite/properties/kind"),
        ("composite = { unknown = ? }", "field.48", "/$defs/composite/properties/unknown"),
        (
            "composite = { kind = \"tlv\", tag = { encoding = ? } }",
            "field.48",
            "/$defs/composite/properties/tag/properties/encoding",
        ),
        (
            "composite = { kind = \"tlv\", length = { covers = ? } }",
            "field.48",
            "/$defs/composite-length/properties/covers",
        ),
        ("pad = { side = ?, fill = \" \" }", "field.41", "/$defs/pad/anyOf/1/properties/side"),
        ("pad = { side = \"left\", fill = ? }", "field.41", "/$defs/pad/anyOf/1/properties/fill"),
    ] {
        let mut compiler = words_of_the_compiler(line, table);
        let mut schema = words_of_the_schema(pointer);
        // Packed digits are a table; as a word they are refused.
        if !schema.contains(&"bcd".to_owned()) {
            compiler.retain(|word| word != "bcd");
        }
        compiler.sort();
        schema.sort();
        assert_eq!(schema, compiler, "{pointer}");
    }
}

/// The keys that the compiler names when it is given one that it does not know.
#[test]
fn its_keys_are_those_of_the_compiler() {
    for (table, pointer) in [
        ("spec", "/properties/spec/properties"),
        ("wire", "/properties/wire/properties"),
        ("wire.length", "/$defs/length/properties"),
        ("wire.bitmap", "/$defs/bitmaps/properties"),
        ("field.127.composite.bitmap", "/$defs/bitmap/properties"),
        ("field.41", "/$defs/field/properties"),
        ("field.2.length", "/$defs/own-length/properties"),
        ("field.55.composite", "/$defs/composite/properties"),
        ("field.39.values.XX", "/$defs/value/anyOf/1/properties"),
        ("field.48.composite.tag", "/$defs/composite/properties/tag/properties"),
        ("correlation", "/properties/correlation/properties"),
        ("message.financial-request", "/$defs/message/properties"),
        ("message.financial-request.reply", "/$defs/message/properties/reply/properties"),
    ] {
        let head = "[spec]\nname = \"x\"\ntitle = \"x\"\nextends = \"iso87-a\"\n";
        // Only some kinds have tags.
        let kind = match table.rsplit_once('.') {
            Some((_, "tag")) => "[field.48.composite]\nkind = \"tlv\"\n",
            Some(("field.127.composite", _)) => "[field.127.composite]\nkind = \"bitmap\"\n",
            _ => "",
        };
        let head = &format!("{head}{kind}");
        let head = if table == "spec" { head.to_owned() } else { format!("{head}[{table}]\n") };
        let errors = isogen::load_str("x.toml", &format!("{head}qqqqqqqqqqqq = 1\n")).unwrap_err();
        let error = errors.iter().find(|error| error.code() == "unknown-key").unwrap_or_else(|| panic!("{errors}"));
        let (_, list) = error.help().unwrap().split_once("takes: ").unwrap();
        let mut compiler: Vec<&str> = list.split(", ").collect();
        let schema = schema();
        let properties = schema.pointer(pointer).and_then(Value::as_object).unwrap_or_else(|| panic!("{pointer}"));
        let mut keys: Vec<&str> = properties.keys().map(String::as_str).collect();
        compiler.sort_unstable();
        compiler.dedup();
        keys.sort_unstable();
        // Some are looked at elsewhere, and only where they are of use.
        compiler.extend(
            keys.iter()
                .filter(|key| ["extends", "min", "pad", "policy"].contains(key))
                .filter(|key| !list.contains(**key)),
        );
        compiler.sort_unstable();
        assert_eq!(keys, compiler, "{table}");
    }
}

/// Every key and word says what it is: that is what an editor shows.
#[test]
fn everything_is_described() {
    fn walk(node: &Value, path: &str, missing: &mut Vec<String>) {
        let Value::Object(map) = node else {
            for (place, one) in node.as_array().into_iter().flatten().enumerate() {
                walk(one, &format!("{path}/{place}"), missing);
            }
            return;
        };
        // What is demanded of a spec without a parent repeats keys that are described elsewhere.
        if path.contains("whole") || path == "/else" || path.ends_with("/if") {
            return;
        }
        for (key, one) in map {
            let path = format!("{path}/{key}");
            if key == "properties" {
                for (name, property) in one.as_object().unwrap() {
                    if property.get("description").and_then(Value::as_str).is_none_or(str::is_empty) {
                        missing.push(format!("{path}/{name}"));
                    }
                }
            }
            walk(one, &path, missing);
        }
    }
    let mut missing = Vec::new();
    walk(&schema(), "", &mut missing);
    assert!(missing.is_empty(), "{missing:#?}");
}
