//! One direction of a connection: bytes that take their time.

use std::collections::VecDeque;
use std::io;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use isopace_tests::seeded::Seeded;
use tokio::time::Instant;

/// How a direction behaves.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    /// Least time that bytes are under way, in milliseconds, and most time beyond that.
    pub(crate) delay: usize,
    pub(crate) jitter: usize,
    /// Most bytes that one write takes, and that one read gives.
    pub(crate) write: usize,
    pub(crate) read: usize,
    /// Bytes that may be under way.
    pub(crate) window: usize,
    /// One in so many calls is to be made again.
    pub(crate) again: usize,
}

impl Manner {
    pub(crate) fn random(random: &mut Seeded) -> Self {
        let fast = random.one_in(3);
        Manner {
            delay: if fast { 0 } else { *random.pick(&[0, 1, 5, 20, 80]) },
            jitter: if fast { 0 } else { *random.pick(&[0, 1, 10, 60]) },
            write: *random.pick(&[1, 7, 40, 200, 4096, 4096]),
            read: *random.pick(&[1, 9, 60, 4096, 4096]),
            window: *random.pick(&[64, 300, 2000, 65536, 65536]),
            again: *random.pick(&[2, 10, 1000]),
        }
    }
}

#[derive(Debug)]
struct Bit {
    at: Instant,
    bytes: VecDeque<u8>,
}

#[derive(Debug)]
pub(super) struct Pipe {
    manner: Manner,
    random: Seeded,
    under_way: VecDeque<Bit>,
    room: usize,
    /// The last bytes are there then; nothing overtakes them.
    last: Instant,
    /// The end comes behind the last bytes.
    ended: Option<Instant>,
    reset: bool,
    /// Nothing arrives any more, and nobody is told.
    silent: bool,
    /// Nothing arrives before this.
    held: Option<Instant>,
    reader_gone: bool,
    pub(super) reader: Option<Waker>,
    writer: Option<Waker>,
}

/// What a reader gets.
pub(super) enum Read {
    Bytes(Vec<u8>),
    End,
    /// Not before this; for ever where nothing is under way.
    Later(Option<Instant>),
    /// At once, with another call.
    Again,
}

impl Pipe {
    pub(super) fn new(manner: Manner, random: Seeded) -> Self {
        let room = manner.window;
        Pipe {
            manner,
            random,
            under_way: VecDeque::new(),
            room,
            last: Instant::now(),
            ended: None,
            reset: false,
            silent: false,
            held: None,
            reader_gone: false,
            reader: None,
            writer: None,
        }
    }

    fn arrival(&mut self) -> Instant {
        let Manner { delay, jitter, .. } = self.manner;
        let delay = Duration::from_millis((delay + self.random.below(jitter + 1)) as u64);
        self.last = self.last.max(Instant::now() + delay);
        self.last
    }

    pub(super) fn write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.reset {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if self.reader_gone || self.ended.is_some() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if self.random.one_in(self.manner.again) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.room == 0 {
            self.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        let most = 1 + self.random.below(self.manner.write);
        let count = bytes.len().min(most).min(self.room);
        let at = self.arrival();
        match self.under_way.back_mut() {
            Some(last) if last.at == at => last.bytes.extend(&bytes[..count]),
            _ => self.under_way.push_back(Bit { at, bytes: bytes[..count].iter().copied().collect() }),
        }
        self.room -= count;
        self.wake_reader();
        Poll::Ready(Ok(count))
    }

    pub(super) fn end(&mut self) {
        if self.ended.is_none() {
            self.ended = Some(self.arrival());
            self.wake_reader();
        }
    }

    pub(super) fn read(&mut self, most: usize) -> io::Result<Read> {
        if self.reset {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        if self.silent {
            return Ok(Read::Later(None));
        }
        let now = Instant::now();
        let next = match (self.under_way.front(), self.ended) {
            (Some(bit), _) => bit.at,
            (None, Some(end)) => end,
            (None, None) => return Ok(Read::Later(None)),
        };
        let next = self.held.map_or(next, |held| held.max(next));
        if next > now {
            return Ok(Read::Later(Some(next)));
        }
        if self.random.one_in(self.manner.again) {
            return Ok(Read::Again);
        }
        let mut most = most.min(1 + self.random.below(self.manner.read));
        let mut bytes = Vec::new();
        while most > 0
            && let Some(bit) = self.under_way.front_mut()
            && bit.at <= now
        {
            let count = bit.bytes.len().min(most);
            bytes.extend(bit.bytes.drain(..count));
            most -= count;
            if bit.bytes.is_empty() {
                self.under_way.pop_front();
            }
        }
        if bytes.is_empty() {
            return Ok(Read::End);
        }
        self.room += bytes.len();
        if let Some(writer) = self.writer.take() {
            writer.wake();
        }
        Ok(Read::Bytes(bytes))
    }

    /// Cut off: what is under way is lost, both ends are told.
    pub(super) fn reset(&mut self) {
        self.reset = true;
        self.under_way.clear();
        self.wake();
    }

    pub(super) fn silence(&mut self) {
        self.silent = true;
    }

    pub(super) fn hold(&mut self, until: Instant) {
        self.held = Some(until);
        self.wake_reader();
    }

    pub(super) fn drop_reader(&mut self) {
        self.reader_gone = true;
        self.under_way.clear();
        self.wake();
    }

    fn wake_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    fn wake(&mut self) {
        self.wake_reader();
        if let Some(writer) = self.writer.take() {
            writer.wake();
        }
    }
}
