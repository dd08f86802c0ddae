//! Reading: answers to their requests, everything else to the service.

use std::sync::Arc;
use std::task::Waker;

use tokio::sync::mpsc;

use super::{Events, LinkReader, Options, Shared};
use crate::frame::Frame;
use crate::msg::Message;
use crate::mux::event::Reason;
use crate::mux::key::Keys;
use crate::mux::outcome::{Lost, Response};
use crate::mux::service::{Inbound, Replier};
use crate::mux::shared::Kind;
use crate::mux::state::Match;

/// Reads until the peer has closed its side.
pub(super) async fn read(
    shared: &Arc<Shared>,
    reader: &mut LinkReader,
    service: Option<mpsc::Sender<Inbound>>,
    events: &dyn Events,
    options: Options,
) -> Result<(), Lost> {
    let mut batch = Batch::default();
    loop {
        let before = reader.received();
        let more = reader.fill().await?;
        shared.hears(reader.received() - before);
        let mut taken = 0;
        let broken = loop {
            if taken == options.batch {
                // What has been read goes its way, and out again, while the rest is read: neither end waits for the
                // other to have done with all of it.
                batch.deliver(shared);
                taken = 0;
                tokio::task::yield_now().await;
            }
            taken += 1;
            let frame = match reader.next_frame() {
                Ok(Some(frame)) => frame,
                Ok(None) => break None,
                Err(error) if error.ends_link() => break Some(error.into()),
                Err(error) => {
                    shared.lock().state.stats.refused += 1;
                    shared.meters.refused.increment(1);
                    batch.frames += 1;
                    events.refused(error);
                    continue;
                }
            };
            batch.frames += 1;
            if frame.is_keep_alive() {
                // Without room for it the link is alive anyway.
                drop(shared.append(Kind::KeepAlive, None, &[]));
                continue;
            }
            let message = match Message::parse(shared.dialect, frame.body.clone()) {
                Ok(message) => message,
                Err(error) => {
                    shared.lock().state.stats.undecodable += 1;
                    shared.meters.undecodable.increment(1);
                    events.undecodable(frame, error);
                    if options.close_on_undecodable {
                        break Some(Lost::Undecodable(Arc::new(error)));
                    }
                    continue;
                }
            };
            let Frame { header, .. } = frame;
            if message.mti().is_response() {
                let keys = shared.keyer.keys(message.mti(), &message);
                batch.answers.push((keys, Response { message, header }));
                continue;
            }
            batch.inbound += 1;
            let Some(service) = &service else {
                batch.unmatched.push((Reason::Unserved, Response { message, header }));
                continue;
            };
            let owed = message.mti().response().is_some();
            let replier = Replier::new(Arc::clone(shared), header.clone(), owed);
            if let Err(mpsc::error::TrySendError::Full(inbound)) =
                service.try_send(Inbound { message, header, replier })
            {
                // The link is not read until there is room; what has been read is not held back.
                batch.deliver(shared);
                drop(service.send(inbound).await);
            }
        };
        batch.deliver(shared);
        if let Some(lost) = broken {
            return Err(lost);
        }
        if !more {
            return Ok(());
        }
    }
}

/// What one read brought.
#[derive(Default)]
struct Batch {
    answers: Vec<(Keys, Response)>,
    unmatched: Vec<(Reason, Response)>,
    inbound: u64,
    /// Frames of whatever kind.
    frames: u64,
    wakers: Vec<Waker>,
}

impl Batch {
    /// Gives each answer to its request.
    fn deliver(&mut self, shared: &Shared) {
        shared.meters.frames_in.increment(std::mem::take(&mut self.frames));
        let unserved = self.unmatched.len() as u64;
        if self.answers.is_empty() && self.inbound == 0 {
            return;
        }
        let now = shared.now();
        let mut inner = shared.lock();
        for (keys, response) in self.answers.drain(..) {
            if let Match::Unmatched(reason, response) = inner.state.respond(now, &keys, response) {
                self.unmatched.push((reason, response));
            }
        }
        inner.state.stats.inbound += std::mem::take(&mut self.inbound);
        inner.state.stats.unserved += unserved;
        inner.state.wakers_into(&mut self.wakers);
        shared.tell_in_flight(&inner);
        drop(inner);
        self.wakers.drain(..).for_each(Waker::wake);
        shared.tell();
        for (reason, response) in self.unmatched.drain(..) {
            shared.tell_unmatched(reason, response);
        }
    }
}
