//! How an [`Admin`] is made, and what is refused.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::access::Token;
use super::shared::Shared;
use super::{Admin, Limits, Source, metrics};
use crate::link::ServerTls;

/// Makes an [`Admin`]: [`Admin::builder`].
#[must_use]
pub struct Builder {
    source: Arc<dyn Source>,
    name: String,
    service: String,
    listen: String,
    token: Option<String>,
    tls: Option<ServerTls>,
    limits: Limits,
}

/// Fewest characters of a token. One of 32 random hex characters cannot be guessed.
const TOKEN: usize = 16;

impl Builder {
    pub(super) fn new(source: Arc<dyn Source>) -> Self {
        Builder {
            source,
            name: "admin".to_owned(),
            service: "isopace".to_owned(),
            listen: Admin::ADDRESS.to_owned(),
            token: None,
            tls: None,
            limits: Limits::default(),
        }
    }

    /// With another name among the components of a host than `admin`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// What the page and `/info` call the service.
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = service.into();
        self
    }

    /// Listens here, `address:port`, rather than at [`Admin::ADDRESS`]; port 0 is one that is free.
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen = address.into();
        self
    }

    /// Answers only those who bring this token: at least 16 visible ASCII characters.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Listens under TLS.
    pub fn tls(mut self, tls: ServerTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// With other bounds.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes it; nothing is bound yet. Installs the recorder of metrics as
    /// [`install_metrics`](super::install_metrics) does, if there is none.
    ///
    /// # Errors
    /// An address that is none, or that others can reach while there is no token; a token that is too short or cannot
    /// stand in a header.
    pub fn build(self) -> Result<Admin, BuildError> {
        let host = host(&self.listen).ok_or_else(|| BuildError::Address { address: self.listen.clone() })?;
        if self.token.is_none() && !is_loopback(host) {
            return Err(BuildError::Open { address: self.listen });
        }
        let token = self.token.map(|token| {
            let can_be_sent = token.bytes().all(|byte| byte.is_ascii_graphic());
            if token.len() < TOKEN || !can_be_sent { Err(BuildError::Token) } else { Ok(Token::new(token)) }
        });
        let shared = Shared::new(self.source, self.service, token.transpose()?, self.limits, metrics::text());
        Ok(Admin::new(self.name, self.listen, self.tls, shared))
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .field("listen", &self.listen)
            .field("token", &self.token.is_some())
            .finish_non_exhaustive()
    }
}

/// The host of `host:port`, if there is a port behind it.
fn host(address: &str) -> Option<&str> {
    if address.parse::<SocketAddr>().is_ok() {
        return address.rsplit_once(':').map(|(host, _)| host);
    }
    let (host, port) = address.rsplit_once(':')?;
    let is_name = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    // Digits and dots that are no address would be looked up as a name.
    let is_broken = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_name && !is_broken && port.parse::<u16>().is_ok()).then_some(host)
}

/// Whether only programs on this machine can reach a listener at this host.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// Why an [`Admin`] cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The address is none.
    #[error("`{address}` is no address to listen at: wanted is host:port, such as {}", Admin::ADDRESS)]
    Address {
        /// As it was given.
        address: String,
    },
    /// Others could reach it, and there is no token.
    #[error(
        "{address} can be reached from other machines: give a token, or listen on a loopback address such as {}",
        Admin::ADDRESS
    )]
    Open {
        /// As it was given.
        address: String,
    },
    /// The token will not do.
    #[error("the token must have at least {TOKEN} characters, all of them visible ASCII")]
    Token,
}

#[cfg(test)]
mod tests {
    use super::{host, is_loopback};

    #[test]
    fn addresses() {
        for (address, wanted) in [
            ("127.0.0.1:8584", Some("127.0.0.1")),
            ("[::1]:0", Some("[::1]")),
            ("0.0.0.0:80", Some("0.0.0.0")),
            ("localhost:8584", Some("localhost")),
            ("switch-1.example:8584", Some("switch-1.example")),
            ("127.0.0.1", None),
            ("127.0.0.1:", None),
            ("127.0.0:80", None),
            ("1:80", None),
            ("::1:80", None),
            (":80", None),
            ("localhost:65536", None),
            ("user@localhost:80", None),
        ] {
            assert_eq!(host(address), wanted, "{address}");
        }
    }

    #[test]
    fn loopback() {
        for host in ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost", "LOCALHOST", "[::ffff:127.0.0.1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["0.0.0.0", "[::]", "10.0.0.1", "128.0.0.1", "localhost.example", "127.0.0.1.example", "", "[::2]"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
