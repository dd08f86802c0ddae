//! `teq doctor`: bytes that nobody has named.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use isopace::doctor::{self, Diagnosis, Problem};
use isopace::frame::{Framing, VisaHeader};
use isopace::{Dialect, Edit, Message, load};
use serde_json::Value;

use crate::{Run, hex, json, teq};

/// Reading the specs takes far longer than examining bytes.
static SHIPPED: LazyLock<Vec<&'static Dialect>> =
    LazyLock::new(|| load::shipped_names().iter().map(|name| load::shipped(name).unwrap()).collect());

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A message and the shipped dialect that it is of; nothing where it is of none as it stands.
struct Sample {
    name: String,
    dialect: Option<&'static str>,
    wire: Vec<u8>,
}

/// The messages of the shipped vectors, and some of other hosts.
fn samples() -> Vec<Sample> {
    let files = [
        ("iso87-a", include_str!("../vectors/iso87-a.json")),
        ("postilion", include_str!("../vectors/postilion.json")),
        ("postilion-hex", include_str!("../vectors/postilion-hex.json")),
    ];
    let mut samples = Vec::new();
    for (dialect, text) in files {
        let Value::Array(vectors) = json(text) else { panic!("no list") };
        for vector in vectors {
            let (name, wire) = (vector["name"].as_str().unwrap(), unhex(vector["wire"].as_str().unwrap()));
            samples.push(Sample { name: name.to_owned(), dialect: Some(dialect), wire });
        }
    }
    let others = [
        (
            "1993 in ASCII around a binary bitmap",
            None,
            "3138323002300101000000003039313031353238343133383239313030393039313031353238343138333130353130303331",
        ),
        ("packed, a terminal signs on", Some("iso87-b"), "0800202001000080000092000000002800044454493030303031"),
    ];
    samples.extend(others.map(|(name, dialect, wire)| Sample { name: name.to_owned(), dialect, wire: unhex(wire) }));
    let purchase = Edit::build(load::shipped("iso87-c").unwrap())
        .mti("0200")
        .set_leaf("2", "4012345678909")
        .set_leaf("3", "000000")
        .set_leaf("4", "000000002500")
        .set_leaf("7", "1120072155")
        .set_leaf("11", "123456")
        .set_leaf("41", "TERM0001")
        .finish()
        .unwrap();
    samples.push(Sample { name: "EBCDIC".to_owned(), dialect: Some("iso87-c"), wire: purchase.to_vec() });
    samples
}

fn framings() -> Vec<Framing> {
    let names = [
        "none",
        "length2",
        "length2-inclusive",
        "length2-le",
        "length4",
        "length4-inclusive",
        "length4-le",
        "ascii3",
        "ascii4",
        "ascii4-inclusive",
        "ascii5",
        "ascii6",
        "ascii7",
        "ascii8",
        "bcd2",
        "bcd2-inclusive",
        "hex4",
        "none,tpdu=6000010002",
        "length2,tpdu=6000010002",
        "bcd2,tpdu=6000010002",
        "ascii4,header-text=ISO026000050",
        "none,header-text=ISO026000050",
        "length2,after=0000",
        "length2,before=D04A,after=0000",
        "none,trailer=03",
        "none,before=02,trailer=03",
        "length2,trailer=03",
    ];
    let mut framings: Vec<Framing> = names.iter().map(|name| name.parse().unwrap()).collect();
    framings.push(framings[1].after([0, 0]).visa(VisaHeader::new([1, 2, 3], [4, 5, 6])));
    framings
}

/// This many messages in this framing; nothing where it cannot hold them.
fn framed(framing: Framing, wire: &[u8], count: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    (0..count).try_for_each(|_| framing.encode(wire, &mut out)).ok().map(|()| out)
}

fn examine(bytes: &[u8]) -> Diagnosis {
    doctor::examine(bytes, &SHIPPED).unwrap()
}

#[test]
fn each_message_in_each_framing_is_found_first() {
    let mut found = 0;
    for Sample { name, dialect, wire } in samples() {
        for framing in framings() {
            for count in [1, 3] {
                let whole_stream = framing.to_string().starts_with("none") && !framing.to_string().contains("trailer");
                let Some(bytes) = framed(framing, &wire, if whole_stream { 1 } else { count }) else { continue };
                let diagnosis = examine(&bytes);
                let best = diagnosis.readings.first().unwrap_or_else(|| panic!("{name} in {framing}: nothing"));
                assert!(best.fits, "{name} in {framing}: {:?}", best.problems);
                // A header that looks like a message by itself may be told with other addresses, not as another kind.
                let kind = |framing: &Framing| framing.to_string().split("visa=").next().unwrap().to_owned();
                assert_eq!(kind(&best.framing), kind(&framing), "{name}");
                assert_eq!(best.messages, if whole_stream { 1 } else { count }, "{name} in {framing}");
                let names: Vec<&str> = [best.base].iter().chain(&best.alike).map(|dialect| dialect.name()).collect();
                match dialect {
                    Some(dialect) => assert!(names.contains(&dialect) && !best.is_changed(), "{name} by {names:?}"),
                    None => assert!(best.is_changed() && best.base.name() == "iso93-a", "{name} by {names:?}"),
                }
                found += 1;
            }
        }
    }
    assert!(found > 400, "{found}");
}

