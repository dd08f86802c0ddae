//! The `iso_8583` of npm: the elements of the standard and the private element 127 of PostBridge, where its definitions
//! are right. README.md beside this file lists what is left out.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use isopace::Dialect;
use isopace::msg::{Field, Key};
use isopace::wire::Class;
use isopace_tests::seeded::Seeded;
use serde_json::{Value, json};

use crate::batch::{Batch, hex, mutated, unhex};
use crate::ours::{Values, Written, differences, read, read_back, write};
use crate::peer::{ask, folder, run, skipped, source};
use crate::values::Sayable;

const NAME: &str = "iso_8583";

/// Written over the shipped spec; `wire` takes the bitmaps.
const DIALECT: &str = include_str!("dialect.toml");

/// The chip data inside 127, which it reads and cannot write.
const CHIP: &str = "127.25";

const MESSAGE_TYPES: [&str; 8] = ["0100", "0110", "0200", "0210", "0220", "0420", "0430", "0800"];

/// How bitmaps stand.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Binary,
    /// It knows hex for both bitmaps together only, so the second must be there.
    Hex,
}

impl Form {
    const fn word(self) -> &'static str {
        match self {
            Form::Binary => "binary",
            Form::Hex => "hex",
        }
    }
}

/// The folder with the pinned version, installed once in the target folder.
fn installed() -> Option<PathBuf> {
    let folder = folder(NAME);
    let lock = fs::read(source(NAME).join("package-lock.json")).unwrap();
    let made = folder.join("node_modules").join("made-from.json");
    if fs::read(&made).is_ok_and(|bytes| bytes == lock) && run(Command::new("node").arg("--version")).is_ok() {
        return Some(folder);
    }
    let install = || -> Result<(), String> {
        run(Command::new("node").arg("--version"))?;
        for name in ["package.json", "package-lock.json"] {
            fs::copy(source(NAME).join(name), folder.join(name)).map_err(|error| error.to_string())?;
        }
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let arguments =
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"];
        run(Command::new(npm).args(arguments).current_dir(&folder))?;
        fs::write(&made, &lock).map_err(|error| error.to_string())
    };
    match install() {
        Ok(()) => Some(folder),
        Err(why) => skipped(NAME, "REQUIRE_ISO_8583", &why),
    }
}

#[test]
fn iso_8583() {
    let Some(folder) = installed() else { return };
    let batch = Batch::new("iso_8583", 1_500);
    for form in [Form::Binary, Form::Hex] {
        let wire = format!("[wire]\nbitmap = {{ encoding = \"{}\", maps = 2 }}", form.word());
        let dialect = isopace::load::text("npm", &DIALECT.replacen("[wire]", &wire, 1)).unwrap();
        let node = |questions: &[Value]| {
            ask(Command::new("node").arg(source(NAME).join("peer.js")).arg(&folder), NAME, questions)
        };
        let written = messages(&batch, form, dialect);
        valid(&batch, form, dialect, &written, node);
        changed(&batch, form, dialect, &written, node);
    }
}

fn messages(batch: &Batch, form: Form, dialect: &'static Dialect) -> Vec<Written> {
    let mut seeded = batch.seeded(u64::from(form == Form::Hex));
    // Of the special characters these are none to it. An empty element is one that is not there.
    let sayable = Sayable { least: 1, character: |character| !matches!(character, '@' | '#' | '\\') };
    let mut messages = Vec::with_capacity(batch.count);
    while messages.len() < batch.count {
        let one_in = 2 + seeded.below(20);
        let mut values = Values::new();
        chosen(&mut seeded, &sayable, dialect.fields(), "", one_in, &mut values);
        let mti = *seeded.pick(&MESSAGE_TYPES);
        let written = write(dialect, mti, values.clone());
        match written {
            Ok(written) if form == Form::Hex && written.wire[4] < b'8' => {}
            Ok(written) => messages.push(written),
            Err(wrong) => batch.disagree((wrong, mti, values), &[]),
        }
    }
    messages
}

/// Some of these elements; of a composite with a bitmap some of its children.
fn chosen(
    seeded: &mut Seeded,
    sayable: &Sayable,
    fields: &'static [Field],
    parent: &str,
    one_in: usize,
    values: &mut Values,
) {
    for field in fields {
        let path = format!("{parent}{}", field.key);
        let opened = field.composite.filter(|_| field.key == Key::Number(127) || path == CHIP);
        if !seeded.one_in(if opened.is_some() { 3 } else { one_in }) {
            continue;
        }
        match opened {
            Some(composite) => chosen(seeded, sayable, composite.fields, &format!("{path}."), one_in, values),
            None => {
                values.insert(path, sayable.value(seeded, field));
            }
        }
    }
}

