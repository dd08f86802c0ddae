//! One connection of a test host: reads, decides, and does what is due.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::event::Event;
use super::inner::Inner;
use super::judge::Step;
use super::session::{Now, Session};
use crate::frame::Frame;
use crate::link::{Error, Link, LinkReader, LinkWriter};
use crate::msg::Message;

/// Bytes to be written from which on nothing is read.
const MOST_QUEUED: usize = 1 << 20;

/// How long a peer that has said that it will send no more may take for what it still gets, and how long one that is closed may take
/// to close its side.
const LINGER: Duration = Duration::from_secs(1);

/// How a connection came to its end.
enum End {
    Closed,
    Reset,
    Cut,
    Peer,
    Stopped,
    Failed(Error),
}

/// One connection.
pub(super) struct Client {
    inner: Arc<Inner>,
    number: u64,
    reader: LinkReader,
    writer: LinkWriter,
    /// To reset the connection with.
    socket: Option<socket2::Socket>,
    session: Session,
    begun: Instant,
    /// Whether the peer may yet send something.
    open: bool,
}

impl Client {
    pub(super) fn new(inner: Arc<Inner>, number: u64, link: Link, socket: Option<socket2::Socket>) -> Self {
        inner.counters.connections.add(true);
        inner.tell(&Event::Connected { client: number, peer: link.peer() });
        let (reader, writer) = link.split();
        let session = Session::new(Duration::ZERO, &inner.judge());
        Client { inner, number, reader, writer, socket, session, begun: Instant::now(), open: true }
    }

    /// Serves the connection to its end.
    pub(super) async fn serve(mut self, mut commands: mpsc::Receiver<Bytes>, mut stop: watch::Receiver<bool>) {
        let end = self.run(&mut commands, &mut stop).await;
        let how = match &end {
            End::Closed => "closed by the scenario".to_owned(),
            End::Reset => "reset by the scenario".to_owned(),
            End::Cut => "cut off by the scenario within a frame".to_owned(),
            End::Peer => "closed by the peer".to_owned(),
            End::Stopped => "stopped".to_owned(),
            End::Failed(error) => error.to_string(),
        };
        self.inner.tell(&Event::Ended { client: self.number, how: &how });
        if let Some(recorder) = &self.inner.recorder {
            recorder.flush();
        }
        let counters = &self.inner.counters;
        counters.closed.add(matches!(end, End::Closed | End::Cut));
        counters.reset.add(matches!(end, End::Reset));
        match end {
            End::Reset => {
                if let Some(socket) = &self.socket {
                    // What is not sent yet is thrown away, and the peer is told so.
                    _ = socket.set_linger(Some(Duration::ZERO));
                }
            }
            End::Failed(_) => {}
            _ => {
                _ = timeout(LINGER, self.writer.close()).await;
                // Dropped with something unread, the connection would be reset, and the peer might lose what it was sent last.
                let drain = async { while matches!(self.reader.fill().await, Ok(true)) && self.discard() {} };
                _ = timeout(LINGER, drain).await;
            }
        }
    }

