//! The types of components that descriptors may name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::Context;
use super::descriptor::{Descriptor, DescriptorError};
use super::kinds;
use crate::host::Component;
use crate::mistyped::did_you_mean;

/// Makes a component of a descriptor, without starting it: no port is bound and nobody is connected to. So `teq check` proves a whole
/// deployment, and a change is proven before what runs is touched.
pub type Factory =
    dyn Fn(&Descriptor, &Context<'_>) -> Result<Arc<dyn Component>, DescriptorError> + Send + Sync + 'static;

/// The types of components that descriptors may name.
#[derive(Clone)]
pub struct Registry {
    factories: BTreeMap<String, Arc<Factory>>,
}

/// Types that need a feature.
#[cfg(not(feature = "store"))]
const LEFT_OUT: [&str; 1] = ["store-and-forward"];
#[cfg(feature = "store")]
const LEFT_OUT: [&str; 0] = [];

impl Default for Registry {
    /// As [`Registry::standard`].
    fn default() -> Self {
        Registry::standard()
    }
}

impl Registry {
    /// No types.
    #[must_use]
    pub const fn empty() -> Self {
        Registry { factories: BTreeMap::new() }
    }

    /// Those that come with this package.
    #[must_use]
    pub fn standard() -> Self {
        let mut registry = Registry::empty();
        registry.register("connector", kinds::connector);
        registry.register("gateway", kinds::gateway);
        registry.register("pool", kinds::pool);
        registry.register("simulator", kinds::simulator);
        #[cfg(feature = "store")]
        registry.register("store-and-forward", kinds::store_and_forward);
        registry
    }

    /// One more type, or another factory for one.
    pub fn register(
        &mut self,
        kind: impl Into<String>,
        factory: impl Fn(&Descriptor, &Context<'_>) -> Result<Arc<dyn Component>, DescriptorError> + Send + Sync + 'static,
    ) {
        self.factories.insert(kind.into(), Arc::new(factory));
    }

    /// The names of the types, in order.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.factories.keys().map(String::as_str)
    }

    pub(super) fn build(
        &self,
        descriptor: &Descriptor,
        context: &Context<'_>,
    ) -> Result<Arc<dyn Component>, DescriptorError> {
        let kind = descriptor.kind();
        match self.factories.get(kind) {
            Some(factory) => factory(descriptor, context),
            None if LEFT_OUT.contains(&kind) => Err(descriptor.error("type", format!("`{kind}` is not in this build"))),
            None => {
                let known = self.kinds().collect::<Vec<_>>().join(", ");
                let meant = did_you_mean(kind, self.kinds());
                Err(descriptor.error("type", format!("there is no type `{kind}`{meant} (there are {known})")))
            }
        }
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.kinds()).finish()
    }
}
