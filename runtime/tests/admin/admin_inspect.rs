//! `/specs`, `/inspect`, `/doctor`: what is in a message, and what is wrong with it.

use crate::admin_common;

use std::net::SocketAddr;

use admin_common::*;
use isopace::admin::{Admin, Source};
use isopace::host::{Component, Status};
use isopace::{Dialect, load};
use serde_json::{Value, json};

async fn inspect(address: SocketAddr, spec: &str, framing: &str, hex: &str) -> Value {
    let answer = post(address, "/inspect", &json!({ "spec": spec, "framing": framing, "hex": hex }).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn element<'a>(message: &'a Value, path: &str) -> &'a Value {
    let elements = message["elements"].as_array().unwrap();
    elements.iter().find(|element| element["path"] == path).unwrap_or_else(|| panic!("no {path}: {message}"))
}

#[tokio::test]
async fn a_good_message_with_its_spans() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let wire = purchase();
    let told = inspect(address, "iso87-a", "none", &hex(&wire)).await;
    assert_eq!((&told["spec"], &told["bytes"], &told["error"]), (&json!("iso87-a"), &json!(wire.len()), &json!(null)));
    let message = &told["messages"][0];
    assert_eq!((&message["good"], &message["errors"]), (&json!(true), &json!([])));
    assert_eq!(message["mti"], json!({ "value": "0200", "meaning": "financial request", "span": [0, 4] }));
    assert_eq!(message["bitmap"]["span"], json!([4, 20]));
    assert_eq!(message["bitmap"]["numbers"], json!([2, 3, 4, 7, 11, 12, 13, 22, 25, 35, 37, 41, 42, 49, 52]));
    let wanted = json!({
        "path": "2", "name": "Primary account number", "span": [20, 35], "value": "401234***8909", "meaning": null,
        "sensitivity": "pan", "shown": false,
    });
    assert_eq!(*element(message, "2"), wanted);
    assert_eq!(element(message, "52")["value"], "[SAD len=8]");
    assert_eq!(element(message, "25")["meaning"], "normal presentment");
    // Spans follow each other to the end, and what is shown stands at its place.
    let mut end = 20;
    for element in message["elements"].as_array().unwrap() {
        let span = |place: usize| element["span"][place].as_u64().unwrap() as usize;
        assert_eq!(span(0), end, "{element}");
        end = span(1);
        if element["shown"] == true {
            assert_eq!(element["value"].as_str().unwrap().as_bytes(), &wire[span(0)..span(1)], "{element}");
        }
    }
    assert_eq!(end, wire.len());
    admin.stop().await;
}

#[tokio::test]
async fn framed_messages_and_where_each_starts() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let echo = b"08002020000000800000000000000001TERM0001".as_slice();
    let length = (echo.len() as u16).to_be_bytes();
    let stream = [&length, echo, &length, echo].concat();
    let told = inspect(address, "iso87-a", "length2", &hex(&stream)).await;
    let starts: Vec<&Value> = told["messages"].as_array().unwrap().iter().map(|message| &message["start"]).collect();
    assert_eq!(starts, [2, 2 + echo.len() + 2], "{told}");
    assert!(told["messages"].as_array().unwrap().iter().all(|message| message["good"] == true), "{told}");

    // With a trailer, and cut short.
    let ended = [&[0x02], echo, &[0x03]].concat();
    let told = inspect(address, "iso87-a", "none,before=02,trailer=03", &hex(&ended)).await;
    assert_eq!(told["messages"][0]["start"], 1, "{told}");
    let told = inspect(address, "iso87-a", "length2", &hex(&stream[..stream.len() - 5])).await;
    assert_eq!(told["messages"].as_array().unwrap().len(), 1);
    assert_eq!((&told["error"]["path"], &told["error"]["offset"]), (&json!("frame"), &json!(2 + echo.len())));
    assert_eq!(inspect(address, "iso87-a", "length2", "").await["error"]["path"], "frame");

    // Very many are not all shown, and that is told.
    let many = [&length, echo].concat().repeat(100);
    let told = inspect(address, "iso87-a", "length2", &hex(&many)).await;
    assert_eq!((told["messages"].as_array().unwrap().len(), &told["more"]), (64, &json!(true)));
    admin.stop().await;
}

#[tokio::test]
async fn an_error_says_which_byte_and_what_to_do() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let mut wire = purchase();
    wire[44] = b'X';
    let message = inspect(address, "iso87-a", "none", &hex(&wire)).await["messages"][0].clone();
    let error = &message["errors"][0];
    assert_eq!(
        (&error["path"], &error["offset"], &error["name"]),
        (&json!("4"), &json!(44), &json!("Amount, transaction"))
    );
    let amount = element(&message, "4");
    assert_eq!((&amount["value"], &amount["shown"]), (&json!("[UNREADABLE len=12]"), &json!(false)));
    assert_eq!(element(&message, "41")["value"], "TERM0001", "what can be read is shown all the same");

    let framed = [&[0, wire.len() as u8], wire.as_slice()].concat();
    let message = inspect(address, "iso87-a", "none", &hex(framed)).await["messages"][0].clone();
    assert_eq!((&message["good"], &message["mti"]), (&json!(false), &json!(null)));
    assert!(message["errors"][0]["hint"].is_string(), "{message}");
    admin.stop().await;
}

