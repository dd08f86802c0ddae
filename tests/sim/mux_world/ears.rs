//! Who hears what comes in and is no answer that somebody waits for: the listener and the service.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::Error;
use isopace::frame::Frame;
use isopace::mux::{Events, Inbound, Mux, Reason, Service, Unmatched, Wire};
use isopace_tests::seeded::Seeded;
use tokio::time::{Instant, sleep};

use super::plan::Serves;
use crate::faults::Fault;
use crate::truth::{Fate, Truth};
use crate::wire::Text;

#[derive(Clone)]
pub(super) struct Ears {
    pub(super) truth: Truth,
    pub(super) fault: Option<Fault>,
}

impl Events for Ears {
    fn unmatched(&self, unmatched: Unmatched) {
        let fate = match unmatched.reason {
            Reason::Late => Fate::Late,
            Reason::Duplicate => Fate::Duplicate,
            Reason::Ambiguous => Fate::Ambiguous,
            Reason::Unserved => Fate::Unserved,
            _ => Fate::Unmatched,
        };
        let tell = |fate| self.truth.told(0, unmatched.message.as_bytes(), fate);
        match (self.fault, fate) {
            (Some(Fault::SwallowsLate), Fate::Late) => {}
            (Some(Fault::TellsWrongly), Fate::Late) => tell(Fate::Unmatched),
            (Some(Fault::TellsTwice), Fate::Late) => {
                tell(fate);
                tell(fate);
            }
            _ => tell(fate),
        }
    }

    fn undecodable(&self, frame: Frame, _: Error) {
        self.truth.told(0, &frame.body, Fate::Undecodable);
    }
}

pub(super) struct Serving {
    pub(super) truth: Truth,
    pub(super) serves: Serves,
    pub(super) random: Mutex<Seeded>,
    pub(super) mux: Arc<Mutex<Option<Mux>>>,
    pub(super) fault: Option<Fault>,
}

impl Service for Serving {
    async fn call(&self, inbound: Inbound) {
        let drops = self.fault == Some(Fault::DropsInbound) && self.random.lock().unwrap().one_in(2);
        if !drops {
            self.truth.told(0, inbound.message.as_bytes(), Fate::Service);
        }
        let (wait, never) = {
            let mut random = self.random.lock().unwrap();
            (random.below(self.serves.slow + 1) as u64, random.one_in(self.serves.never))
        };
        let Some(text) = Text::read(inbound.message.as_bytes()) else { return };
        if text.get(39).is_some() {
            // Our own request has come back.
            let mux = self.mux.lock().unwrap().clone();
            if let Some(mux) = mux {
                let found = mux.reject(&inbound.message, "it came back");
                self.truth.rejecting(&text, found);
            }
            return;
        }
        if wait > 0 {
            sleep(Duration::from_millis(wait)).await;
        }
        if never {
            return;
        }
        let Some(answer) = text.answer_type() else { return };
        let answer = Text { mti: answer, ..text }.set(39, "00").body();
        let asked = Instant::now();
        let replied = inbound.replier.reply(Wire(&answer)).await;
        self.truth.note(format_args!("reply: {} after {:?}", replied.is_ok(), asked.elapsed()));
    }
}
