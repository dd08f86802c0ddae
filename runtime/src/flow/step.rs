//! Stages out of closures.

use super::budget::Budget;
use super::error::Failure;
use super::stage::{BoxFuture, Next, Recovery, Stage};

/// A stage out of a plain function: a check, a decision, a value filled in. It waits for nothing, and there is nothing
/// to commit, abort or recover.
#[derive(Debug, Clone)]
pub struct Step<F> {
    name: String,
    function: F,
}

impl<F> Step<F> {
    /// Of this name.
    pub fn new<C>(name: impl Into<String>, function: F) -> Self
    where
        F: Fn(&mut C) -> Result<Next, Failure>,
    {
        Step { name: name.into(), function }
    }
}

impl<C, F> Stage<C> for Step<F>
where
    C: Send + 'static,
    F: Fn(&mut C) -> Result<Next, Failure> + Send + Sync + 'static,
{
    fn name(&self) -> &str {
        &self.name
    }

    async fn prepare(&self, context: &mut C, _: &Budget) -> Result<Next, Failure> {
        (self.function)(context)
    }

    fn recovery(&self, _: &C) -> Recovery {
        Recovery::NotNeeded
    }
}

/// A stage out of a function that waits for something: a question to a host that needs no undoing. There is nothing to
/// commit, abort or recover.
#[derive(Debug, Clone)]
pub struct Func<F> {
    name: String,
    function: F,
}

impl<F> Func<F> {
    /// Of this name; the function gives `Box::pin(async move { .. })`.
    pub fn new<C>(name: impl Into<String>, function: F) -> Self
    where
        F: for<'a> Fn(&'a mut C, &'a Budget) -> BoxFuture<'a, Result<Next, Failure>>,
    {
        Func { name: name.into(), function }
    }
}

impl<C, F> Stage<C> for Func<F>
where
    C: Send + 'static,
    F: for<'a> Fn(&'a mut C, &'a Budget) -> BoxFuture<'a, Result<Next, Failure>> + Send + Sync + 'static,
{
    fn name(&self) -> &str {
        &self.name
    }

    async fn prepare(&self, context: &mut C, budget: &Budget) -> Result<Next, Failure> {
        (self.function)(context, budget).await
    }

    fn recovery(&self, _: &C) -> Recovery {
        Recovery::NotNeeded
    }
}
