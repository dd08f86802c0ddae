//! `pyiso8583`, on random dialects of what both can say: code pages, packed digits, hex, every prefix that it has, one
//! to three bitmaps. README.md beside this file says what it cannot.

mod dialect;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use isopace::Dialect;
use isopace::wire::{Class, Counts, Encoding, Length, Rule, Side};
use serde_json::{Value, json};

use crate::batch::{Batch, hex, mutated};
use crate::ours::{Values, Written, differences, read, read_back, write};
use crate::peer::{ask, folder, run, skipped, source};
use crate::values::Sayable;
use dialect::{Pair, pair};

const NAME: &str = "pyiso8583";

/// Messages of each dialect.
const OF_EACH: usize = 50;

/// Changes of each message.
const CHANGES: usize = 3;

/// A Python with the pinned version of pyiso8583, made once in the target folder.
fn python() -> Option<PathBuf> {
    let pinned = fs::read_to_string(source(NAME).join("requirements.txt")).unwrap();
    let venv = folder(NAME).join("venv");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let made = venv.join("made-from.txt");
    if fs::read_to_string(&made).is_ok_and(|text| text == pinned) && python.exists() {
        return Some(python);
    }
    let requirements = source(NAME).join("requirements.txt");
    let create = || -> Result<(), String> {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"])
            .args(["--only-binary", ":all:", "--retries", "1", "--timeout", "20", "-r"])
            .arg(requirements))?;
        fs::write(&made, &pinned).map_err(|error| error.to_string())
    };
    match create() {
        Ok(()) => Some(python),
        Err(why) => skipped(NAME, "REQUIRE_PYISO8583", &why),
    }
}

#[test]
fn pyiso8583() {
    let Some(python) = python() else { return };
    let batch = Batch::new("pyiso8583", 2_500);
    let mut seeded = batch.seeded(1);
    let mut cases: Vec<(Pair, Vec<Written>)> = Vec::new();
    for nth in 0..batch.count.div_ceil(OF_EACH) {
        let pair = pair(&mut seeded, nth);
        let messages = (0..OF_EACH).map(|_| message(&batch, &mut seeded, &pair)).collect();
        cases.push((pair, messages));
    }
    let python = |questions: &[Value]| {
        ask(Command::new(&python).arg("-X").arg("utf8").arg(source(NAME).join("peer.py")), NAME, questions)
    };
    valid(&batch, &cases, python);
    changed(&batch, &cases, python);
}

fn message(batch: &Batch, seeded: &mut isopace_tests::seeded::Seeded, pair: &Pair) -> Written {
    let sayable = Sayable { least: 0, character: |_| true };
    let one_in = 1 + seeded.below(10);
    let mut values = Values::new();
    for field in pair.dialect.fields() {
        if seeded.one_in(one_in) {
            values.insert(field.key.to_string(), sayable.value(seeded, field));
        }
    }
    let mti = format!("{:04}", seeded.below(10_000));
    match write(pair.dialect, &mti, values.clone()) {
        Ok(written) => written,
        Err(wrong) => batch.disagree((wrong, mti, values, Spec(pair)), &[]),
    }
}

/// Both write the same bytes, and both read from them what was written.
fn valid(batch: &Batch, cases: &[(Pair, Vec<Written>)], python: impl Fn(&[Value]) -> Vec<Value>) {
    let mut questions = Vec::new();
    for (pair, messages) in cases {
        questions.push(json!({ "spec": pair.spec }));
        for message in messages {
            questions.push(json!({ "values": theirs(pair.dialect, &message.mti, &message.values) }));
            questions.push(json!({ "wire": hex(&message.wire) }));
        }
    }
    let mut answers = python(&questions).into_iter();
    let mut count = 0;
    for (pair, messages) in cases {
        let _ = answers.next();
        for message in messages {
            let (written, given) = (answers.next().unwrap(), answers.next().unwrap());
            if let Err(wrong) = read_back(batch, pair.dialect, message, |_| false) {
                batch.disagree((wrong, Spec(pair)), &message.wire);
            }
            if written["wire"] != hex(&message.wire) {
                batch.disagree(("written otherwise", written, Spec(pair)), &message.wire);
            }
            let different = different(pair.dialect, &message.mti, &message.values, &given);
            if !different.is_empty() {
                batch.disagree((different, Spec(pair)), &message.wire);
            }
            count += message.values.len();
        }
    }
    batch.told(&format!("{} dialects, {} messages, {count} values alike", cases.len(), cases.len() * OF_EACH));
}

