//! Law 5 for gateways and traces: what is secret in a message is in no trace, no log, no error and no `Debug` of them.
#![cfg(feature = "net")]

mod common;
mod gateway_common;

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use common::planted::{built, needles, planted};
use gateway_common::{Peer, Told, answering, builder_for, text};
use isopace::dialects::{iso87a, iso87b, iso87c, iso93a, iso93b, postilion};
use isopace::gateway::{HookError, Mapping, Routes, Row, Upstream};
use isopace::msg::Sensitivity;
use isopace::trace::{Described, Log, Recent, Sampling, Style, Trace, Tracer};
use isopace::{Dialect, Message};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps all that is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<String>>);

impl Visit for Kept {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Cards without long runs of zeros: bitmaps have such runs too.
const CARDS: [&str; 2] = ["4012345678909", "4111111111111111"];

fn shipped() -> [&'static Dialect; 6] {
    let six = [&iso87a::DIALECT, &iso87b::DIALECT, &iso87c::DIALECT, &iso93a::DIALECT, &iso93b::DIALECT];
    [six[0], six[1], six[2], six[3], six[4], &postilion::DIALECT]
}

/// A message with as many of the secrets as the dialect has room for.
fn full(dialect: &'static Dialect, pan: &str) -> Message {
    let mti = if dialect.name().starts_with("iso93") { "1200" } else { "0200" };
    let mut leaves = vec![("11".to_owned(), "872987".to_owned())];
    for leaf in planted(pan) {
        // What one edition calls a secret the other may use for what is none.
        let clear = dialect.resolve(&leaf.0).is_some_and(|field| field.sensitivity == Sensitivity::Clear);
        if clear && needles(pan).found_in(&leaf.1) {
            continue;
        }
        leaves.push(leaf);
        if built(dialect, mti, &leaves).finish().is_err() {
            leaves.pop();
        }
    }
    Message::parse(dialect, built(dialect, mti, &leaves).finish().unwrap()).unwrap()
}

#[test]
fn traces_of_messages_in_every_dialect() {
    for dialect in shipped() {
        for pan in CARDS {
            let (message, needles) = (full(dialect, pan), needles(pan));
            assert!(message.numbers().count() > 20, "{}", dialect.name());
            for raw in [false, true] {
                needles.absent_from("Described", &format!("{:?}", Described::of(&message, raw)));
                for mut trace in [Trace::new("one").raw(raw), Trace::on_failure("one").raw(raw)] {
                    trace.message("request", &message);
                    trace.step("a step", &[("pan", &pan), ("track", &format_args!("{pan}=2812201"))]);
                    needles.absent_from("Debug of an open trace", &format!("{trace:?}"));
                    trace.fail(&format_args!("card {pan} is bad"));
                    let record = trace.finish().unwrap();
                    let text = record.text(&Style::new().colour(true));
                    assert!(text.contains(&format!("MTI     : {}", message.mti())), "{text}");
                    needles.absent_from("text", &text);
                    needles.absent_from("JSON", &record.json());
                    needles.absent_from("Debug of a record", &format!("{record:?}"));
                }
            }
            // Cut short, with values that cannot be read.
            let wire = message.as_bytes();
            for end in [wire.len() - 1, wire.len() / 2] {
                let (part, _) = Message::parse_partial(dialect, wire.slice(..end));
                needles.absent_from("part of a message", &Described::of(&part, true).to_string());
            }
        }
    }
}

#[tokio::test]
async fn what_a_gateway_logs_traces_and_tells() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    for dialect in shipped() {
        for pan in CARDS {
            let (message, needles) = (full(dialect, pan), needles(pan));
            let (told, recent) = (Told::default(), Recent::new(100));
            let code = if dialect.name().starts_with("iso93") { "000" } else { "00" };
            let routes = Routes::new(dialect, [Row::to("none").mti("xx8x"), Row::to("host")]).unwrap();
            let gateway = builder_for(dialect)
                .await
                .upstream(Upstream::new("host", answering(dialect, code)).own_stan())
                .route("none", answering(dialect, code))
                .routes(routes)
                .before_request(|exchange| {
                    let outgoing = format!("{exchange:?} {:?}", exchange.outgoing());
                    exchange.trace().step("hook", &[("sees", &outgoing)]);
                    match exchange.id() {
                        2 => Err(HookError::new(format_args!("card {} is bad", text(exchange.request(), 2)))),
                        3 => panic!("as told"),
                        // The element cannot hold so much.
                        4 => Ok(exchange.edit_request(|edit| {
                            edit.set(4, "4012345678909");
                        })?),
                        _ => Ok(()),
                    }
                })
                .events(told.clone())
                .tracer(Tracer::new(Sampling::ALL).sink(recent.clone()).sink(Log).raw(true))
                .start()
                .await
                .unwrap();
            let mut client = Peer::of(&gateway).await;
            for _ in 0..4 {
                client.ask(&message).await;
            }
            let wire = message.as_bytes();
            for bad in [wire.slice(..wire.len() - 1), [&wire[..], pan.as_bytes()].concat().into()] {
                client.send(&bad).await;
            }
            told.until("undecodable").await;
            client.hears_nothing().await;
            drop(client);
            gateway.stop().await;
            assert!(recent.list().len() >= 4);
            for record in recent.list() {
                needles.absent_from("a record", &format!("{record:?} {}", record.json()));
            }
            needles.absent_from("declined", &format!("{:?}", told.declined.lock().unwrap()));
            let causes: String =
                told.declined.lock().unwrap().iter().map(|declined| declined.cause.to_string()).collect();
            assert!(causes.contains("is bad") && causes.contains("panicked"), "{causes}");
            needles.absent_from("causes", &causes);
            needles.absent_from("lines", &told.lines().concat());
            let logged = std::mem::take(&mut *kept.0.lock().unwrap());
            assert!(logged.contains("established") && logged.contains("trace pos-1"), "{logged}");
            needles.absent_from("the log", &logged);
        }
    }
}

#[test]
fn why_a_message_cannot_be_mapped() {
    let mapping = Mapping::builder(&iso87a::DIALECT, &iso93a::DIALECT)
        .convert("2", "2", |pan| (pan.len() == 7).then(|| pan.to_owned()))
        .drop_rest()
        .build()
        .unwrap();
    for pan in CARDS {
        let error = mapping.apply(&full(&iso87a::DIALECT, pan)).unwrap_err();
        needles(pan).absent_from("an error of mapping", &format!("{error} {error:?} {mapping:?}"));
    }
}
