//! `type = "simulator"`: a test host.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::address;
use super::link::LinkKeys;
use super::tls;
use crate::host::Component;
use crate::simulator::{Builder, Scenario, Simulator};
use crate::teq::context::Context;
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// The configuration of a simulator.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    listen: Option<String>,
    addr: Option<String>,
    dialect: Option<String>,
    packager: Option<String>,
    framing: Option<String>,
    framer: Option<String>,
    tls: Option<tls::Config>,
    scenario: Option<PathBuf>,
    limit: Option<u64>,
    seed: Option<u64>,
}

pub(in crate::teq) fn build(
    descriptor: &Descriptor,
    context: &Context<'_>,
) -> Result<Arc<dyn Component>, DescriptorError> {
    let config: Config = descriptor.config()?;
    let keys = LinkKeys {
        dialect: config.dialect,
        packager: config.packager,
        framing: config.framing,
        framer: config.framer,
        tls: config.tls,
        ..LinkKeys::default()
    };
    let dialect = keys.dialect(descriptor)?;
    let mut builder = Simulator::builder(dialect).name(descriptor.name());
    builder = match (&config.listen, &config.addr) {
        (Some(address), None) => {
            address::check(address, true).map_err(|what| descriptor.error("listen", what))?;
            context.listens(descriptor, "listen", address);
            builder.listen(keys.listen(descriptor)?, address)
        }
        (None, Some(address)) => {
            address::check(address, false).map_err(|what| descriptor.error("addr", what))?;
            keys.dial(descriptor, &[address])?.into_iter().fold(builder, Builder::dial)
        }
        _ => {
            return Err(
                descriptor.error("listen", "a simulator listens (`listen`) or dials (`addr`): give one of them")
            );
        }
    };
    if let Some(scenario) = &config.scenario {
        let scenario = Scenario::file(dialect, descriptor.file(scenario))
            .map_err(|error| descriptor.error("scenario", format!("\n{error}")))?;
        builder = builder.scenario(scenario);
    }
    if let Some(limit) = config.limit {
        builder = builder.limit(limit);
    }
    if let Some(seed) = config.seed {
        builder = builder.seed(seed);
    }
    let simulator = builder.build().map_err(|error| descriptor.error("scenario", error))?;
    Ok(Arc::new(simulator))
}
