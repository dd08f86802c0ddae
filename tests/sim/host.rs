//! The host at the other end of a link. It answers well, late, twice, never, to another, with junk; it sends requests of
//! its own, with our numbers among them; it stops reading, closes its side, or goes away in the middle of a frame.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use isopace_tests::seeded::Seeded;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep_until};

use crate::net::{Control, Stream};
use crate::truth::Truth;
use crate::wire::{Frames, Text, framed};

/// What a host tends to do.
#[derive(Debug, Clone)]
pub(crate) struct Character {
    /// Of a hundred requests, so many are not simply answered.
    pub(crate) odd: usize,
    /// Longest time to an answer, in milliseconds.
    pub(crate) slow: usize,
    /// Messages of its own, and how far apart, in milliseconds.
    pub(crate) own: usize,
    pub(crate) apart: usize,
    /// One in so many reads it stops reading for a while.
    pub(crate) stops: usize,
    /// One in so many requests is its last one.
    pub(crate) leaves: usize,
    /// How long it keeps the link when our side is closed.
    pub(crate) lingers: Option<Duration>,
    pub(crate) network: Network,
}

/// How it takes network management.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    /// Whether the checker is to know about sign-ons.
    pub(crate) expects: bool,
    /// Of a hundred sign-ons and echo tests, so many are not answered with a yes.
    pub(crate) odd: usize,
}

impl Character {
    pub(crate) fn random(random: &mut Seeded) -> Self {
        Character {
            odd: *random.pick(&[0, 20, 50, 90]),
            slow: *random.pick(&[0, 5, 200, 3000]),
            own: *random.pick(&[0, 0, 3, 20]),
            apart: *random.pick(&[0, 10, 500]),
            stops: *random.pick(&[20, 1000, 1000]),
            leaves: *random.pick(&[20, 100_000, 100_000]),
            lingers: *random.pick(&[Some(Duration::ZERO), Some(Duration::from_millis(300)), None]),
            network: Network::default(),
        }
    }

    /// One that does all as it should.
    pub(crate) fn good() -> Self {
        let (lingers, network) = (Some(Duration::ZERO), Network { expects: true, odd: 0 });
        Character { odd: 0, slow: 0, own: 0, apart: 0, stops: 1_000_000, leaves: 1_000_000, lingers, network }
    }
}

enum Out {
    Bytes(Vec<u8>),
    /// A sign-on is accepted with these.
    Accepts(Vec<u8>),
    /// Our side is closed.
    End,
    Reset,
    /// Nothing any more.
    Leave,
}

pub(crate) struct Host {
    pub(crate) truth: Truth,
    pub(crate) link: usize,
    pub(crate) random: Seeded,
    pub(crate) character: Character,
    pub(crate) control: Control,
    /// From then on it does all as it should.
    pub(crate) calm: Arc<AtomicBool>,
}

struct Queue {
    start: Instant,
    due: BTreeMap<(u64, u64), Out>,
    count: u64,
}

impl Queue {
    fn put(&mut self, after: usize, out: Out) {
        self.count += 1;
        let at = self.start.elapsed().as_millis() as u64 + after as u64;
        self.due.insert((at, self.count), out);
    }

    fn next(&self) -> Option<Instant> {
        self.due.keys().next().map(|(at, _)| self.start + Duration::from_millis(*at))
    }
}

impl Host {
    /// Until either side has had enough.
    pub(crate) async fn run(mut self, mut stream: Stream) {
        let mut queue = Queue { start: Instant::now(), due: BTreeMap::new(), count: 0 };
        self.plan_own(&mut queue);
        let (mut frames, mut buffer) = (Frames::default(), [0; 2048]);
        let mut reads_from = Some(Instant::now());
        loop {
            let now = Instant::now();
            if let Some(next) = queue.next().filter(|next| *next <= now) {
                let Some(out) = queue.due.pop_first().map(|(_, out)| out) else { continue };
                let written = match out {
                    Out::Bytes(bytes) => stream.write_all(&bytes).await,
                    Out::Accepts(bytes) => {
                        self.truth.lock().links[self.link].signed_on = true;
                        stream.write_all(&bytes).await
                    }
                    Out::End => stream.shutdown().await,
                    Out::Reset => {
                        self.control.reset();
                        return;
                    }
                    Out::Leave => return,
                };
                if written.is_err() {
                    return;
                }
                debug_assert!(next <= now);
                continue;
            }
            let next = queue.next();
            tokio::select! {
                biased;
                () = until(next) => {}
                () = until(reads_from), if reads_from.is_some_and(|from| from > now) => {}
                read = stream.read(&mut buffer), if reads_from.is_some_and(|from| from <= now) => {
                    let Ok(count) = read else { return };
                    if count == 0 {
                        reads_from = None;
                        match self.character.lingers {
                            Some(lingers) => queue.put(lingers.as_millis() as usize, Out::Leave),
                            None => self.truth.note(format_args!("link {}: the host keeps it", self.link)),
                        }
                    }
                    for body in frames.push(&buffer[..count]) {
                        self.take(&mut queue, &body);
                    }
                    if self.random.one_in(self.character.stops) {
                        let pause = *self.random.pick(&[50, 2000, 30_000]);
                        self.truth.note(format_args!("link {}: the host reads nothing for {pause} ms", self.link));
                        reads_from = reads_from.map(|_| now + Duration::from_millis(pause));
                    }
                }
            }
        }
    }

