//! What a factory may know of the deployment that a descriptor belongs to.

use std::cell::RefCell;

use super::descriptor::{Descriptor, DescriptorError};
use super::plan::{Planner, Resolved};
use super::rerouting::Rerouting;
use crate::gateway::Gateway;
use crate::host::{Host, Upstream};
use crate::mistyped::did_you_mean;
use crate::msg::Dialect;

/// The deployment that a descriptor belongs to, as far as a factory needs it.
pub struct Context<'a> {
    planner: &'a Planner<'a>,
    notes: RefCell<Notes>,
}

/// What has been asked for.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// What it sends to, and the dialect of that.
    pub(super) after: Vec<(String, &'static Dialect)>,
    /// The queues that it puts messages into, and what each of them sends to.
    pub(super) queues: Vec<(String, Option<String>)>,
    /// Where it will listen: the address and the line that says so.
    pub(super) listens: Vec<(String, DescriptorError)>,
    /// What of it can be changed while it runs.
    pub(super) rerouting: Option<Rerouting>,
}

/// Another component that requests are sent to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Target {
    /// By this; it stays good when the component is replaced.
    pub upstream: Upstream,
    /// The dialect that it speaks. When that changes, whatever sends to it is built anew.
    pub dialect: &'static Dialect,
    /// It is a durable queue, which takes advices and nothing else.
    pub(super) is_queue: bool,
}

impl<'a> Context<'a> {
    pub(super) fn new(planner: &'a Planner<'a>) -> Self {
        Context { planner, notes: RefCell::default() }
    }

    pub(super) fn into_notes(self) -> Notes {
        self.notes.into_inner()
    }

    /// The host that will run the component.
    #[must_use]
    pub fn host(&self) -> &Host {
        self.planner.host()
    }

    /// The component of this name, which the value of this key names: to send requests to. It is started before this one and stopped
    /// after it.
    ///
    /// # Errors
    /// There is none, or it takes no requests.
    pub fn target(&self, descriptor: &Descriptor, key: &str, name: &str) -> Result<Target, DescriptorError> {
        match self.planner.resolve(name) {
            Resolved::Component(component) => match component.dialect() {
                Some(dialect) => {
                    self.notes.borrow_mut().after.push((name.to_owned(), dialect));
                    let is_queue = is_queue(&*component);
                    Ok(Target { upstream: self.host().upstream(name), dialect, is_queue })
                }
                None => {
                    let what = format!("`{name}` is a {} and takes no requests", component.kind());
                    Err(descriptor.error(key, what))
                }
            },
            Resolved::Wrong => Err(descriptor.error(key, format!("`{name}` is not right itself"))),
            Resolved::Circle => Err(descriptor.error(key, format!("`{name}` sends to this one in turn"))),
            Resolved::Member(pool) => {
                Err(descriptor.error(key, format!("`{name}` is a member of the pool `{pool}`; name that")))
            }
            Resolved::Disabled => {
                Err(descriptor
                    .error(key, format!("`{name}` is not enabled: its descriptor does not say `enabled = true`")))
            }
            Resolved::Nothing => {
                let meant = did_you_mean(name, self.planner.names());
                Err(descriptor.error(key, format!("there is no component called `{name}`{meant}")))
            }
        }
    }

    /// The durable queue of this name, which the value of this key names, and what it sends to where that is known. It is started
    /// before this component and stopped after it.
    #[cfg(feature = "store")]
    pub(super) fn queue(
        &self,
        descriptor: &Descriptor,
        key: &str,
        name: &str,
    ) -> Result<(Target, Option<String>, crate::saf::Saf), DescriptorError> {
        let wrong = |what: String| Err(descriptor.error(key, what));
        let component = match self.planner.resolve(name) {
            Resolved::Component(component) => component,
            Resolved::Wrong => return wrong(format!("`{name}` is not right itself")),
            Resolved::Disabled => {
                return wrong(format!("`{name}` is not enabled: its descriptor does not say `enabled = true`"));
            }
            Resolved::Circle | Resolved::Member(_) => return wrong(format!("`{name}` is no store-and-forward")),
            Resolved::Nothing => {
                let meant = did_you_mean(name, self.planner.names());
                return wrong(format!("there is no component called `{name}`{meant}"));
            }
        };
        let Some(queue) = component.queue() else {
            return wrong(format!("`{name}` is a {} and no store-and-forward", component.kind()));
        };
        let (dialect, to) = (queue.dialect(), self.planner.sends_to(name));
        let mut notes = self.notes.borrow_mut();
        notes.after.push((name.to_owned(), dialect));
        notes.queues.push((name.to_owned(), to.clone()));
        Ok((Target { upstream: self.host().upstream(name), dialect, is_queue: true }, to, queue))
    }

    /// Notes that the component will listen at this address, which the value of this key names, so that no other one does.
    pub fn listens(&self, descriptor: &Descriptor, key: &str, address: &str) {
        let twice = descriptor.error(key, format!("another component listens at {address}"));
        self.notes.borrow_mut().listens.push((address.to_owned(), twice));
    }

    /// Notes that it is this gateway, the routes of which can be changed while it runs.
    pub(super) fn gateway(&self, descriptor: &Descriptor, gateway: &Gateway) {
        self.notes.borrow_mut().rerouting = Rerouting::new(descriptor, gateway);
    }

    /// The descriptor of a connector that is run by this pool; nothing where it is not enabled, since so it is taken out.
    pub(super) fn member(
        &self,
        descriptor: &Descriptor,
        key: &str,
        name: &str,
    ) -> Result<Option<&'a Descriptor>, DescriptorError> {
        match self.planner.member(descriptor.name(), name) {
            Ok(member) => Ok(member),
            Err(what) => Err(descriptor.error(key, what)),
        }
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("notes", &self.notes).finish_non_exhaustive()
    }
}

#[cfg(feature = "store")]
fn is_queue(component: &dyn crate::host::Component) -> bool {
    component.queue().is_some()
}

#[cfg(not(feature = "store"))]
fn is_queue(_: &dyn crate::host::Component) -> bool {
    false
}
