//! Every shipped vector through the binary.

use serde_json::Value;

use crate::{decode, encode, json};

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/iso87-a.json");
    match json(&std::fs::read_to_string(path).unwrap()) {
        Value::Array(vectors) => vectors,
        other => panic!("no list: {other}"),
    }
}

#[test]
fn good_messages_decode_and_encode_back() {
    let good: Vec<Value> = vectors().into_iter().filter(|vector| !vector["fields"].is_null()).collect();
    assert!(good.len() >= 6);
    for vector in good {
        let wire = vector["wire_hex"].as_str().unwrap();
        let run = decode(wire, &["--json", "--reveal"]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", vector["name"]);
        let decoded = json(&run.out);
        assert_eq!(decoded["mti"], vector["mti"], "{}", vector["name"]);
        assert_eq!(decoded["fields"], vector["fields"], "{}", vector["name"]);
        // The order of the wire is that of the vector.
        let paths = |value: &Value| value["fields"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(paths(&decoded), paths(&vector), "{}", vector["name"]);

        let back = encode(&run.out);
        let expected = vector.get("rewritten_hex").unwrap_or(&vector["wire_hex"]).as_str().unwrap();
        assert_eq!((back.code, back.out.trim_end()), (0, expected), "{} {}", vector["name"], back.err);

        let text = decode(wire, &[]).out;
        for (path, span) in vector["spans"].as_object().into_iter().flatten() {
            let span = format!("[{}..{})", span[0], span[1]);
            let line = text.lines().find(|line| line.split(' ').next() == Some(path));
            assert!(line.is_some_and(|line| line.contains(&span)), "{path} {span} in\n{text}");
        }
    }
}

#[test]
fn bad_messages_are_refused_with_path_and_offset() {
    let bad: Vec<Value> = vectors().into_iter().filter(|vector| !vector["error"].is_null()).collect();
    assert!(bad.len() >= 10);
    for vector in bad {
        let (name, expected) = (&vector["name"], &vector["error"]);
        let run = decode(vector["wire_hex"].as_str().unwrap(), &["--json"]);
        assert_eq!((run.code, run.err.as_str()), (1, ""), "{name}");
        let error = &json(&run.out)["error"];
        assert_eq!((&error["path"], &error["kind"]), (&expected["path"], &expected["kind"]), "{name}");
        assert_eq!(error["offset"], expected["offset"], "{name}");
        assert!(error["message"].is_string(), "{name}");

        let text = decode(vector["wire_hex"].as_str().unwrap(), &[]);
        assert_eq!(text.code, 1, "{name}");
        let place = format!(" at byte {}: {}", error["offset"], error["message"].as_str().unwrap());
        let path = expected["path"].as_str().unwrap();
        assert!(text.err.starts_with(&format!("error: {path}")) && text.err.contains(&place), "{name}: {}", text.err);
    }
}