    fn take(&mut self, queue: &mut Queue, body: &[u8]) {
        if self.calm.load(Ordering::SeqCst) {
            let network = Network { odd: 0, ..self.character.network.clone() };
            self.character = Character { network, ..Character::good() };
        }
        let Some(message) = Text::read(body) else {
            return self.truth.violate("sent what nobody asked", format_args!("link {}", self.link));
        };
        self.truth.reached(self.link, &message);
        let Some(answer_type) = message.answer_type() else { return };
        if self.character.network.expects {
            if message.get(70).is_some() {
                return self.network(queue, &message);
            }
            if !self.truth.lock().links[self.link].signed_on {
                self.truth.violate("published before sign-on", format_args!("link {}", self.link));
            }
        }
        let mut answer = message.clone().set(39, "00");
        answer.mti = answer_type;
        let wait = self.random.below(self.character.slow + 1);
        if self.random.one_in(self.character.leaves) {
            return self.leave(queue, wait, &answer);
        }
        if self.random.below(100) >= self.character.odd {
            return self.answer(queue, wait, answer);
        }
        match self.random.below(13) {
            0 => {}
            1 => self.answer(queue, wait + 8000, answer),
            2 | 3 => {
                let again = self.random.below(3) * self.random.below(4000);
                self.answer(queue, wait, answer.clone());
                self.answer(queue, wait + again, answer);
            }
            4 | 5 => {
                // An answer to another.
                let stan = format!("{:06}", self.random.below(12));
                self.answer(queue, wait, answer.set(11, stan));
            }
            6 => {
                answer.elements.remove(&41);
                self.answer(queue, wait, answer);
            }
            7 => {
                answer.mti.replace_range(1..2, if answer.mti.starts_with("08") { "2" } else { "8" });
                self.answer(queue, wait, answer);
            }
            8 => {
                answer.mti.replace_range(3..4, "1");
                self.answer(queue, wait, answer);
            }
            9 => {
                let junk = format!("JUNK{}", self.truth.frame_number());
                queue.put(wait, Out::Bytes(framed(junk.as_bytes())));
                self.answer(queue, wait + 1, answer);
            }
            10 => {
                // The request itself comes back.
                let number = message.get(37).and_then(|number| number[1..].parse::<usize>().ok());
                if let Some(ask) = number.filter(|_| self.random.one_in(2)) {
                    self.truth.lock().asks[ask].returned = true;
                    let returned = Text { mti: message.mti.clone(), ..message }.set(39, "30");
                    self.answer(queue, wait, returned);
                } else {
                    answer.elements.remove(&11);
                    self.answer(queue, wait, answer);
                }
            }
            11 => {
                // A request of its own with our number.
                let own = Text { mti: "0800".to_owned(), ..message }.set(37, "P00000000000");
                self.answer(queue, wait, own);
                self.answer(queue, wait + 1, answer);
            }
            _ => {
                let other = if answer.get(41).is_some() { "TERM0099" } else { "TERM0001" };
                self.answer(queue, wait, answer.set(41, other));
            }
        }
    }

    fn answer(&self, queue: &mut Queue, wait: usize, answer: Text) {
        queue.put(wait, Out::Bytes(framed(&answer.set(48, self.truth.frame_number()).body())));
    }

    /// Goes away: between frames, in the middle of one, or with its sending side only.
    fn leave(&mut self, queue: &mut Queue, wait: usize, answer: &Text) {
        self.truth.note(format_args!("link {}: the host is about to leave", self.link));
        let part = framed(&answer.body());
        let part = part[..self.random.below(part.len())].to_vec();
        match self.random.below(4) {
            0 => queue.put(wait, Out::Bytes(part)),
            1 => queue.put(wait, Out::Reset),
            _ => {}
        }
        queue.put(wait, if self.random.one_in(2) { Out::Leave } else { Out::End });
    }

    fn plan_own(&mut self, queue: &mut Queue) {
        let mut at = 0;
        for _ in 0..self.character.own {
            at += self.random.below(self.character.apart + 1);
            let mti = *self.random.pick(&["0800", "0200", "0420", "0240"]);
            let stan = format!("{:06}", self.random.below(12));
            let own = Text::new(mti).set(11, stan).set(37, "P00000000000").set(41, "TERM0001");
            self.answer(queue, at, own);
        }
    }

    fn network(&mut self, queue: &mut Queue, message: &Text) {
        let code = message.get(70).unwrap_or_default().to_owned();
        let mut answer = message.clone().set(39, "00");
        answer.mti = "0810".to_owned();
        self.truth.note(format_args!("link {}: network management {code}", self.link));
        let odd = self.random.below(100) < self.character.network.odd;
        let wait = self.random.below(self.character.slow + 1);
        let no = if odd { 1 + self.random.below(5) } else { 0 };
        match no {
            0 => {
                let bytes = framed(&answer.body());
                queue.put(wait, if code == "001" { Out::Accepts(bytes) } else { Out::Bytes(bytes) });
            }
            1 => {}
            2 => queue.put(wait, Out::Bytes(framed(&answer.set(39, "91").body()))),
            3 => queue.put(wait, Out::Bytes(framed(&Text { mti: "0210".to_owned(), ..answer }.body()))),
            4 => queue.put(wait, Out::Bytes(framed(&answer.set(70, "161").body()))),
            _ => queue.put(wait, if self.random.one_in(2) { Out::Leave } else { Out::Reset }),
        }
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
