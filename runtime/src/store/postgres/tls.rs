//! TLS to the database, with what the links of this software use for theirs.

use std::convert::Infallible;

use tokio_postgres::Socket;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tokio_postgres;
use crate::link::ClientTls;

/// What a server may be asked to speak at once, without a request for TLS before (`sslnegotiation=direct`).
const PROTOCOL: &[u8] = b"postgresql";

/// TLS with a server whose certificate is verified.
#[derive(Clone)]
pub(super) struct Secure {
    make: MakeRustlsConnect,
    /// The name in the certificate of the server, where it is not the host of the configuration.
    name: Option<String>,
}

impl Secure {
    pub(super) fn new(tls: &ClientTls) -> Self {
        let (config, name) = tls.parts();
        let mut config = config.clone();
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Secure { make: MakeRustlsConnect::new(config), name: name.map(|name| name.to_str().into_owned()) }
    }
}

impl MakeTlsConnect<Socket> for Secure {
    type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;
    type TlsConnect = <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect;
    type Error = Infallible;

    fn make_tls_connect(&mut self, host: &str) -> Result<Self::TlsConnect, Infallible> {
        let name = self.name.as_deref().unwrap_or(host);
        <MakeRustlsConnect as MakeTlsConnect<Socket>>::make_tls_connect(&mut self.make, name)
    }
}
