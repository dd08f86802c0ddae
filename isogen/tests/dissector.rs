//! The dissector for Wireshark, read by tshark: every value is what was written, and no secret is shown.
//!
//! `BLESS=1 cargo test -p isogen --test dissector` writes the golden file anew.

mod capture;
mod everything;

use std::path::Path;

use capture::{Capture, framed, read, tshark, values};
use isogen::model::{Class, Field, Sensitivity, Spec};
use isogen::print::dissector::{Header, Options, lua};
use isogen::print::docs::example;
use serde_json::Value;

const PORT: u16 = 5000;

fn shipped(name: &str) -> Spec {
    isogen::load_str(name, isogen::shipped::text(name).unwrap()).unwrap().spec
}

fn rich() -> Spec {
    isogen::load_str("rich.toml", include_str!("specs/rich.toml")).unwrap().spec
}

fn inside() -> Spec {
    isogen::load_str("inside.toml", include_str!("specs/inside.toml")).unwrap().spec
}

fn source(spec: &Spec) -> String {
    lua(spec, &Options { port: Some(PORT), header: Header::Two })
}

/// The field at the end of a path.
fn at<'a>(spec: &'a Spec, path: &str) -> Option<&'a Field> {
    let mut fields = spec.fields.as_slice();
    let mut found = None;
    let mut repeats = false;
    for step in path.split('.') {
        // Every group of a repeat is the one that the spec has.
        found = fields.iter().find(|field| repeats || field.key.to_string() == step);
        let composite = found?.composite.as_ref();
        repeats = composite.is_some_and(|composite| composite.group().is_some());
        fields = composite.map(|composite| composite.fields.as_slice()).unwrap_or_default();
    }
    found
}

/// The filter of the field at the end of a path.
fn filter(spec: &Spec, path: &str) -> String {
    let mut steps: Vec<String> = Vec::new();
    for (place, step) in path.split('.').enumerate() {
        let above = self::at(spec, &path.split('.').take(place).collect::<Vec<_>>().join("."));
        let repeats = above.and_then(|field| field.composite.as_ref()).is_some_and(|inside| inside.group().is_some());
        let step = step.to_lowercase().replace(' ', "_20").replace(':', "_3a");
        steps.push(if repeats { "1".to_owned() } else { step });
    }
    format!("de{}", steps.join("."))
}

