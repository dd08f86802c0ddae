//! A spec over the one it extends.

use std::path::{Path, PathBuf};

use isogen::model::{Class, Length, Spec};

const RICH: &str = include_str!("specs/rich.toml");

/// A folder of its own with these files in it, and the first of them loaded.
fn load(name: &str, files: &[(&str, &str)]) -> Result<isogen::Loaded, isogen::Diagnostics> {
    let folder = folder(name);
    for (file, text) in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    isogen::load_file(&folder.join(files[0].0))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("extends").join(name)
}

fn child(rest: &str) -> String {
    format!("[spec]\nname = \"child\"\ntitle = \"Child\"\nextends = \"rich\"\n{rest}")
}

fn over_rich(name: &str, rest: &str) -> Spec {
    let loaded = load(name, &[("child.toml", &child(rest)), ("rich.toml", RICH)]).unwrap();
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    loaded.spec
}

fn rich() -> Spec {
    isogen::load_str("rich.toml", RICH).unwrap().spec
}

#[test]
fn one_subfield_in_three_lines() {
    let spec = over_rich("subfield", "[field.127.field.25.field.1]\nname = \"Revision\"\nformat = \"n 4\"\n");
    let old = rich();
    let mut expected = old.clone();
    let field = expected.fields.iter_mut().find(|field| field.key.to_string() == "127").unwrap();
    let inner = &mut field.composite.as_mut().unwrap().fields[1];
    let first = &mut inner.composite.as_mut().unwrap().fields[0];
    first.name = "Revision".to_owned();
    first.ident = "revision".to_owned();
    first.length = Length::Fixed(4);
    assert_eq!(spec.fields, expected.fields);
    assert_eq!(spec.messages, old.messages);
    assert_eq!((spec.name.as_str(), spec.title.as_str(), spec.doc.as_str()), ("child", "Child", ""));
    assert_eq!(spec.bitmap, old.bitmap);
}

#[test]
fn the_format_alone_is_replaced() {
    let spec = over_rich("format", "[field.2]\nformat = \"n 16\"\n");
    let field = spec.field(2).unwrap();
    // `min` of the parent has no use for a fixed length and is passed over.
    assert_eq!((field.length, field.ident.as_str()), (Length::Fixed(16), "pan"));
}

#[test]
fn wire_facts_merge_key_by_key() {
    let spec = over_rich("wire", "[wire]\nlength = { encoding = \"ascii\" }\ndigits = \"ascii\"\n");
    assert!(matches!(
        spec.field(2).unwrap().length,
        Length::Variable { prefix: isogen::model::PrefixEncoding::Ascii, .. }
    ));
    assert_eq!(spec.field(4).unwrap().encoding, isogen::model::Encoding::Ascii);
    assert_eq!(spec.field(39).unwrap().encoding, isogen::model::Encoding::Cp037);
}

#[test]
fn tags_meet_in_either_case() {
    let spec = over_rich("tags", "[field.55.field.9f26]\nname = \"Cryptogram\"\n[field.55.field.9F02]\nmin = 0\n");
    let fields = &spec.field(55).unwrap().composite.as_ref().unwrap().fields;
    assert_eq!(fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>()[2], "Cryptogram");
    assert_eq!(fields.len(), 3);
}

#[test]
fn a_removed_element_leaves_the_messages_too() {
    let spec =
        over_rich("remove", "[field.4]\nremove = true\n[field.2]\nremove = true\n[message.echo]\nremove = true\n");
    assert!(spec.field(2).is_none() && spec.field(4).is_none() && spec.message("echo").is_none());
    let request = spec.message("request").unwrap();
    assert_eq!(request.mandatory, [11]);
    assert_eq!(request.reply.as_ref().unwrap().echo, [11]);
    assert_eq!(spec.message("response").unwrap().mandatory, [11, 39]);
}

#[test]
fn a_removed_message_answers_no_more() {
    let spec = over_rich("remove-message", "[message.response]\nremove = true\n");
    assert!(spec.message("request").unwrap().reply.is_none());
}

#[test]
fn a_removed_child_is_gone() {
    let spec = over_rich("remove-child", "[field.127.field.2]\nremove = true\n");
    assert_eq!(spec.field(127).unwrap().composite.as_ref().unwrap().fields.len(), 1);
}