/// Bytes that look like none: a multiplicative generator with a fixed seed.
fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(count).collect()
}

#[test]
fn noise_fits_nothing() {
    for seed in 0..200 {
        let bytes = noise(seed * 7919, [1, 4, 9, 30, 64, 100, 300][seed as usize % 7]);
        assert!(!examine(&bytes).fits(), "seed {seed}");
        let digits: Vec<u8> = bytes.iter().map(|byte| b'0' + byte % 10).collect();
        assert!(!examine(&digits).fits(), "digits of seed {seed}");
    }
    assert!(examine(b"").readings.is_empty());
    assert!(!examine(&[0; 4096]).fits());
}

#[test]
fn a_cut_message_is_told_by_what_is_cut() {
    for Sample { name, wire, .. } in samples() {
        let base = &examine(&wire).readings[0];
        for end in [wire.len() / 2, wire.len() - 1] {
            let cut = examine(&wire[..end]);
            let best = &cut.readings[0];
            assert!(!cut.fits(), "{name} cut at {end}");
            let (_, expected) = Message::parse_partial(best.dialect, wire[..end].to_vec());
            let expected = expected.unwrap_or_else(|| panic!("{name} cut at {end}"));
            assert_eq!(best.framing, base.framing, "{name} cut at {end}");
            assert!(
                matches!(best.problems[..], [Problem::Message { error, .. }] if error == expected),
                "{name} cut at {end}: {:?}",
                best.problems
            );
            // In a frame, the frame is cut too.
            let length2: Framing = "length2".parse().unwrap();
            let framed = framed(length2, &wire, 1).unwrap();
            let best = &examine(&framed[..end + 2]).readings[0];
            assert_eq!(best.framing, length2, "{name} cut at {end}");
            assert!(best.problems.iter().any(|problem| matches!(problem, Problem::Frame { .. })), "{name}");
        }
    }
}

#[test]
fn what_does_not_fit_is_told_with_what_to_change() {
    // Prefixes that count bytes, of packed digits: no shipped dialect has that.
    let spec = "[spec]\nname = \"partner\"\ntitle = \"A partner\"\nextends = \"iso87-b\"\n\
                [wire]\nlength = { counts = \"bytes\" }\n";
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("counts.toml");
    std::fs::write(&file, spec).unwrap();
    let partner = load::file(&file).unwrap();
    let mut edit = Edit::build(partner);
    edit.mti("0200").set_leaf("2", "4111111111111111").set_leaf("3", "000000").set_leaf("4", "000000002500");
    edit.set_leaf("7", "1120072155").set_leaf("11", "123456").set_leaf("41", "TERM0001");
    let wire = hex(edit.finish().unwrap());

    let run = teq(&["doctor", &wire], "");
    assert_eq!(run.code, 1);
    assert!(run.out.contains("1. iso87-b, frame none"), "{}", run.out);
    assert!(
        run.out.contains("hint: the length prefix seems to count bytes: `[field.2] length = { counts = \"bytes\" }`")
    );
    assert!(!run.out.contains("41111111"), "{}", run.out);

    // Given, it fits.
    let run = teq(&["doctor", "--spec", file.to_str().unwrap(), &wire], "");
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.contains("counts.toml") && run.out.contains("411111******1111"), "{}", run.out);
}

