//! What is done to links, and when.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::proxy::{Proxy, epoch};
use crate::seeded::Seeded;

/// Which way bytes go: to the host, or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Out,
    Back,
}

/// What is done to the connections of a proxy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Both sides are closed.
    Kill,
    /// Both sides are reset: what is under way is lost.
    Reset,
    /// As killed, and for some time each new one too.
    Refuse(Duration),
    /// Nothing is read: the sender is slowed and stands still then.
    Stall(Way, Duration),
    /// All is read and nothing passed on.
    Silence(Way, Duration),
    /// Everything takes longer.
    Delay(Way, Duration),
    /// Bytes that nobody has sent.
    Garbage(Way),
    /// One side is closed, the other is not.
    HalfClose(Way),
}

impl Fault {
    pub(crate) fn any(random: &mut Seeded) -> Self {
        let way = if random.one_in(2) { Way::Out } else { Way::Back };
        let time = Duration::from_millis(200 + random.below(4000) as u64);
        match random.below(8) {
            0 => Fault::Kill,
            1 => Fault::Reset,
            2 => Fault::Refuse(time / 2),
            3 => Fault::Stall(way, time),
            4 => Fault::Silence(way, time),
            5 => Fault::Delay(way, time),
            6 => Fault::Garbage(way),
            _ => Fault::HalfClose(way),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Fault::Kill => "kill",
            Fault::Reset => "reset",
            Fault::Refuse(_) => "refuse",
            Fault::Stall(..) => "stall",
            Fault::Silence(..) => "silence",
            Fault::Delay(..) => "delay",
            Fault::Garbage(_) => "garbage",
            Fault::HalfClose(_) => "half-close",
        }
    }
}

/// Has something go wrong at one of the proxies, again and again until then; gives how often what has.
pub(crate) async fn drive(proxies: &[Proxy], every: Duration, seed: u64, end: Instant) -> BTreeMap<&'static str, u32> {
    let mut random = Seeded::new(seed);
    let mut done = BTreeMap::new();
    loop {
        let pause = every.mul_f64(0.5 + random.below(1000) as f64 / 1000.0);
        if Instant::now() + pause >= end {
            sleep(end.saturating_duration_since(Instant::now())).await;
            return done;
        }
        sleep(pause).await;
        let fault = Fault::any(&mut random);
        random.pick(proxies).inflict(fault, epoch());
        *done.entry(fault.name()).or_default() += 1;
    }
}
