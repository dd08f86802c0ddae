//! Answers in a store: they survive the process, and several nodes may share them.

use super::{Begin, Hold, Idempotency, IdempotencyError, Reservation};
use crate::flow::budget::Budget;
use crate::flow::stage::BoxFuture;
use crate::store::{Answers, AnswersError, Attempt, Begun};

/// Of a request that may have been carried out, and has no answer.
const WITHHELD: u8 = 0;

/// Before the bytes of an answer.
const ANSWER: u8 = 1;

/// Answers in a store. A clone is the same.
///
/// The [lease](Answers::lease) of the answers is longer than any transaction takes, its commits included. What a process
/// that was killed had reserved is under way until that lease ends, and withheld from then on.
#[derive(Debug, Clone)]
pub struct StoredAnswers {
    answers: Answers,
}

impl StoredAnswers {
    /// By these, which nothing else uses.
    #[must_use]
    pub const fn new(answers: Answers) -> Self {
        StoredAnswers { answers }
    }

    async fn reserve(&self, key: &str, budget: &Budget) -> Result<Begin, IdempotencyError> {
        // From here on what is dropped frees the key, if it is this one's.
        let mut held = Held { answers: self.answers.clone(), attempt: Some(self.answers.attempt(key)) };
        let Some(attempt) = held.attempt.clone() else { return Err(IdempotencyError::InFlight) };
        let begun = tokio::select! {
            biased;
            begun = self.answers.begin_within(&attempt, budget.deadline()) => begun.map_err(|error| failed(&error))?,
            _ = budget.ended() => return Err(IdempotencyError::InFlight),
        };
        match begun {
            Begun::Fresh => Ok(Begin::Fresh(Reservation::new(held))),
            Begun::Unfinished => {
                held.end(None).await?;
                Err(IdempotencyError::Withheld)
            }
            Begun::InFlight(_) => {
                held.attempt = None;
                Err(IdempotencyError::InFlight)
            }
            Begun::Answered(answer) => {
                held.attempt = None;
                match answer.split_first() {
                    Some((&ANSWER, answer)) => Ok(Begin::Replay(answer.to_vec())),
                    Some((&WITHHELD, _)) => Err(IdempotencyError::Withheld),
                    _ => Err(IdempotencyError::NotReplayed("it is of no known kind".to_owned())),
                }
            }
        }
    }
}

impl Idempotency for StoredAnswers {
    fn begin<'a>(&'a self, key: &'a str, budget: &'a Budget) -> BoxFuture<'a, Result<Begin, IdempotencyError>> {
        Box::pin(self.reserve(key, budget))
    }
}

fn failed(error: &AnswersError) -> IdempotencyError {
    IdempotencyError::Store(error.to_string())
}

/// A key that is reserved, or may be.
struct Held {
    answers: Answers,
    attempt: Option<Attempt>,
}

impl Held {
    async fn end(&mut self, answer: Option<&[u8]>) -> Result<(), IdempotencyError> {
        // Whatever comes of this, the key is not freed any more: the request was carried out, or may have been.
        let Some(attempt) = self.attempt.take() else { return Ok(()) };
        let mut bytes = zeroize::Zeroizing::new(vec![if answer.is_some() { ANSWER } else { WITHHELD }]);
        bytes.extend_from_slice(answer.unwrap_or_default());
        let kept = self.answers.finish(&attempt, &bytes).await.map_err(|error| failed(&error))?;
        if let Err(error) = self.answers.trim().await {
            tracing::warn!(scope = self.answers.scope(), %error, "old answers could not be given up");
        }
        match kept {
            true => Ok(()),
            false => Err(IdempotencyError::Store("it took longer than its lease, and is withheld".to_owned())),
        }
    }
}

impl Hold for Held {
    fn complete(mut self: Box<Self>, answer: Vec<u8>) -> BoxFuture<'static, Result<(), IdempotencyError>> {
        Box::pin(async move { self.end(Some(&answer)).await })
    }

    fn withhold(mut self: Box<Self>) -> BoxFuture<'static, Result<(), IdempotencyError>> {
        Box::pin(async move { self.end(None).await })
    }
}

impl Drop for Held {
    /// Frees the key, on a task that ends when the store has answered. Without a runtime its lease ends it.
    fn drop(&mut self) {
        let Some(attempt) = self.attempt.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let answers = self.answers.clone();
        runtime.spawn(async move {
            if let Err(error) = answers.forget(&attempt).await {
                tracing::warn!(scope = answers.scope(), %error, "a key could not be freed; its lease ends it");
            }
        });
    }
}