/// Runs `teq doctor --raw` over bytes.
fn raw(bytes: &[u8], options: &[&str]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_teq"))
        .args(["doctor", "--raw"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    _ = child.stdin.take().unwrap().write_all(bytes);
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().expect("ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const ECHO: &str = "080080200000000000000400000000000000000001301";

#[test]
fn the_text_form() {
    let run = raw(format!("\x00\x2D{ECHO}").as_bytes(), &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let expected = "\
1. iso87-a, frame length2, 0800 network management request
   everything fits: 1 message, 2 elements, 47 bytes
";
    assert!(run.out.starts_with(expected), "{}", run.out);
    assert!(run.out.contains("\n   teq decode --spec iso87-a --frame length2\n"), "{}", run.out);
    assert!(run.out.contains("\n   11  System trace audit number            000001\n"), "{}", run.out);
}

#[test]
fn the_json_form() {
    let run = raw(format!("\x00\x2D{ECHO}").as_bytes(), &["--json"]);
    let told = json(&run.out);
    assert_eq!((run.code, &told["fits"], &told["bytes"]), (0, &json("true"), &json("47")));
    let best = &told["readings"][0];
    assert_eq!(best["spec"], "iso87-a");
    assert_eq!(best["frame"], "length2");
    assert_eq!(best["command"], "teq decode --spec iso87-a --frame length2");
    assert_eq!(best["fields"], json("{\"11\":\"000001\",\"70\":\"301\"}"));
    assert_eq!(best["problems"], json("[]"));
    let keys: Vec<&String> = best.as_object().unwrap().keys().collect();
    let expected =
        ["fits", "spec", "alike", "overlay", "frame", "command", "messages", "mti", "read", "elements", "valid"];
    assert_eq!(keys[..11], expected);

    let run = raw(&ECHO.as_bytes()[..40], &["--json"]);
    let told = json(&run.out);
    assert_eq!((run.code, &told["fits"]), (1, &json("false")));
    let problem = &told["readings"][0]["problems"][0];
    assert_eq!((&problem["path"], &problem["kind"]), (&json("\"11\""), &json("\"truncated\"")));
    assert_eq!((&problem["offset"], &problem["in_message"]), (&json("36"), &json("1")));
    assert_eq!(told["readings"][0]["fields"], json("{}"));

    let run = teq(&["doctor", "--json", "30 3x"], "");
    assert_eq!((run.code, &json(&run.out)["error"]["offset"]), (1, &json("4")));
}

#[test]
fn the_command_that_is_told_decodes() {
    for Sample { name, wire, .. } in samples() {
        let mut bytes = Vec::new();
        "ascii4".parse::<Framing>().unwrap().encode(&wire, &mut bytes).unwrap();
        let told = json(&raw(&bytes, &["--json"]).out);
        let best = &told["readings"][0];
        let mut words: Vec<String> = best["command"].as_str().unwrap().split(' ').skip(1).map(str::to_owned).collect();
        if let Some(overlay) = best["overlay"].as_str() {
            let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("told.toml");
            std::fs::write(&file, overlay).unwrap();
            let place = words.iter().position(|word| word == "partner.toml").unwrap();
            words[place] = file.to_str().unwrap().to_owned();
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let run = teq(&words, &hex(&bytes));
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{name}: {words:?}");
    }
}

#[test]
fn input_of_every_shape_and_too_much_of_it() {
    let wire = hex(ECHO);
    let dump = "00000000  30 38 30 30 38 30 32 30  30 30 30 30 30 30 30 30  |0800802000000000|\n\
                00000010  30 30 30 30 30 34 30 30  30 30 30 30 30 30 30 30  |0000040000000000|\n\
                00000020  30 30 30 30 30 30 30 30  30 31 33 30 31           |0000000001301|\n";
    let spaced: String =
        wire.as_bytes().chunks(2).map(|pair| format!("0x{} ", String::from_utf8_lossy(pair))).collect();
    for text in [wire.as_str(), &spaced, dump] {
        let run = teq(&["doctor"], text);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{text}: {}", run.out);
    }
    assert_eq!(teq(&["doctor", "-"], &wire).code, 0);
    assert_eq!(teq(&["doctor", &wire[..10], &wire[10..]], "").code, 0);
    assert_eq!(teq(&["doctor"], "").code, 1);

    let run = raw(&[b'0'; 70_000], &[]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("at most 65536"), "{}", run.err);
    assert_eq!(teq(&["doctor", "--spec", "iso87-z", "30"], "").code, 2);
    assert_eq!(teq(&["doctor", "--raw", "30"], "").code, 2);
}

#[test]
fn nothing_sensitive_is_shown_whatever_is_guessed() {
    let marks = ["2345678", "3456789", "11111111", "9410000000", "0123456789ABCDEF", "28122010000"];
    let mut edit = Edit::build(&isopace::iso87a::DIALECT);
    edit.mti("0200");
    for (path, value) in [
        ("2", "4012345678909"),
        ("34", "5399410000000000"),
        ("35", "4111111111111111=28122010000012345"),
        ("45", "B4111111111111111^DOE/JANE^28122010000012345"),
        ("52", "0123456789ABCDEF"),
        ("102", "4012345678909"),
        ("127", "4111111111111111"),
    ] {
        edit.set_leaf(path, value);
    }
    let wire = edit.finish().unwrap();
    let clean = |bytes: &[u8]| {
        for options in [&[][..], &["--json"]] {
            let run = raw(bytes, options);
            assert!(run.code < 2, "{}", run.err);
            for mark in marks.iter().flat_map(|mark| [(*mark).to_owned(), hex(mark)]) {
                let shown = format!("{}{}", run.out, run.err).to_uppercase();
                assert!(!shown.contains(&mark), "{mark} in\n{shown}");
            }
        }
    };
    clean(&wire);
    for start in (1..wire.len()).step_by(47) {
        clean(&wire[start..]);
        clean(&wire[..start]);
    }
    // A card number where some dialect would have a harmless value, and where a length would stand.
    clean(b"02000000000000000002016HOST4012345678909");
    clean(b"4111111111111111");
    clean(b"\x40\x12\x34\x56\x78\x90\x90");
    clean(b"00080200000040123456789094111111111111111");
}
