//! Where hosts are: they can be reached or not, and their links are cut off and fall silent, until the world is calm.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::frame::{Framing, Header};
use isopace::link::{Error, Link, Settings};
use isopace_tests::seeded::Seeded;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::host::{Character, Host, Network};
use crate::net::{Manner, connection};
use crate::truth::Truth;

/// How bad it is before it is calm: of a hundred.
#[derive(Debug, Clone)]
pub(crate) struct Weather {
    refuses: usize,
    hangs: usize,
    cuts: usize,
    network: usize,
}

impl Weather {
    pub(crate) fn random(random: &mut Seeded) -> Self {
        let mut bad = |from: &[usize]| *random.pick(from);
        Weather {
            refuses: bad(&[0, 30, 90]),
            hangs: bad(&[0, 10]),
            cuts: bad(&[10, 60, 100]),
            network: bad(&[0, 5, 50]),
        }
    }
}

/// A host's place.
pub(crate) struct Site {
    pub(crate) truth: Truth,
    pub(crate) random: Mutex<Seeded>,
    pub(crate) weather: Weather,
    /// A link that has fallen silent has to be given up within this.
    pub(crate) found_within: Duration,
    pub(crate) calm: Arc<AtomicBool>,
    pub(crate) tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Site {
    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::SeqCst)
    }

    fn draw<T>(&self, draw: impl FnOnce(&mut Seeded) -> T) -> T {
        draw(&mut self.random.lock().unwrap())
    }

    /// Opens a link to the host there.
    pub(crate) async fn dial(self: Arc<Self>) -> Result<Link, Error> {
        let wait = self.draw(|random| random.below(30));
        sleep(Duration::from_millis(wait as u64)).await;
        let luck = self.draw(|random| random.below(100));
        if !self.is_calm() && luck < self.weather.refuses {
            self.truth.note(format_args!("refused"));
            let source = Arc::new(io::ErrorKind::ConnectionRefused.into());
            return Err(Error::Connect { address: "host".to_owned(), source });
        }
        if !self.is_calm() && luck < self.weather.refuses + self.weather.hangs {
            self.truth.note(format_args!("nobody answers the call"));
            return std::future::pending().await;
        }
        Ok(self.link())
    }

    /// A link to the host there, that is up.
    pub(crate) fn link(&self) -> Link {
        let link = self.truth.link();
        let calm = self.is_calm();
        let mut random = self.draw(|random| Seeded::new(random.bits()));
        let quiet = Manner { delay: 1, jitter: 3, write: 4096, read: 4096, window: 65_536, again: 1000 };
        let chosen = Character::random(&mut random);
        let network = Network { expects: true, odd: self.weather.network };
        let (slow, own) = (chosen.slow.min(500), chosen.own);
        let character = if calm { Character::good() } else { Character { network, slow, own, ..chosen } };
        let (ours, theirs) = if calm { (quiet.clone(), quiet) } else { (slowish(&mut random), slowish(&mut random)) };
        let (near, far, control) = connection(&mut random, &self.truth, link, ours, theirs);
        let cut = (!calm && random.below(100) < self.weather.cuts).then(|| random.below(20_000) as u64);
        let kind = random.below(3);
        let calm = Arc::clone(&self.calm);
        let host = Host { truth: self.truth.clone(), link, random, character, control: control.clone(), calm };
        let mut tasks = self.tasks.lock().unwrap();
        tasks.retain(|task| !task.is_finished());
        tasks.push(tokio::spawn(host.run(far)));
        if let Some(after) = cut {
            let (truth, within) = (self.truth.clone(), self.found_within);
            tasks.push(tokio::spawn(async move {
                sleep(Duration::from_millis(after)).await;
                if kind == 0 {
                    truth.note(format_args!("link {link}: cut off"));
                    control.reset();
                } else {
                    control.silence();
                    truth.silent(link, within);
                }
            }));
        }
        let settings = Settings::new(Framing::new(Header::Binary2)).write_deadline(Duration::from_secs(10));
        Link::new(near, settings)
    }

    pub(crate) async fn tear_down(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap());
        for task in tasks {
            task.abort();
            drop(task.await);
        }
    }
}

/// In pieces, and not so slow that nothing gets through.
fn slowish(random: &mut Seeded) -> Manner {
    let manner = Manner::random(random);
    Manner { delay: manner.delay.min(20), jitter: manner.jitter.min(10), window: manner.window.max(300), ..manner }
}
