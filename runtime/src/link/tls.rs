//! TLS for links, by rustls. Peers are always verified; there is no switch to leave that out.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use super::Error;

/// Where TLS begins: [`Tls::client`] and [`Tls::server`], from PEM files.
#[derive(Debug, Clone, Copy)]
pub struct Tls;

impl Tls {
    /// For clients: trusts servers whose certificate comes from this file of authorities.
    ///
    /// ```no_run
    /// # use isopace::frame::{Framing, Header};
    /// use isopace::link::{Connect, Tls};
    ///
    /// # async fn open() -> Result<(), isopace::link::Error> {
    /// let tls = Tls::client("authority.pem")?
    ///     .identity("terminal.pem", "terminal.key")?
    ///     .server_name("switch.example")?;
    /// let link = Connect::to("10.0.0.1:8583", Framing::new(Header::Binary2)).tls(tls).open().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Configuration`]: the file cannot be read or holds no certificate.
    pub fn client(authorities: impl AsRef<Path>) -> Result<ClientTls, Error> {
        let roots = Arc::new(roots(authorities.as_ref())?);
        let builder = ClientConfig::builder_with_provider(provider());
        let builder = builder.with_safe_default_protocol_versions().map_err(configuration)?;
        let config = Arc::new(builder.with_root_certificates(Arc::clone(&roots)).with_no_client_auth());
        Ok(ClientTls { roots, config, name: None })
    }

    /// For servers: with this certificate (behind it in the file, those that vouch for it) and its private key.
    ///
    /// ```no_run
    /// # use isopace::frame::{Framing, Header};
    /// use isopace::link::{Listen, Tls};
    ///
    /// # async fn listen() -> Result<(), isopace::link::Error> {
    /// let tls = Tls::server("switch.pem", "switch.key")?.clients("authority.pem")?;
    /// let listener = Listen::new(Framing::new(Header::Binary2)).tls(tls).bind("0.0.0.0:8583").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Configuration`]: a file cannot be read, or certificate and key do not belong together.
    pub fn server(certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<ServerTls, Error> {
        let identity = Identity::read(certificate.as_ref(), key.as_ref())?;
        ServerTls::new(identity, None)
    }
}

/// A certificate, those that vouch for it, and its private key.
struct Identity {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    fn read(certificate: &Path, key: &Path) -> Result<Self, Error> {
        let certificates = certificates(certificate)?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
        Ok(Identity { certificates, key })
    }

    fn copy(&self) -> Self {
        Identity { certificates: self.certificates.clone(), key: self.key.clone_key() }
    }
}

/// TLS of a client.
#[derive(Clone)]
pub struct ClientTls {
    roots: Arc<RootCertStore>,
    config: Arc<ClientConfig>,
    name: Option<ServerName<'static>>,
}

impl ClientTls {
    /// Proves who the client is, to servers that ask for it: certificate (behind it in the file, those that vouch for
    /// it) and private key.
    ///
    /// # Errors
    /// [`Error::Configuration`]: a file cannot be read, or certificate and key do not belong together.
    pub fn identity(mut self, certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, Error> {
        let identity = Identity::read(certificate.as_ref(), key.as_ref())?;
        let builder = ClientConfig::builder_with_provider(provider());
        let builder = builder.with_safe_default_protocol_versions().map_err(configuration)?;
        let builder = builder.with_root_certificates(Arc::clone(&self.roots));
        let config = builder.with_client_auth_cert(identity.certificates, identity.key).map_err(configuration)?;
        self.config = Arc::new(config);
        Ok(self)
    }

    /// The name that the server's certificate must have, where that is not the host of the address.
    ///
    /// # Errors
    /// [`Error::Configuration`]: it is no name.
    pub fn server_name(mut self, name: &str) -> Result<Self, Error> {
        self.name = Some(server_name(name)?);
        Ok(self)
    }

    /// What rustls is told, and the name of the server where one is given: for what speaks TLS by itself.
    #[cfg(feature = "postgres")]
    pub(crate) fn parts(&self) -> (&ClientConfig, Option<&ServerName<'static>>) {
        (&self.config, self.name.as_ref())
    }

    pub(super) async fn connect(&self, address: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, Error> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => server_name(host(address))?,
        };
        let stream = TlsConnector::from(Arc::clone(&self.config)).connect(name, stream).await.map_err(handshake)?;
        Ok(stream.into())
    }
}

impl From<ClientConfig> for ClientTls {
    /// What rustls is told, as it is; [`ClientTls::server_name`] still applies.
    fn from(config: ClientConfig) -> Self {
        ClientTls { roots: Arc::new(RootCertStore::empty()), config: Arc::new(config), name: None }
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls").field("server_name", &self.name).finish_non_exhaustive()
    }
}

/// TLS of a server.
#[derive(Clone)]
pub struct ServerTls {
    identity: Option<Arc<Identity>>,
    config: Arc<ServerConfig>,
}

impl ServerTls {
    fn new(identity: Identity, clients: Option<RootCertStore>) -> Result<Self, Error> {
        let Identity { certificates, key } = identity.copy();
        let builder = ServerConfig::builder_with_provider(provider());
        let builder = builder.with_safe_default_protocol_versions().map_err(configuration)?;
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(roots) => {
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
                builder.with_client_cert_verifier(verifier.build().map_err(configuration)?)
            }
        };
        let config = Arc::new(builder.with_single_cert(certificates, key).map_err(configuration)?);
        Ok(ServerTls { identity: Some(Arc::new(identity)), config })
    }

    /// Lets only clients in whose certificate comes from this file of authorities.
    ///
    /// # Errors
    /// [`Error::Configuration`]: the file cannot be read or holds no certificate; or this came from a `ServerConfig`,
    /// which says itself whom it lets in.
    pub fn clients(self, authorities: impl AsRef<Path>) -> Result<Self, Error> {
        let Some(identity) = &self.identity else {
            return Err(configuration("a server configuration says itself which clients it lets in"));
        };
        ServerTls::new(identity.copy(), Some(roots(authorities.as_ref())?))
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>, Error> {
        let stream = TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await.map_err(handshake)?;
        Ok(stream.into())
    }
}

impl From<ServerConfig> for ServerTls {
    /// What rustls is told, as it is.
    fn from(config: ServerConfig) -> Self {
        ServerTls { identity: None, config: Arc::new(config) }
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let all = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match all.map_err(|error| unreadable(file, &error))? {
        none if none.is_empty() => Err(configuration(format!("{}: no certificate in it", file.display()))),
        certificates => Ok(certificates),
    }
}

fn roots(file: &Path) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|error| unreadable(file, &error))?;
    }
    Ok(roots)
}

fn server_name(name: &str) -> Result<ServerName<'static>, Error> {
    ServerName::try_from(name.to_owned()).map_err(|_| configuration(format!("`{name}` is no name of a server")))
}

/// The host of `host:port`.
fn host(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.filter(|inside| inside.parse::<IpAddr>().is_ok()).unwrap_or(host)
}

fn unreadable(file: &Path, error: &dyn fmt::Display) -> Error {
    configuration(format!("{}: {error}", file.display()))
}

fn configuration(what: impl fmt::Display) -> Error {
    Error::Configuration { what: what.to_string() }
}

fn handshake(error: io::Error) -> Error {
    Error::Tls { source: Arc::new(error) }
}
