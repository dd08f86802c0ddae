//! What the tests of spaces share: futures that are polled only when they were woken.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// How a wait ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Put,
    Took(u32),
    Read(u32),
    Closed,
    /// Closed, and the value came back.
    Back(u32),
}

type Wait<'a> = Pin<Box<dyn Future<Output = Ended> + 'a>>;

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Waits under way, by number.
#[derive(Default)]
pub struct Waits<'a> {
    waits: Vec<(usize, Wait<'a>, Arc<Flag>)>,
}

impl<'a> Waits<'a> {
    /// Begins a wait: it is polled once.
    pub fn begin(&mut self, number: usize, wait: impl Future<Output = Ended> + 'a) -> Option<Ended> {
        let mut wait: Wait<'a> = Box::pin(wait);
        let flag = Arc::new(Flag(AtomicBool::new(false)));
        match wait.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&flag)))) {
            Poll::Ready(ended) => Some(ended),
            Poll::Pending => {
                self.waits.push((number, wait, flag));
                None
            }
        }
    }

    /// The numbers of those under way, in the order in which they began.
    pub fn numbers(&self) -> Vec<usize> {
        self.waits.iter().map(|(number, ..)| *number).collect()
    }

    /// Polls the first of those that were woken, from this one on; its number, and how it ended if it did.
    pub fn poll_one(&mut self, from: usize) -> Option<(usize, Option<Ended>)> {
        let count = self.waits.len();
        let woken = |at: &usize| self.waits[*at].2.0.swap(false, Ordering::SeqCst);
        let at = (0..count).map(|step| (from + step) % count).find(woken)?;
        let (number, wait, flag) = &mut self.waits[at];
        let number = *number;
        let polled = wait.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(flag))));
        Some(match polled {
            Poll::Pending => (number, None),
            Poll::Ready(ended) => {
                drop(self.waits.remove(at));
                (number, Some(ended))
            }
        })
    }

    /// Polls all that were woken, until none is.
    pub fn poll_all(&mut self) -> Vec<(usize, Ended)> {
        let mut all = Vec::new();
        while let Some((number, ended)) = self.poll_one(0) {
            all.extend(ended.map(|ended| (number, ended)));
        }
        all
    }

    pub fn drop_one(&mut self, number: usize) {
        self.waits.retain(|(of, ..)| *of != number);
    }
}
