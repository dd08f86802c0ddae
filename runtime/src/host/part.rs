//! A component and how a host is to treat it.

use std::sync::Arc;

use super::{Component, Restart};

/// A component, and how a host is to treat it. A component alone is enough wherever this is asked for.
#[derive(Clone)]
#[must_use = "it does nothing before it is registered or deployed"]
pub struct Part {
    pub(super) component: Arc<dyn Component>,
    pub(super) required: bool,
    pub(super) restart: Option<Restart>,
    pub(super) after: Vec<Arc<str>>,
}

impl Part {
    /// One that is required, and restarted as the host does it.
    pub fn new(component: Arc<dyn Component>) -> Self {
        Part { component, required: true, restart: None, after: Vec::new() }
    }

    /// The host is ready without it.
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Restarted by this policy instead of that of the host.
    pub const fn restart(mut self, restart: Restart) -> Self {
        self.restart = Some(restart);
        self
    }

    /// It sends to components of these names: they are started before it and stopped after it.
    pub fn after<N: AsRef<str>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.after.extend(names.into_iter().map(|name| Arc::from(name.as_ref())));
        self
    }
}

impl<C: Component> From<C> for Part {
    fn from(component: C) -> Self {
        Part::new(Arc::new(component))
    }
}

impl From<Arc<dyn Component>> for Part {
    fn from(component: Arc<dyn Component>) -> Self {
        Part::new(component)
    }
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part")
            .field("name", &self.component.name())
            .field("kind", &self.component.kind())
            .field("required", &self.required)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}
