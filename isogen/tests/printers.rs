//! No spec makes a printer panic, and what they print of it holds together.

use isogen::model::Spec;
use isogen::print::{diff, dissector, docs};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

const CASES: u32 = 128;

const ENCODINGS: [&str; 9] = ["ascii", "ebcdic", "cp037", "cp1047", "latin1", "utf8", "raw", "hex", "ebcdic-hex"];
const PREFIXES: [&str; 6] = ["ascii", "ebcdic", "bcd", "binary-be", "binary-le", "hex"];
const KINDS: [&str; 8] = ["text", "digits", "number", "amount", "pan", "track-2", "code", "currency"];
const SECRETS: [&str; 6] = ["pan", "sad", "key", "pii", "opaque", "clear"];

/// The body of a field that mostly makes sense: class with an encoding that holds it, and a length.
fn body() -> impl Strategy<Value = String> {
    let class = prop::sample::select(vec![
        ("n", &[0, 1, 9, 10][..]),
        ("z", &[0, 1, 9, 10]),
        ("x+n", &[0, 1, 9, 10]),
        ("an", &[0, 2, 3, 4, 5]),
        ("ans", &[0, 2, 3, 4, 5]),
        ("a", &[0, 2]),
        ("as", &[0, 4]),
        ("ns", &[0, 5]),
        ("anp", &[0, 3]),
        ("b", &[6, 7, 8]),
    ]);
    let length = (0_u32..300, 0_u32..4, any::<prop::sample::Index>(), any::<(bool, bool)>());
    let more = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u32..12);
    (class, any::<prop::sample::Index>(), length, more).prop_map(|((class, fitting), encoding, length, more)| {
        let encoding = match fitting[encoding.index(fitting.len())] {
            9 => "{ encoding = \"bcd\", pad = \"left\", nibble = \"0\" }".to_owned(),
            10 => "{ encoding = \"bcd\", pad = \"right\", nibble = \"F\" }".to_owned(),
            word => format!("\"{}\"", ENCODINGS[word]),
        };
        let (max, form, prefix, (bytes, inclusive)) = length;
        let max = max + 1;
        let (format, length) = match form {
            0 => (format!("{class} {max}"), String::new()),
            1 if class != "x+n" => (format!("{class} *"), String::new()),
            _ if class != "x+n" => {
                let counts = if bytes { "bytes" } else { "units" };
                let prefix = PREFIXES[prefix.index(PREFIXES.len())];
                let length =
                    format!("length = {{ encoding = \"{prefix}\", counts = \"{counts}\", inclusive = {inclusive} }}\n");
                (format!("{class}...{max}"), length)
            }
            _ => (format!("{class} {max}"), String::new()),
        };
        let (kind, secret, extra) = more;
        let extra = match extra {
            0 => format!("type = \"{}\"\n", KINDS[kind.index(KINDS.len())]),
            1 => "pad = { side = \"left\", fill = \" \" }\n".to_owned(),
            2 => "pad = \"none\"\n".to_owned(),
            3 => format!("min = {}\n", max / 2),
            4 => "values = { \"1\" = \"one\", \"2\" = \"two\" }\n".to_owned(),
            5 => "policy = \"lenient\"\n".to_owned(),
            _ => String::new(),
        };
        let secret = SECRETS[secret.index(SECRETS.len())];
        format!("format = \"{format}\"\nencoding = {encoding}\nsensitive = \"{secret}\"\n{length}{extra}")
    })
}

/// A layout and the children in it.
type Layout<T> = (usize, Vec<T>);
/// A child, and what is inside it if it is a composite again.
type Child = (String, Option<Layout<String>>);

/// A composite of any kind with a few children, some of which have an inside again.
fn tree() -> impl Strategy<Value = Layout<Child>> {
    let inner = (0_usize..8, prop::collection::vec(body(), 1..4));
    (0_usize..8, prop::collection::vec((body(), prop::option::weighted(0.3, inner)), 1..5))
}

const LAYOUTS: [&str; 8] = [
    "{ kind = \"positional\" }",
    "{ kind = \"bitmap\", bitmap = { encoding = \"binary\", maps = 1 } }",
    "{ kind = \"bitmap\", bitmap = { encoding = \"hex\", maps = 2 } }",
    "{ kind = \"ber-tlv\" }",
    "{ kind = \"repeat\", most = 3 }",
    "{ kind = \"tlv\", tag = { encoding = \"ebcdic\", width = 3 }, length = { encoding = \"ascii\", width = 3 } }",
    "{ kind = \"ltv\", tag = { encoding = \"binary\", width = 2 }, length = { encoding = \"binary-le\", width = 2, covers = \"all\" } }",
    "{ kind = \"pairs\", unknown = \"skip\" }",
];

fn key(layout: usize, place: usize) -> String {
    match layout {
        0 | 4 => (place + 1).to_string(),
        5 => format!("T{place:02}"),
        6 => format!("DF{place:02X}"),
        7 => format!("KEY_{place}"),
        3 => format!("9F{:02X}", place + 1),
        _ => (place * 20 + 2).to_string(),
    }
}

