//! What all descriptors of something with links have in common: dialect, framing, TLS, deadlines of the link.

use serde::Deserialize;

use super::time::Millis;
use super::{dialect, tls};
use crate::frame::Framing;
use crate::link::{Connect, Listen, Settings};
use crate::msg::Dialect;
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// The keys of a link.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct LinkKeys {
    pub(crate) dialect: Option<String>,
    pub(crate) packager: Option<String>,
    pub(crate) framing: Option<String>,
    pub(crate) framer: Option<String>,
    pub(crate) tls: Option<tls::Config>,
    pub(crate) connect_timeout_ms: Option<Millis>,
    pub(crate) write_timeout_ms: Option<Millis>,
    pub(crate) idle_timeout_ms: Option<Millis>,
}

impl LinkKeys {
    pub(crate) fn dialect(&self, descriptor: &Descriptor) -> Result<&'static Dialect, DescriptorError> {
        dialect::dialect(descriptor, self.dialect.as_deref(), self.packager.as_deref())
    }

    fn framing(&self, descriptor: &Descriptor) -> Result<Framing, DescriptorError> {
        dialect::framing(descriptor, self.framing.as_deref(), self.framer.as_deref())
    }

    fn settings(&self, descriptor: &Descriptor) -> Result<Settings, DescriptorError> {
        let mut settings = Settings::new(self.framing(descriptor)?);
        if let Some(Millis(deadline)) = self.write_timeout_ms {
            settings = settings.write_deadline(deadline);
        }
        if let Some(Millis(deadline)) = self.idle_timeout_ms {
            settings = settings.idle_deadline(deadline);
        }
        Ok(settings)
    }

    /// How to dial each of these addresses, as alternates.
    pub(crate) fn dial(&self, descriptor: &Descriptor, addresses: &[&str]) -> Result<Vec<Connect>, DescriptorError> {
        let settings = self.settings(descriptor)?;
        let tls = self.tls.as_ref().map(|tls| tls.client(descriptor)).transpose()?.flatten();
        let connect = |address: &&str| {
            let mut connect = Connect::to(*address, settings.clone());
            if let Some(Millis(deadline)) = self.connect_timeout_ms {
                connect = connect.deadline(deadline);
            }
            match &tls {
                Some(tls) => connect.tls(tls.clone()),
                None => connect,
            }
        };
        Ok(addresses.iter().map(connect).collect())
    }

    /// How to listen.
    pub(crate) fn listen(&self, descriptor: &Descriptor) -> Result<Listen, DescriptorError> {
        let mut listen = Listen::new(self.settings(descriptor)?);
        if let Some(Millis(deadline)) = self.connect_timeout_ms {
            listen = listen.deadline(deadline);
        }
        let tls = self.tls.as_ref().map(|tls| tls.server(descriptor)).transpose()?.flatten();
        Ok(match tls {
            Some(tls) => listen.tls(tls),
            None => listen,
        })
    }
}