    /// Throws away what has come in; whether more may come.
    fn discard(&mut self) -> bool {
        loop {
            match self.reader.next_frame() {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    async fn run(&mut self, commands: &mut mpsc::Receiver<Bytes>, stop: &mut watch::Receiver<bool>) -> End {
        let mut closing = None;
        loop {
            if let Err(error) = self.frames() {
                return End::Failed(error);
            }
            if let Some(end) = self.due() {
                return self.flushed(end).await;
            }
            if !self.open && (self.session.is_idle() && self.writer.queued() == 0) {
                return End::Peer;
            }
            let now = Instant::now();
            let next = self.session.next().map(|due| self.begun + due);
            let until = match (next, closing) {
                (Some(next), Some(closing)) => Some(next.min(closing)),
                (next, closing) => next.or(closing),
            };
            let reads = self.open && !self.is_full();
            tokio::select! {
                biased;
                _ = stop.changed() => return End::Stopped,
                Some(body) = commands.recv(), if !self.is_full() => self.unsolicited(&body),
                flushed = self.writer.flush(), if self.writer.queued() > 0 => {
                    if let Err(error) = flushed {
                        return End::Failed(error);
                    }
                }
                more = self.reader.fill(), if reads => match more {
                    Ok(true) => {}
                    Ok(false) => {
                        self.open = false;
                        closing = Some(now + LINGER);
                    }
                    Err(error) => return End::Failed(error),
                },
                () = sleep_until(until.unwrap_or(now)), if until.is_some() => {
                    if closing.is_some_and(|closing| closing <= Instant::now()) {
                        return End::Peer;
                    }
                }
            }
        }
    }

    fn is_full(&self) -> bool {
        self.session.is_full() || self.writer.queued() >= MOST_QUEUED
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Takes the frames that have come in.
    fn frames(&mut self) -> Result<(), Error> {
        while !self.is_full() {
            let Some(frame) = self.reader.next_frame()? else { return Ok(()) };
            if frame.is_keep_alive() {
                self.writer.push_keep_alive()?;
            } else {
                self.message(&frame);
            }
        }
        Ok(())
    }

    fn message(&mut self, frame: &Frame) {
        let inner = Arc::clone(&self.inner);
        inner.note(true, &frame.body);
        let counters = &inner.counters;
        let message = match Message::parse(inner.dialect, frame.body.clone()) {
            Ok(message) => message,
            Err(error) => {
                counters.undecodable.add(true);
                inner.tell(&Event::Undecodable { client: self.number, bytes: frame.body.len(), error });
                return;
            }
        };
        counters.received.add(true);
        let now = self.now();
        let (decision, rule) = {
            let mut judge = inner.judge();
            let decision = self.session.take(now, &message, &frame.header, &mut judge);
            let rule = decision.rule.map(|rule| Arc::clone(&judge.scenario().0.rules[rule].name));
            (decision, rule)
        };
        let told = decision.told;
        counters.answered.add(told.answered);
        counters.declined.add(told.declined);
        counters.dropped.add(told.dropped);
        counters.unanswerable.add(told.unanswerable);
        counters.delayed.add(told.delayed);
        counters.late.add(told.late);
        counters.duplicated.add(told.duplicated);
        counters.held.add(decision.hold.is_some());
        counters.corrupted.add(told.corrupted);
        counters.replayed.add(told.replayed);
        inner.tell(&Event::Received { client: self.number, message: &message, rule: rule.as_deref() });
    }

    /// Does what is due; the end of the connection, if that is.
    fn due(&mut self) -> Option<End> {
        while self.writer.queued() < MOST_QUEUED {
            let now = self.now();
            let due = self.session.due(now, &mut self.inner.judge());
            match due? {
                Now::Step(Step::Send(body), header) => self.send(Some(&header), &body, true),
                Now::Step(Step::Spoilt(body), header) => self.send(Some(&header), &body, false),
                Now::Step(Step::Half(body), header) => {
                    self.half(&header, &body);
                    return Some(End::Cut);
                }
                Now::Step(Step::Close, _) => return Some(End::Closed),
                Now::Step(Step::Reset, _) => return Some(End::Reset),
                Now::Unsolicited(body) => self.unsolicited(&body),
            }
        }
        None
    }

    /// Writes what is to go out before the end.
    async fn flushed(&mut self, end: End) -> End {
        match timeout(LINGER, self.writer.flush()).await {
            Ok(Err(error)) => End::Failed(error),
            _ => end,
        }
    }

    fn unsolicited(&mut self, body: &Bytes) {
        self.inner.counters.unsolicited.add(true);
        self.send(None, body, true);
    }

    /// Puts a message in its frame; an answer with the transport header of its request, turned round.
    fn send(&mut self, header: Option<&Bytes>, body: &Bytes, whole: bool) {
        let framing = self.writer.encoder().framing();
        let header = header.map(|header| framing.reply_header(header)).transpose();
        let pushed = header.map_err(Error::Encode).and_then(|header| self.writer.push(header.as_deref(), body));
        if let Err(error) = pushed {
            tracing::warn!(%error, "a message does not go out");
            return;
        }
        self.sent(body, whole);
    }

    /// Puts the first half of a frame into the buffer.
    fn half(&mut self, header: &Bytes, body: &Bytes) {
        let framing = *self.writer.encoder().framing();
        let mut frame = Vec::new();
        let header = framing.reply_header(header);
        if header.and_then(|header| framing.encode_with(Some(&header), body, &mut frame)).is_ok() {
            frame.truncate(frame.len() / 2);
            self.writer.load(&mut frame);
            self.sent(body, false);
        }
    }

    fn sent(&self, body: &Bytes, whole: bool) {
        self.inner.counters.sent.add(true);
        self.inner.note(false, body);
        if self.inner.is_watched() {
            let message = whole.then(|| Message::parse(self.inner.dialect, body.clone()).ok()).flatten();
            self.inner.tell(&Event::Sent { client: self.number, message: message.as_ref(), bytes: body.len() });
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.inner.clients.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