/// What may be shown of a value.
fn shown(field: &Field, value: &str) -> String {
    let units = if field.class == Class::B { value.len() / 2 } else { value.chars().count() };
    match field.sensitivity {
        Sensitivity::Clear => value.to_owned(),
        Sensitivity::Pan => format!("{}{}{}", &value[..6], "*".repeat(value.len() - 10), &value[value.len() - 4..]),
        Sensitivity::Sad => format!("[SAD len={units}]"),
        Sensitivity::Key => format!("[KEY len={units}]"),
        Sensitivity::Pii => format!("[PII len={units}]"),
        Sensitivity::Opaque => format!("[OPAQUE len={units}]"),
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn vectors() -> Vec<Value> {
    serde_json::from_str(include_str!("../../tests/vectors/iso87-a.json")).unwrap()
}

/// Every value of the vectors, each read or hidden as the spec says.
#[test]
fn the_vectors_read_as_they_are() {
    if !tshark() {
        return;
    }
    let spec = shipped("iso87-a");
    let good: Vec<Value> = vectors().into_iter().filter(|vector| vector["fields"].is_object()).collect();
    assert!(good.len() >= 6);
    let mut capture = Capture::new();
    for vector in &good {
        capture.message(PORT, &hex(vector["wire_hex"].as_str().unwrap()));
    }
    let found = read("vectors", &capture, &source(&spec), "iso87a");
    assert_eq!(found.layers.len(), good.len());
    for (vector, layer) in good.iter().zip(&found.layers) {
        let name = vector["name"].as_str().unwrap();
        let values = values(layer);
        assert!(values.contains(&("iso87a.mti".to_owned(), vector["mti"].as_str().unwrap().to_owned())), "{name}");
        assert!(!values.iter().any(|(key, _)| key.contains("_ws.expert")), "{name}: {values:?}");
        for (path, value) in vector["fields"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            let plain = path.split('#').next().unwrap();
            let expected = match at(&spec, plain) {
                Some(field) => (format!("iso87a.de{}", plain.to_lowercase()), shown(field, value)),
                None => {
                    let tag = plain.rsplit('.').next().unwrap();
                    ("iso87a.undeclared".to_owned(), format!("{tag} [OPAQUE len={}]", value.len() / 2))
                }
            };
            assert!(values.contains(&expected), "{name}: no {expected:?} in {values:#?}");
        }
    }
    let text = found.text();
    for vector in &good {
        for (path, value) in vector["fields"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            let secret = at(&spec, path).is_none_or(|field| field.sensitivity != Sensitivity::Clear) && value.len() > 6;
            assert!(!secret || !text.contains(value), "{path} is shown");
            assert!(!secret || !found.layers.iter().any(|layer| layer.to_string().contains(value)), "{path} is shown");
        }
    }
    for pan in ["4012345678909", "4111111111111111"] {
        assert!(!text.contains(pan));
    }
}

/// What is wrong is said, and nothing of it is shown; the message after it reads.
#[test]
fn the_bad_vectors_are_malformed() {
    if !tshark() {
        return;
    }
    let bad: Vec<Value> = vectors().into_iter().filter(|vector| vector["error"].is_object()).collect();
    let mut capture = Capture::new();
    for vector in &bad {
        capture.message(PORT, &hex(vector["wire_hex"].as_str().unwrap()));
    }
    let found = read("bad", &capture, &source(&shipped("iso87-a")), "iso87a");
    assert_eq!(found.layers.len(), bad.len());
    for (vector, layer) in bad.iter().zip(&found.layers) {
        let (name, kind) = (vector["name"].as_str().unwrap(), vector["error"]["kind"].as_str().unwrap());
        let said = layer.to_string();
        match kind {
            // Content is not proven, only shown where it is of its class.
            "value" if name == "letter-among-digits" => assert!(said.contains("[UNREADABLE len=6]"), "{said}"),
            "value" => {}
            _ if vector["wire_hex"] == "" => {}
            _ => assert!(said.contains("iso87a.malformed"), "{name}: {said}"),
        }
    }
}

/// Example messages of specs with every class, encoding, prefix and composite come back as they were written.
#[test]
fn examples_of_every_encoding_read_as_they_are() {
    if !tshark() {
        return;
    }
    for spec in everything::specs().into_iter().chain([rich(), inside(), shipped("iso87-a")]) {
        let name = spec.name.replace('-', "");
        let examples: Vec<_> = spec.messages.iter().map(|message| example(&spec, message)).collect();
        let mut capture = Capture::new();
        examples.iter().for_each(|example| capture.message(PORT, &example.wire));
        let found = read(&name, &capture, &source(&spec), &name);
        assert_eq!(found.layers.len(), examples.len(), "{name}");
        for (example, layer) in examples.iter().zip(&found.layers) {
            let values = values(layer);
            assert!(!layer.to_string().contains("malformed"), "{name}: {layer:#}");
            for part in example.parts.iter().filter(|part| !part.value.is_empty()) {
                let expected = match at(&spec, &part.path) {
                    Some(field) => (format!("{name}.{}", filter(&spec, &part.path)), shown(field, &part.value)),
                    None => (format!("{name}.{}", part.path), part.value.clone()),
                };
                assert!(values.contains(&expected), "{name}: no {expected:?} in {values:#?}");
            }
        }
    }
}

/// What examples do not show: objects that are not declared, names, nesting, and XML.
#[test]
fn objects_and_names_that_are_not_declared() {
    if !tshark() {
        return;
    }
    let spec = inside();
    let message = |number: u16, content: &[u8]| {
        let mut bits = if number > 64 { 1_u128 << 127 } else { 0 };
        bits |= 1 << (128 - number);
        let map = bits.to_be_bytes();
        [b"0200".as_slice(), if number > 64 { &map[..] } else { &map[..8] }, content].concat()
    };
    let private = |bit: u16, content: &str| {
        let map = (1_u64 << (64 - bit)).to_be_bytes();
        let inner = [&map[..], content.as_bytes()].concat();
        message(127, &[format!("{:06}", inner.len()).as_bytes(), &inner].concat())
    };
    let pairs = "00062212ORIGINAL_RID13421218Postilion:MetaData217211MediaTotals11117Unknown2134012345678909";
    let pairs = pairs.replacen("00062", &format!("{:05}", pairs.len() - 5), 1);
    let xml = "<?xml version=\"1.0\"?><IccData><IccRequest><AmountAuthorized>000000002500</AmountAuthorized>\
               <Pan>4012345678909</Pan><Else a='b'>4012345678909</Else></IccRequest></IccData>";
    let xml = format!("{:04}{xml}", xml.len());
    type Said = &'static [(&'static str, &'static str)];
    let cases: [(Vec<u8>, Said); 6] = [
        (
            message(48, b"03401004AB12A 0134012345678909ZZ00242"),
            &[("de48.a_20", "401234***8909"), ("undeclared", "ZZ [OPAQUE len=2]")],
        ),
        (
            message(61, b"006\x00\x03\x0A\x01\x23\x00"),
            &[("malformed", "a tag and its length needs 3 bytes, 1 are left")],
        ),
        (message(61, b"004\x00\x02\x77\x01"), &[("malformed", "77 is not in the spec")]),
        (message(61, b"003\x00\x00\x77"), &[("malformed", "the length of tag 77 is shorter than what it covers")]),
        (
            private(22, &pairs),
            &[
                ("de127.22.original_rid", "421"),
                ("de127.22.postilion_3ametadata.mediatotals", "1"),
                ("undeclared", "Unknown [OPAQUE len=13]"),
            ],
        ),
        (
            private(25, &xml),
            &[("de127.25.2", "000000002500"), ("de127.25.26", "401234***8909"), ("undeclared", "Else [OPAQUE len=13]")],
        ),
    ];
    let mut capture = Capture::new();
    cases.iter().for_each(|(wire, _)| capture.message(PORT, wire));
    let found = read("objects", &capture, &source(&spec), "inside");
    assert_eq!(found.layers.len(), cases.len());
    for ((_, expected), layer) in cases.iter().zip(&found.layers) {
        let values = values(layer);
        for (key, value) in *expected {
            let said = if *key == "malformed" {
                layer.to_string().contains(value)
            } else {
                values.contains(&(format!("inside.{key}"), (*value).to_owned()))
            };
            assert!(said, "no {key} {value} in {layer:#}");
        }
    }
    assert!(!found.text().contains("4012345678909"));
}

#[test]
fn messages_are_put_together_and_taken_apart() {
    if !tshark() {
        return;
    }
    let spec = shipped("iso87-a");
    let message = example(&spec, spec.message("network-management-request").unwrap()).wire;
    let one = framed(&message);
    let mut capture = Capture::new();
    // In three segments, the header cut in two; two and a half in one segment; the rest; nothing.
    capture.segment(PORT, &one[..1]);
    capture.segment(PORT, &one[1..20]);
    capture.segment(PORT, &one[20..]);
    capture.segment(PORT, &[&one[..], &one, &one[..30]].concat());
    capture.segment(PORT, &one[30..]);
    capture.segment(PORT, &[0, 0]);
    let found = read("segments", &capture, &source(&spec), "iso87a");
    let text = found.text();
    assert_eq!(text.matches("System trace audit number: 123456").count(), 4, "{text}");
    assert!(!text.contains("Malformed"), "{text}");
}

#[test]
fn headers_of_every_kind() {
    if !tshark() {
        return;
    }
    let spec = shipped("iso87-a");
    let message = example(&spec, spec.message("network-management-request").unwrap()).wire;
    let digits = format!("{:04}", message.len()).into_bytes();
    let number = u32::try_from(message.len()).unwrap().to_be_bytes().to_vec();
    for (name, header, before) in
        [("digits", Header::Four, digits), ("number", Header::Four, number), ("none", Header::None, Vec::new())]
    {
        let mut capture = Capture::new();
        capture.segment(PORT, &[before, message.clone()].concat());
        let source = lua(&spec, &Options { port: Some(PORT), header });
        let found = read(name, &capture, &source, "iso87a");
        assert!(found.text().contains("System trace audit number: 123456"), "{name}");
    }
}

/// Messages with bytes changed, cut off and put in: the script never fails.
#[test]
fn anything_can_be_read() {
    if !tshark() {
        return;
    }
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let every = everything::specs();
    for (place, spec) in [&rich(), &inside(), &every[0], &every[9], &every[14], &every[22]].into_iter().enumerate() {
        let mut capture = Capture::new();
        for _ in 0..300 {
            let message = &spec.messages[random(spec.messages.len())];
            let mut wire = example(spec, message).wire;
            for _ in 0..=random(4) {
                let at = random(wire.len());
                match random(3) {
                    0 => wire[at] = random(256) as u8,
                    1 => wire.truncate(at.max(1)),
                    _ => wire.insert(at, random(256) as u8),
                }
            }
            capture.message(PORT, &wire);
        }
        let found = read(&format!("fuzz-{place}"), &capture, &source(spec), &spec.name.replace('-', ""));
        assert_eq!(found.layers.len(), 300);
    }
}

/// A spec may bear the name of a protocol that Wireshark has.
#[test]
fn a_name_that_is_taken() {
    if !tshark() {
        return;
    }
    let mut spec = shipped("iso87-a");
    spec.name = "http".to_owned();
    let mut capture = Capture::new();
    capture.message(PORT, &example(&spec, spec.message("network-management-request").unwrap()).wire);
    let found = read("taken", &capture, &source(&spec), "http_spec");
    assert!(found.text().contains("System trace audit number: 123456"));
}

#[test]
fn it_is_what_was_agreed() {
    let golden = Path::new("tests/golden/rich.lua");
    let found = source(&rich());
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all("tests/golden").unwrap();
        std::fs::write(golden, &found).unwrap();
    }
    let expected = std::fs::read_to_string(golden).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == expected, "{} differs; write it anew with BLESS=1", golden.display());
}