#[tokio::test]
async fn bytes_that_nobody_has_named() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let wire = purchase();
    let framed = [&[0, wire.len() as u8], wire.as_slice()].concat();
    // As hex and as the columns of a dump.
    let dump: String = framed
        .chunks(16)
        .enumerate()
        .map(|(row, bytes)| {
            format!(
                "{:08x}: {}\n",
                16 * row,
                hex(bytes)
                    .as_bytes()
                    .chunks(4)
                    .map(|pair| std::str::from_utf8(pair).unwrap())
                    .collect::<Vec<_>>()
                    .join(" ")
            )
        })
        .collect();
    for text in [hex(&framed), dump] {
        let told = post(address, "/doctor", &json!({ "hex": text }).to_string()).await.json();
        let best = &told["readings"][0];
        assert_eq!((&told["fits"], &best["framing"]), (&json!(true), &json!("length2")), "{told}");
        assert!(best["spec"] == "iso87-a" || best["alike"].as_array().unwrap().contains(&json!("iso87-a")), "{told}");
        assert_eq!(best["fields"]["2"], "401234***8909");
    }
    let told = post(address, "/doctor", r#"{"hex":"FFFFFFFF"}"#).await.json();
    assert_eq!((&told["fits"], &told["readings"]), (&json!(false), &json!([])));
    admin.stop().await;
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_and_not_repeated() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let pan = "4012345678909";
    let bodies = [
        ("/inspect", String::new(), "json"),
        ("/inspect", format!("{{\"spec\":\"iso87-a\",\"hex\":{pan}}}"), "json"),
        ("/inspect", format!("{{\"spec\":\"iso87-a\",\"{pan}\":\"30\"}}"), "json"),
        ("/inspect", format!("\"{pan}\""), "json"),
        ("/inspect", json!({ "spec": pan, "hex": "30" }).to_string(), "spec"),
        ("/inspect", json!({ "spec": "/etc/passwd", "hex": "30" }).to_string(), "spec"),
        ("/inspect", json!({ "spec": "../iso87-a.toml", "hex": "30" }).to_string(), "spec"),
        ("/inspect", json!({ "spec": "iso87-a", "framing": pan, "hex": "30" }).to_string(), "framing"),
        ("/inspect", json!({ "spec": "iso87-a", "hex": pan }).to_string(), "hex"),
        ("/inspect", json!({ "spec": "iso87-a", "hex": format!("{pan}x{pan}") }).to_string(), "hex"),
        ("/doctor", json!({ "hex": pan }).to_string(), "hex"),
        ("/doctor", json!({ "hex": "30", "spec": pan }).to_string(), "json"),
    ];
    for (path, body, kind) in bodies {
        let answer = post(address, path, &body).await;
        assert_eq!((answer.status, &answer.json()["error"]["kind"]), (400, &json!(kind)), "{body}");
        assert!(!answer.body.contains("401234") && !answer.body.contains("passwd"), "{}", answer.body);
    }
    let long = json!({ "hex": "30".repeat((1 << 16) + 1) }).to_string();
    assert_eq!(post(address, "/doctor", &long).await.status, 413);
    let message = post(address, "/inspect", &json!({ "spec": "iso87-a", "hex": "30 3x" }).to_string()).await.json();
    assert!(message["error"]["message"].as_str().unwrap().contains("at character 4"), "{message}");
    admin.stop().await;
}

/// A switch with a dialect of its own.
struct Own;

impl Source for Own {
    fn components(&self) -> Vec<(String, &'static str, Status)> {
        Vec::new()
    }

    fn dialects(&self) -> Vec<(String, &'static Dialect)> {
        let toml = "[spec]\nname = \"partner\"\ntitle = \"A partner\"\nextends = \"iso87-a\"\n";
        vec![("partner".to_owned(), load::text("partner.toml", toml).unwrap())]
    }
}

#[tokio::test]
async fn the_dialects_of_the_switch_come_before_the_shipped_ones() {
    let (admin, address) = started(Admin::builder(Own)).await;
    let specs = get(address, "/specs").await.json();
    let names: Vec<&str> =
        specs["specs"].as_array().unwrap().iter().map(|spec| spec["name"].as_str().unwrap()).collect();
    assert_eq!(names, [&["partner"], load::shipped_names()].concat());
    let told = inspect(address, "partner", "none", &hex(purchase())).await;
    assert_eq!((&told["spec"], &told["messages"][0]["good"]), (&json!("partner"), &json!(true)));
    admin.stop().await;
}
