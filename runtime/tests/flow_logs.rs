//! What transactions write to the log: their ids, names of stages and of events, and nothing that stages hold or say.
#![cfg(feature = "net")]

mod flow_common;

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use flow_common::run;
use isopace::flow::{
    Budget, Failure, Flow, Idempotent, LogJournal, MemoryAnswers, MemoryJournal, Next, Outcome, Recovery, Stage,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const PAN: &str = "5399410000000000";

/// Keeps each record as a line: `transaction id=t event="begin"`.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.0.insert_str(0, &format!("{value:?}")),
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A context and a stage that say the card number wherever they are asked something.
struct Card;

struct Talkative {
    commits: bool,
}

impl Stage<Card> for Talkative {
    fn name(&self) -> &str {
        "talkative"
    }

    async fn prepare(&self, _: &mut Card, _: &Budget) -> Result<Next, Failure> {
        Ok(if self.commits { Next::Continue } else { Next::abort(PAN) })
    }

    async fn commit(&self, _: &mut Card, _: &Budget) -> Result<(), Failure> {
        Err(Failure::new(PAN))
    }

    async fn abort(&self, _: &mut Card, _: &Budget) -> Result<(), Failure> {
        Err(Failure::new(PAN))
    }

    fn intent(&self, _: &Card) -> Option<Vec<u8>> {
        Some(PAN.as_bytes().to_vec())
    }

    fn recovery(&self, _: &Card) -> Recovery {
        Recovery::Data(PAN.as_bytes().to_vec())
    }

    async fn recover(&self, _: &[u8]) -> Result<Card, Failure> {
        Err(Failure::new(PAN))
    }
}

impl Idempotent for Card {
    fn key(&self) -> Option<String> {
        Some(PAN.to_owned())
    }

    fn answer(&mut self, _: &Outcome) -> Option<Vec<u8>> {
        Some(PAN.as_bytes().repeat(10))
    }

    fn replay(&mut self, _: &[u8]) -> Result<(), Failure> {
        Err(Failure::new(PAN))
    }
}

fn lines(commits: bool) -> Vec<String> {
    let lines = Lines::default();
    let _on = tracing::subscriber::set_default(lines.clone());
    run(async {
        let flow = Flow::builder("talkative")
            .stage(Talkative { commits })
            .journal(Arc::new(LogJournal::over(Arc::new(MemoryJournal::new(8)))))
            // Too small for the answer, which is told.
            .idempotency(Arc::new(MemoryAnswers::with_bytes(8, 40, flow_common::SECOND)))
            .build()
            .unwrap();
        flow.run("TERM0001:1", Card, Budget::within(flow_common::SECOND)).await.unwrap();
        flow.recover().await.unwrap();
        flow.run("TERM0001:2", Card, Budget::within(flow_common::SECOND)).await.unwrap();
    });
    let lines = lines.0.lock().unwrap().clone();
    for line in &lines {
        assert!(!line.contains("53994") && !line.contains("53, 51, 57"), "{line}");
    }
    lines
}

#[test]
fn the_events_of_a_transaction_in_order_and_no_content() {
    assert_eq!(
        lines(true),
        [
            "transaction id=TERM0001:1 event=\"begin\"",
            "transaction id=TERM0001:1 event=\"preparing\" stage=\"talkative\"",
            "transaction id=TERM0001:1 event=\"prepared\" stage=\"talkative\"",
            "transaction id=TERM0001:1 event=\"decided-commit\"",
            "transaction id=TERM0001:1 event=\"incomplete\" failed=1",
            "an answer could not be kept id=TERM0001:1 error=an answer of 176 bytes is larger than the 40 that may be kept",
            "a transaction stays open id=TERM0001:1 failures=1",
        ]
    );
    let aborted = lines(false);
    assert!(aborted.iter().any(|line| line.ends_with("event=\"decided-abort\"")), "{aborted:?}");
    assert!(!aborted.iter().any(|line| line.ends_with("event=\"aborted\"")), "its abort did not work: {aborted:?}");
}
