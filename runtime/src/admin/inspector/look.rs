//! Messages and diagnoses as JSON, masked.

use serde_json::{Map, Value, json};

use crate::doctor::{self, Reading};
use crate::frame::{self, Decoder, Framing, Header};
use crate::inspect::{self, Element, Inspection, Report};
use crate::msg::{Dialect, Sensitivity};
use crate::wire::DigitEncoding;

/// Most messages of one paste that are shown.
const MESSAGES: usize = 64;

/// The messages in these bytes, by this dialect.
pub(super) fn message(name: &str, dialect: &'static Dialect, framing: Framing, wire: &[u8]) -> Value {
    let mut messages = Vec::new();
    let mut error = None;
    let mut more = false;
    if framing == Framing::new(Header::None) {
        messages.push(inspection(dialect, 0, wire));
    } else {
        let mut decoder = Decoder::new(framing);
        decoder.extend(wire);
        loop {
            match decoder.decode_eof() {
                Ok(None) if messages.is_empty() => {
                    let missing = frame::Error::Truncated { needed: framing.lead().max(1), left: 0 };
                    error = Some(Report::tried_frame(&missing, 0));
                    break;
                }
                Ok(None) => break,
                Ok(Some(_)) if messages.len() >= MESSAGES => {
                    more = true;
                    break;
                }
                Ok(Some(frame)) => {
                    let start = start(wire, decoder.position(), &frame.body);
                    messages.push(inspection(dialect, start, &frame.body));
                }
                Err(found) => {
                    error = Some(Report::tried_frame(&found, decoder.position()));
                    break;
                }
            }
        }
    }
    json!({
        "spec": name,
        "framing": framing.to_string(),
        "bytes": wire.len(),
        "messages": messages,
        "more": more,
        "error": error.as_ref().map(report),
    })
}

/// Where a body starts that ends here or, where there is a trailer, a byte before.
fn start(wire: &[u8], end: u64, body: &[u8]) -> usize {
    let end = usize::try_from(end).unwrap_or(wire.len()).min(wire.len());
    let fits = |end: usize| wire.get(..end).is_some_and(|wire| wire.ends_with(body));
    let end = if fits(end) { end } else { end.saturating_sub(1) };
    end.saturating_sub(body.len())
}

fn inspection(dialect: &'static Dialect, start: usize, wire: &[u8]) -> Value {
    let seen = Inspection::new(dialect, wire.to_vec());
    let elements = seen.elements();
    let mti = seen.mti().map(|mti| {
        let end = if dialect.mti_encoding() == DigitEncoding::Bcd { 2 } else { 4 };
        json!({ "value": mti.to_string(), "meaning": inspect::of_message_type(mti, dialect), "span": [0, end] })
    });
    let bitmap = seen.bitmaps().map(|bitmaps| {
        let span = [bitmaps.span.start, bitmaps.span.end];
        let third = bitmaps.third.map(|third| [third.start, third.end]);
        let words: Vec<String> = bitmaps.words.iter().map(|word| format!("{word:016X}")).collect();
        // Digits of a card number make a bitmap, too.
        match seen.is_whole() {
            true => {
                let (value, numbers) = (words.join(" "), &bitmaps.numbers);
                json!({ "span": span, "third": third, "value": value, "numbers": numbers, "shown": true })
            }
            false => json!({ "span": span, "third": third, "value": "[NOT SHOWN]", "numbers": [], "shown": false }),
        }
    });
    json!({
        "start": start,
        "bytes": wire.len(),
        "good": seen.is_good(),
        "whole": seen.is_whole(),
        "mti": mti,
        "bitmap": bitmap,
        "elements": elements.iter().map(element).collect::<Vec<_>>(),
        "errors": seen.errors().iter().map(report).collect::<Vec<_>>(),
    })
}

fn element(element: &Element) -> Value {
    json!({
        "path": element.path,
        "name": element.name,
        "span": [element.span.start, element.span.end],
        "value": element.value,
        "meaning": element.meaning,
        "sensitivity": sensitivity(element.sensitivity),
        "shown": element.shown,
    })
}

const fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Clear => "clear",
        Sensitivity::Pan => "pan",
        Sensitivity::Sad => "sad",
        Sensitivity::Key => "key",
        Sensitivity::Pii => "pii",
        Sensitivity::Opaque => "opaque",
    }
}

fn report(report: &Report) -> Value {
    json!({
        "path": report.path,
        "name": report.name,
        "offset": report.offset,
        "kind": report.kind,
        "message": report.message,
        "hint": report.hint,
    })
}

/// What these bytes may be.
pub(super) fn unknown(wire: &[u8], dialects: &[(String, &'static Dialect)]) -> Value {
    let tried: Vec<&'static Dialect> = dialects.iter().map(|(_, dialect)| *dialect).collect();
    let readings: Vec<Value> = match doctor::examine(wire, &tried) {
        Ok(diagnosis) => diagnosis.readings.iter().map(|each| reading(each, dialects)).collect(),
        // Longer ones were refused.
        Err(_) => Vec::new(),
    };
    let fits = readings.first().is_some_and(|best| best["fits"] == true);
    json!({ "fits": fits, "bytes": wire.len(), "readings": readings })
}

fn reading(reading: &Reading, dialects: &[(String, &'static Dialect)]) -> Value {
    let name = |dialect: &'static Dialect| {
        let named = dialects.iter().find(|(_, known)| std::ptr::eq(*known, dialect));
        named.map_or_else(|| dialect.name().to_owned(), |(name, _)| name.clone())
    };
    let problems = reading.problems.iter().map(|problem| {
        let (told, message) = problem.report(reading);
        let mut object = report(&told);
        object["in_message"] = json!(message);
        object
    });
    let fields = reading.values().into_iter().map(|element| (element.path, Value::String(element.value)));
    let spec = name(reading.base);
    json!({
        "fits": reading.fits,
        "overlay": reading.overlay(&spec),
        "spec": spec,
        "alike": reading.alike.iter().map(|dialect| name(dialect)).collect::<Vec<_>>(),
        "framing": reading.framing.to_string(),
        "messages": reading.messages,
        "mti": reading.first.mti().to_string(),
        "read": reading.read,
        "elements": reading.elements,
        "valid": reading.valid,
        "problems": problems.collect::<Vec<_>>(),
        "fields": fields.collect::<Map<String, Value>>(),
    })
}
