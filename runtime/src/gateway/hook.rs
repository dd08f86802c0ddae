//! Code that is called before a request is carried on, or before its answer is given back.

use super::cause::HookError;
use super::exchange::Exchange;
use super::forwarder::BoxFuture;

type Plain = dyn Fn(&mut Exchange) -> Result<(), HookError> + Send + Sync;
type Waiting = dyn for<'a> Fn(&'a mut Exchange) -> BoxFuture<'a, Result<(), HookError>> + Send + Sync;

/// A hook.
pub(super) enum Hook {
    Plain(Box<Plain>),
    /// One that may wait.
    Waiting(Box<Waiting>),
}

/// Calls one after the other, up to the first that fails. After each, `done` says whether to go on.
pub(super) async fn call(
    hooks: &[Hook],
    exchange: &mut Exchange,
    done: impl Fn(&Exchange) -> bool,
) -> Result<(), HookError> {
    for hook in hooks {
        match hook {
            Hook::Plain(hook) => hook(exchange)?,
            Hook::Waiting(hook) => hook(exchange).await?,
        }
        if done(exchange) {
            break;
        }
    }
    Ok(())
}