/// One byte changed: what pyiso8583 refuses, we refuse; what both read, both read alike.
fn changed(batch: &Batch, cases: &[(Pair, Vec<Written>)], python: impl Fn(&[Value]) -> Vec<Value>) {
    let likely = b"0123456789 AZaz=DC+-\x00\x01\x10\x7F\x80\x99\x9A\xC1\xF0\xF1\xF9\xFF\x40";
    let mut seeded = batch.seeded(2);
    let (mut questions, mut wires) = (Vec::new(), Vec::new());
    for (pair, messages) in cases {
        questions.push(json!({ "spec": pair.spec }));
        for message in messages.iter().flat_map(|message| [message; CHANGES]) {
            let wire = mutated(&mut seeded, &message.wire, likely, 0);
            questions.push(json!({ "wire": hex(&wire) }));
            wires.push(wire);
        }
    }
    let mut answers = python(&questions).into_iter();
    let (mut refused, mut alike, mut stricter) = (0, 0, 0);
    for ((pair, _), wires) in cases.iter().zip(wires.chunks(OF_EACH * CHANGES)) {
        let _ = answers.next();
        for (wire, given) in wires.iter().zip(&mut answers) {
            let refuses = given["error"].is_string();
            match read(batch, pair.dialect, wire, |_| false) {
                Err(_) if refuses => refused += 1,
                Err(_) => stricter += 1,
                Ok((mti, values)) => {
                    let different = different(pair.dialect, &mti, &values, &given);
                    if !different.is_empty() {
                        batch.disagree((different, Spec(pair)), wire);
                    }
                    alike += 1;
                }
            }
        }
    }
    batch.told(&format!(
        "{} changed by one byte: {refused} refused by both, {stricter} by us alone, {alike} read alike",
        wires.len()
    ));
    assert!(refused * 10 > wires.len() && alike * 10 > wires.len(), "too few are compared");
}

/// The values as pyiso8583 has them: the message type is one of them, and the separator of a packed track is D.
fn theirs(dialect: &Dialect, mti: &str, values: &Values) -> Value {
    let mut theirs = json!({ "t": mti });
    for (key, value) in values {
        let packed = dialect.resolve(key).is_some_and(|field| matches!(field.rule.encoding, Encoding::Bcd { .. }));
        theirs[key] = json!(if packed { value.replace('=', "D") } else { value.clone() });
    }
    theirs
}

/// Where an answer has other values than we read. Hex that stands as text is given as it stands, in either case.
fn different(dialect: &Dialect, mti: &str, values: &Values, given: &Value) -> Vec<String> {
    let as_values = |object: &Value| -> Values {
        let pairs = object.as_object().into_iter().flatten();
        pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    };
    if let Some(error) = given["error"].as_str() {
        return vec![format!("refused by pyiso8583: {error}")];
    }
    differences(&as_values(&given["values"]), &as_values(&theirs(dialect, mti, values)), |key, theirs, ours| {
        let Some(field) = dialect.resolve(key) else { return theirs == ours };
        let is_hex = field.rule.class == Class::B;
        theirs == ours
            || is_hex && theirs.eq_ignore_ascii_case(ours)
            || without_filler(&field.rule, theirs) == Some(ours)
    })
}

/// Where a prefix counts the bytes of packed digits, pyiso8583 knows no filler. One that is no digit says to us that
/// there is a digit less.
fn without_filler<'a>(rule: &Rule, theirs: &'a str) -> Option<&'a str> {
    let Encoding::Bcd { pad_side, pad_nibble: nibble @ 10.. } = rule.encoding else { return None };
    let filler = char::from_digit(u32::from(nibble), 16)?.to_ascii_uppercase();
    match (rule.length, pad_side) {
        (Length::Variable { prefix, .. }, Side::Left) if prefix.counts == Counts::Bytes => theirs.strip_prefix(filler),
        (Length::Variable { prefix, .. }, Side::Right) if prefix.counts == Counts::Bytes => theirs.strip_suffix(filler),
        _ => None,
    }
}

/// The spec of ours, as it was written.
struct Spec<'a>(&'a Pair);

impl std::fmt::Debug for Spec<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.toml)
    }
}
