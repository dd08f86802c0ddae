//! What is drawn for a connector, and the bounds that follow from it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use isopace::connector::{Backoff, Builder, Clock, Connector, NetworkManagement, SecondLink, Stans};
use isopace::iso87a::DIALECT;
use isopace::mux::{Correlation, Inbound, Unserved, Wire};
use isopace::types::{CalendarDateTime, Stan};
use isopace_tests::seeded::Seeded;

use crate::faults::Fault;
use crate::sites::{Site, Weather};
use crate::truth::Truth;
use crate::wire::Text;

const CONNECT: Duration = Duration::from_secs(10);
const CLOSE: Duration = Duration::from_secs(3);
/// The peer that dials us comes again after this time at the latest.
pub(crate) const COMES_AGAIN: usize = 2000;

/// What is drawn for a connector.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    weather: Weather,
    alternates: usize,
    pub(crate) accepts: Option<bool>,
    echo: Duration,
    echo_timeout: Duration,
    echo_on_idle: bool,
    sign_on_timeout: Duration,
    sign_off_timeout: Duration,
    pub(crate) drain: Duration,
    backoff: Duration,
    silence: Option<Duration>,
    waits: bool,
}

fn ms(random: &mut Seeded, from: &[u64]) -> Duration {
    Duration::from_millis(*random.pick(from))
}

impl Settings {
    pub(crate) fn random(random: &mut Seeded) -> Self {
        Settings {
            weather: Weather::random(random),
            alternates: random.below(2),
            accepts: random.one_in(3).then(|| random.one_in(2)),
            echo: ms(random, &[500, 3000, 15_000]),
            echo_timeout: ms(random, &[700, 4000]),
            echo_on_idle: random.one_in(2),
            sign_on_timeout: ms(random, &[800, 5000]),
            sign_off_timeout: ms(random, &[200, 2000]),
            drain: ms(random, &[0, 500, 5000]),
            backoff: ms(random, &[200, 5000]),
            silence: random.one_in(4).then(|| Duration::from_secs(60)),
            waits: random.one_in(2),
        }
    }

    pub(crate) fn dials(random: &mut Seeded) -> Self {
        Settings { accepts: None, ..Settings::random(random) }
    }

    pub(crate) fn stops_within(&self) -> Duration {
        self.drain + self.sign_off_timeout + CLOSE + Duration::from_millis(10)
    }

    fn found_within(&self) -> Duration {
        (self.echo + self.echo_timeout).max(self.sign_on_timeout)
    }

    /// By then it is ready again once the world is calm.
    pub(crate) fn ready_within(&self) -> Duration {
        let again = Duration::from_millis(COMES_AGAIN as u64);
        let attempt = CONNECT * (1 + self.alternates as u32) + self.sign_on_timeout + self.backoff;
        self.found_within() + attempt * 2 + again * 2 + Duration::from_secs(1)
    }

    /// A connector and the places where its hosts are.
    pub(crate) fn build(
        &self,
        truth: &Truth,
        random: &mut Seeded,
        fault: Option<Fault>,
    ) -> (Connector, Vec<Arc<Site>>) {
        let calm: Arc<AtomicBool> = Arc::default();
        let sites: Vec<Arc<Site>> = (0..=self.alternates)
            .map(|_| {
                Arc::new(Site {
                    truth: truth.clone(),
                    random: Mutex::new(Seeded::new(random.bits())),
                    weather: self.weather.clone(),
                    found_within: self.found_within(),
                    calm: Arc::clone(&calm),
                    tasks: Mutex::default(),
                })
            })
            .collect();
        let mut builder = self.configure(Connector::builder(&DIALECT), random.bits(), fault);
        match self.accepts {
            Some(replaces) => {
                let second = if replaces { SecondLink::Replaces } else { SecondLink::Refused };
                builder = builder.accept_offered().second_link(second);
            }
            None => {
                for site in &sites {
                    let site = Arc::clone(site);
                    builder = builder.dial_with(move || Arc::clone(&site).dial());
                }
            }
        }
        (builder.serve(serve).build().unwrap(), sites)
    }

    fn configure(&self, builder: Builder<Unserved>, seed: u64, fault: Option<Fault>) -> Builder<Unserved> {
        let mut network = NetworkManagement::iso87()
            .clock(Clock::new(|| CalendarDateTime::from_unix_seconds(1_795_159_315).unwrap()))
            .stans(Stans::after(Stan::new(900_000).unwrap()))
            .sign_on_timeout(self.sign_on_timeout)
            .sign_off_timeout(self.sign_off_timeout)
            .echo_timeout(self.echo_timeout);
        network = if self.echo_on_idle { network.echo_when_idle(self.echo) } else { network.echo_every(self.echo) };
        match fault {
            Some(Fault::SkipsSignOn) => network = network.no_sign_on(),
            Some(Fault::SkipsEcho) => network = network.no_echo(),
            _ => {}
        }
        let first =
            if fault == Some(Fault::StaysDown) { Duration::from_secs(3000) } else { Duration::from_millis(100) };
        let builder = builder
            .network(network)
            .mux(|mux| mux.correlation(Correlation::new([&[11, 41][..], &[11]])))
            .backoff(Backoff::new(first, self.backoff.max(first)).seed(seed))
            .drain_timeout(self.drain)
            .wait_until_ready(self.waits);
        match self.silence {
            Some(after) => builder.drop_after_silence(after),
            None => builder,
        }
    }
}

async fn serve(inbound: Inbound) {
    let Some(text) = Text::read(inbound.message.as_bytes()) else { return };
    let Some(answer) = text.answer_type() else { return };
    let answer = Text { mti: answer, ..text }.set(39, "00").body();
    drop(inbound.replier.reply(Wire(&answer)).await);
}