#[test]
fn a_composite_of_another_kind_replaces_the_old_one() {
    let spec = over_rich(
        "kind",
        "[field.127.composite]\nkind = \"ber-tlv\"\n[field.127.field]\n2 = { remove = true }\n25 = { remove = true }\n",
    );
    let composite = spec.field(127).unwrap().composite.as_ref().unwrap();
    assert_eq!(composite.kind, isogen::model::CompositeKind::BerTlv);
    assert!(composite.fields.is_empty());
}

#[test]
fn children_go_with_the_kind_they_belong_to() {
    for (over, children) in [
        ("composite = { kind = \"bitmap\", bitmap = { encoding = \"hex\", maps = 1 } }", Some(2)),
        ("composite = { text = \"cp037\" }", Some(2)),
        ("composite = { kind = \"ber-tlv\" }", Some(0)),
        ("composite = \"none\"", None),
    ] {
        let spec = over_rich("inside", &format!("[field.127]\n{over}\n"));
        let composite = spec.field(127).unwrap().composite.as_ref();
        assert_eq!(composite.map(|composite| composite.fields.len()), children, "{over}");
    }
    // What the child has instead is its own.
    let pairs = "[field.127]\ncomposite = { kind = \"pairs\" }\n[field.127.field.FACE]\nname = \"Face\"\nformat = \"n 2\"\n\
        [field.127.field.face]\nname = \"Other face\"\nformat = \"n 2\"\n";
    let spec = over_rich("pairs", pairs);
    let keys: Vec<String> =
        spec.field(127).unwrap().composite.as_ref().unwrap().fields.iter().map(|field| field.key.to_string()).collect();
    assert_eq!(keys, ["FACE", "face"]);
}

#[test]
fn what_was_taken_out_can_be_put_in_again() {
    let none = child("[field.127]\ncomposite = \"none\"\n");
    let again =
        "[field.127]\ncomposite = { kind = \"positional\" }\n[field.127.field.1]\nname = \"One\"\nformat = \"b *\"\n";
    let grandchild = child(again).replace("extends = \"rich\"", "extends = \"child.toml\"");
    let files = [("grandchild.toml", grandchild.as_str()), ("child.toml", &none), ("rich.toml", RICH)];
    let spec = load("none-chain", &files).unwrap().spec;
    assert_eq!(spec.field(127).unwrap().composite.as_ref().unwrap().fields.len(), 1);
}

#[test]
fn tags_meet_in_either_case_where_they_are_bytes() {
    let parent = format!(
        "{RICH}\n[field.62]\nname = \"Objects\"\nformat = \"b...255\"\ncomposite = {{ kind = \"ltv\", tag = {{ encoding = \
         \"binary\", width = 2 }}, length = {{ encoding = \"binary-be\", width = 1 }} }}\n[field.62.field.df0a]\nname = \"A\"\n\
         format = \"b 2\"\n"
    );
    let own = child("[field.62.field.DF0a]\nformat = \"b 3\"\n[field.55.field.9F02]\nname = \"Amount of it\"\n");
    let spec = load("case", &[("child.toml", &own), ("rich.toml", &parent)]).unwrap().spec;
    let composite = spec.field(62).unwrap().composite.as_ref().unwrap();
    let found: Vec<(String, Length)> =
        composite.fields.iter().map(|field| (field.key.to_string(), field.length)).collect();
    assert_eq!(found, [("DF0A".to_owned(), Length::Fixed(3))]);
}

