//! The JSON form of a diagnosis: one object on one line.

use isopace::doctor::{Diagnosis, Problem, Reading};
use serde_json::{Map, Value, json};

use super::Specs;
use crate::json::{error, line};
use crate::report::Report;

/// `{"fits":true,"bytes":47,"readings":[{"fits":true,"spec":"iso87-a","frame":"length2",...}]}`, the best first.
pub(super) fn diagnosis(diagnosis: &Diagnosis, specs: &Specs, bytes: usize) -> String {
    let readings: Vec<Value> = diagnosis.readings.iter().map(|each| reading(each, specs)).collect();
    line(&json!({ "fits": diagnosis.fits(), "bytes": bytes, "readings": readings }))
}

/// An error that leaves nothing to read.
pub(super) fn refusal(report: &Report) -> String {
    line(&json!({ "error": error(report), "fits": false, "readings": [] }))
}

fn reading(reading: &Reading, specs: &Specs) -> Value {
    let alike: Vec<&str> = reading.alike.iter().map(|dialect| specs.name(dialect)).collect();
    let problems: Vec<Value> = reading.problems.iter().map(|each| problem(each, reading)).collect();
    let values = reading.values().into_iter().map(|element| (element.path, Value::String(element.value)));
    json!({
        "fits": reading.fits,
        "spec": specs.name(reading.base),
        "alike": alike,
        "overlay": specs.overlay(reading),
        "frame": reading.framing.to_string(),
        "command": specs.command(reading),
        "messages": reading.messages,
        "mti": reading.first.mti().to_string(),
        "read": reading.read,
        "elements": reading.elements,
        "valid": reading.valid,
        "problems": problems,
        "fields": values.collect::<Map<String, Value>>(),
    })
}

fn problem(problem: &Problem, reading: &Reading) -> Value {
    let (report, message) = problem.report(reading);
    let mut object = Map::from_iter([("in_message".to_owned(), json!(message))]);
    if let Value::Object(error) = error(&report) {
        object.extend(error);
    }
    Value::Object(object)
}