fn opens(element: &str) -> bool {
    element == "127"
}

/// It reads what we write, and we read what it writes; the same bytes where there is a second bitmap, which it always
/// writes.
fn valid(
    batch: &Batch,
    form: Form,
    dialect: &'static Dialect,
    written: &[Written],
    node: impl Fn(&[Value]) -> Vec<Value>,
) {
    let question = |message: &Written| {
        let reading = json!({ "form": form.word(), "wire": hex(&message.wire) });
        [reading, json!({ "form": form.word(), "values": theirs(&message.mti, &message.values) })]
    };
    let answers = node(&written.iter().flat_map(question).collect::<Vec<_>>());
    let (mut values, mut writings, mut same_bytes) = (0, 0, 0);
    for (message, pair) in written.iter().zip(answers.chunks(2)) {
        let [given, rewritten] = pair else { batch.disagree(pair, &message.wire) };
        if let Err(wrong) = read_back(batch, dialect, message, opens) {
            batch.disagree(wrong, &message.wire);
        }
        let different = different(dialect, &message.mti, &message.values, given);
        if !different.is_empty() {
            batch.disagree(different, &message.wire);
        }
        values += message.values.len();
        let has_chip = message.values.keys().any(|path| path.starts_with(CHIP));
        if has_chip || message.values.keys().all(|path| path.starts_with("127.")) {
            // Not for it to write.
            continue;
        }
        let Some(wire) = rewritten["wire"].as_str().and_then(unhex) else { batch.disagree(rewritten, &message.wire) };
        let back = Written { wire, ..message.clone() };
        if let Err(wrong) = read_back(batch, dialect, &back, opens) {
            batch.disagree(("what it wrote", wrong), &back.wire);
        }
        let has_second = message.values.keys().any(|path| is_second(path));
        if has_second && back.wire != message.wire {
            batch.disagree(("written otherwise", hex(&back.wire)), &message.wire);
        }
        writings += 1;
        same_bytes += usize::from(has_second);
    }
    batch.told(&format!(
        "{} messages with {} bitmaps, {values} values read alike, {writings} written by it, {same_bytes} to the byte",
        written.len(),
        form.word()
    ));
}

fn is_second(path: &str) -> bool {
    path.split('.').next().and_then(|number| number.parse::<u8>().ok()).is_some_and(|number| number > 64)
}

/// One byte changed: it refuses next to nothing, but what we read it reads alike.
fn changed(
    batch: &Batch,
    form: Form,
    dialect: &'static Dialect,
    written: &[Written],
    node: impl Fn(&[Value]) -> Vec<Value>,
) {
    let mut seeded = batch.seeded(2 + u64::from(form == Form::Hex));
    let likely = b"0123456789 AZaz=DC+-./:@[`{~\x00\x7F\x80\xFF";
    // Message types are few to it.
    let wires: Vec<Vec<u8>> = written.iter().map(|message| mutated(&mut seeded, &message.wire, likely, 4)).collect();
    let questions: Vec<Value> = wires.iter().map(|wire| json!({ "form": form.word(), "wire": hex(wire) })).collect();
    let (mut refused, mut alike) = (0, 0);
    for (wire, given) in wires.iter().zip(node(&questions)) {
        let Ok((mti, values)) = read(batch, dialect, wire, opens) else {
            refused += 1;
            continue;
        };
        let different = different(dialect, &mti, &values, &given);
        if !different.is_empty() {
            batch.disagree(different, wire);
        }
        alike += 1;
    }
    batch.told(&format!("{} changed by one byte: {refused} refused by us, {alike} read alike", wires.len()));
    assert!(alike * 10 > wires.len(), "too few are compared");
}

/// The values as it has them: the message type is one of them.
fn theirs(mti: &str, values: &Values) -> Value {
    let mut theirs = json!(values);
    theirs["0"] = json!(mti);
    theirs
}

/// Where an answer has other values than we read. It gives bytes as lower-case hex.
fn different(dialect: &Dialect, mti: &str, values: &Values, given: &Value) -> Vec<String> {
    if let Some(error) = given["error"].as_str() {
        return vec![format!("refused by iso_8583: {error}")];
    }
    let pairs = given["values"].as_object().into_iter().flatten();
    let given: Values =
        pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect();
    let mut ours = values.clone();
    ours.insert("0".to_owned(), mti.to_owned());
    differences(&given, &ours, |path, theirs, ours| {
        let is_hex = dialect.resolve(path).is_some_and(|field| field.rule.class == Class::B);
        theirs == ours || is_hex && theirs.eq_ignore_ascii_case(ours)
    })
}