#[test]
fn correlation_is_replaced_list_by_list() {
    let parent = format!("{RICH}\n[correlation]\ndefault = [[2, 11], [11]]\nreversal = [42, 11]\n")
        .replace("\"pan\"", "\"text\"")
        .replace("n..19", "ans..19");
    let alternatives =
        |spec: &Spec| spec.correlation.iter().map(|rule| (rule.class, rule.alternatives.clone())).collect::<Vec<_>>();
    for (rest, expected) in [
        ("", vec![(None, vec![vec![2, 11], vec![11]]), (Some(4), vec![vec![42, 11]])]),
        ("[correlation]\ndefault = [11]\n", vec![(None, vec![vec![11]]), (Some(4), vec![vec![42, 11]])]),
        // An alternative goes with any of its elements.
        ("[field.2]\nremove = true\n", vec![(None, vec![vec![11]]), (Some(4), vec![vec![42, 11]])]),
    ] {
        let spec = load("correlation", &[("child.toml", &child(rest)), ("rich.toml", &parent)]).unwrap().spec;
        assert_eq!(alternatives(&spec), expected, "{rest}");
    }
    let rest = child("[field.42]\nremove = true\n");
    let errors = load("correlation", &[("child.toml", &rest), ("rich.toml", &parent)]).unwrap_err();
    let errors: Vec<&str> =
        errors.iter().filter(|one| one.level() == isogen::Level::Error).map(isogen::Diagnostic::code).collect();
    assert_eq!(errors, ["correlation-empty"]);
}

#[test]
fn arrays_are_replaced_whole_and_new_messages_come_last() {
    let rest = "[message.request]\noptional = [42]\n[message.note]\nmti = \"0840\"\noptional = [11]\n";
    let spec = over_rich("arrays", rest);
    assert_eq!(spec.message("request").unwrap().optional, [42]);
    assert_eq!(spec.messages.last().unwrap().name, "note");
}

#[test]
fn chains_are_read_nearest_first() {
    let grandchild = child("[field.39]\nformat = \"an 3\"\nvalues = { \"000\" = \"approved\" }\n")
        .replace("extends = \"rich\"", "extends = \"up/child.toml\"");
    let values = "[field.39]\nvalues = { 05 = \"declined\" }\n";
    let files = [("grandchild.toml", grandchild.as_str()), ("up/child.toml", &child(values)), ("up/rich.toml", RICH)];
    let spec = load("chain", &files).unwrap().spec;
    let folder = folder("chain");
    let files: Vec<PathBuf> = spec.files.iter().map(|file| file.strip_prefix(&folder).unwrap().to_owned()).collect();
    assert_eq!(files, [Path::new("grandchild.toml"), Path::new("up/child.toml"), Path::new("up/rich.toml")]);
    let field = spec.field(39).unwrap();
    assert_eq!((field.class, field.values.len()), (Class::An, 4));
}

#[test]
fn a_text_extends_shipped_specs_only() {
    let text = "[spec]\nname = \"mine\"\ntitle = \"Mine\"\nextends = \"iso87-a\"\n[field.48]\nformat = \"ans...255\"\n";
    let spec = isogen::load_str("mine", text).unwrap().spec;
    assert!(matches!(spec.field(48).unwrap().length, Length::Variable { max: 255, .. }));
    assert!(spec.files.is_empty());
    for parent in ["rich", "rich.toml", "../iso87-a", ""] {
        let errors = isogen::load_str("mine", &text.replace("iso87-a", parent)).unwrap_err();
        assert_eq!(errors.iter().next().unwrap().code(), "unknown-parent", "{errors}");
    }
}

#[test]
fn a_file_may_bear_the_name_of_the_shipped_spec_it_extends() {
    let text = "[spec]\nname = \"iso87-a\"\ntitle = \"Mine\"\nextends = \"iso87-a\"\n";
    let spec = load("own-name", &[("iso87-a.toml", text)]).unwrap().spec;
    assert_eq!((spec.title.as_str(), spec.files.len()), ("Mine", 1));
    assert!(spec.fields.len() > 100);
}

#[test]
fn a_spec_that_extends_itself_is_refused() {
    let text = child("").replace("\"rich\"", "\"child\"");
    let errors = load("itself", &[("child.toml", &text)]).unwrap_err();
    assert_eq!(errors.iter().next().unwrap().code(), "extends-cycle", "{errors}");
}

#[test]
fn a_missing_file_is_said() {
    let errors = isogen::load_file(Path::new("no/such/spec.toml")).unwrap_err();
    assert_eq!(
        errors.iter().next().map(|error| (error.code(), error.file())),
        Some(("unreadable", "no/such/spec.toml"))
    );
    assert!(errors.to_string().contains("no/such/spec.toml"), "{errors}");
}