fn composite(path: &str, name: &str, layout: usize) -> String {
    format!(
        "[{path}]\nname = \"{name}\"\nformat = \"b...900\"\nsensitive = \"opaque\"\ncomposite = {}\n",
        LAYOUTS[layout]
    )
}

/// A child as its parent can hold it.
fn fit(body: &str, layout: usize, last: bool) -> String {
    let mut lines: Vec<String> = body.lines().map(str::to_owned).collect();
    if layout != 0 || !last {
        lines[0] = lines[0].replace(" *", "...20");
    }
    if matches!(layout, 3 | 5..=7) {
        // The length comes from the composite.
        lines.retain(|line| !line.starts_with("length") && !line.starts_with("min"));
    }
    lines.join("\n") + "\n"
}

/// A spec with these as its elements; an element that is no good is left out.
fn spec(bodies: &[String], trees: &[Layout<Child>]) -> Spec {
    let head = "[spec]\nname = \"any\"\ntitle = \"Any\"\n[wire]\nmti = \"ascii\"\n\
        bitmap = { encoding = \"binary\", maps = 2 }\ndigits = \"ascii\"\ntext = \"ascii\"\nbinary = \"raw\"\n\
        length = { encoding = \"ascii\", counts = \"units\" }\n";
    let mut elements: Vec<String> = Vec::new();
    for (place, body) in bodies.iter().enumerate() {
        let body = fit(body, 1, false);
        elements.push(format!("[field.{}]\nname = \"Element {place}\"\n{body}", place + 2));
    }
    for (place, (layout, children)) in trees.iter().enumerate() {
        let path = format!("field.{}", place + 100);
        let mut text = composite(&path, &format!("Composite {place}"), *layout);
        for (place, (body, inner)) in children.iter().enumerate() {
            let path = format!("{path}.field.{}", key(*layout, place));
            let Some((layout, bodies)) = inner else {
                let body = fit(body, *layout, place + 1 == children.len());
                text += &format!("[{path}]\nname = \"Child {place}\"\n{body}");
                continue;
            };
            // Within a TLV there is no prefix; the dots mark a maximum there as well.
            text += &composite(&path, &format!("Child {place}"), *layout);
            for (place, body) in bodies.iter().enumerate() {
                let body = fit(body, *layout, place + 1 == bodies.len());
                text += &format!("[{path}.field.{}]\nname = \"Grandchild {place}\"\n{body}", key(*layout, place));
            }
        }
        elements.push(text);
    }
    elements.retain(|element| isogen::load_str("any.toml", &format!("{head}{element}")).is_ok());
    let numbers: Vec<&str> =
        elements.iter().filter_map(|element| element.strip_prefix("[field.")?.split(']').next()).collect();
    let message = format!("[message.any]\nmti = \"0200\"\nmandatory = [{}]\n", numbers.join(", "));
    isogen::load_str("any.toml", &format!("{head}{}{message}", elements.concat())).unwrap().spec
}

fn any_spec() -> impl Strategy<Value = Spec> {
    (prop::collection::vec(body(), 1..12), prop::collection::vec(tree(), 0..3))
        .prop_map(|(bodies, trees)| spec(&bodies, &trees))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_printer_prints(spec in any_spec(), other in any_spec()) {
        for format in [docs::Format::Html, docs::Format::Markdown] {
            prop_assert_eq!(docs::pages(std::slice::from_ref(&spec), format).len(), 2);
        }
        prop_assert!(dissector::lua(&spec, &dissector::Options::default()).contains("name = \"any\""));
        prop_assert!(diff::differences(&spec, &spec).is_empty());
        let found = diff::differences(&spec, &other);
        prop_assert_eq!(found.is_empty(), found.to_string().starts_with("No difference"));
        prop_assert!(serde_json::from_str::<serde_json::Value>(&found.to_json()).is_ok());
    }

    /// Lengths of an example are those of the spec.
    #[test]
    fn examples_keep_to_their_lengths(spec in any_spec()) {
        use isogen::model::{Encoding, Length};
        let example = docs::example(&spec, &spec.messages[0]);
        for field in spec.fields.iter().filter(|field| field.composite.is_none()) {
            let part = example.parts.iter().find(|part| part.path == field.key.to_string()).unwrap();
            let units = match (field.class, field.encoding) {
                (isogen::model::Class::B, _) => part.value.len() / 2,
                (_, Encoding::Utf8) => part.value.len(),
                _ => part.value.chars().count(),
            };
            let within = match field.length {
                Length::Fixed(fixed) => units == fixed as usize,
                Length::Variable { min, max, .. } => (min as usize..=max as usize).contains(&units),
                Length::Rest { max } => units <= max as usize,
            };
            prop_assert!(within, "{}: {units} units", part.path);
        }
    }
}

/// The specs above are specs, most of them: else nothing would have been tried.
#[test]
fn most_of_them_load() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut elements, mut composites) = (0, 0);
    for _ in 0..50 {
        let spec = any_spec().new_tree(&mut runner).unwrap().current();
        composites += spec.fields.iter().filter(|field| field.composite.is_some()).count();
        elements += spec.fields.len();
    }
    assert!(elements > 150 && composites > 10, "{elements} elements, {composites} composites");
}
