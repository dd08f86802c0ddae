//! TLS of descriptors.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::link::{ClientTls, Error, ServerTls, Tls};
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// `tls`: a table of PEM files, or `true` for the authorities of the system and no certificate of our own.
#[derive(Debug, Clone)]
pub(crate) struct Config(Option<Files>);

/// PEM files, their paths relative to the descriptor.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Files {
    /// Authorities that vouch for the peer. When dialling, those of the system without this; when listening, the peer has to
    /// prove itself where this is given.
    ca: Option<PathBuf>,
    /// Our certificate, behind it in the file those that vouch for it.
    cert: Option<PathBuf>,
    /// Its private key.
    key: Option<PathBuf>,
    /// The name in the certificate of the peer, when dialling; the host of the address without this.
    server_name: Option<String>,
}

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = Config;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or a table of PEM files")
            }

            fn visit_bool<E: de::Error>(self, on: bool) -> Result<Config, E> {
                Ok(Config(on.then(Files::default)))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Config, A::Error> {
                Files::deserialize(MapAccessDeserializer::new(map)).map(|files| Config(Some(files)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Config {
    /// That of a side that dials. The files are read.
    pub(crate) fn client(&self, descriptor: &Descriptor) -> Result<Option<ClientTls>, DescriptorError> {
        let Some(files) = &self.0 else { return Ok(None) };
        let at = |path: &PathBuf| descriptor.file(path);
        let wrong = |error: Error| descriptor.error("tls", error);
        let mut tls = match &files.ca {
            Some(ca) => Tls::client(at(ca)).map_err(wrong)?,
            None if files.cert.is_some() => {
                return Err(descriptor.error("tls", "a certificate of our own asks for `ca`, who vouches for the peer"));
            }
            None => system().map_err(|what| descriptor.error("tls", what))?,
        };
        tls = match (&files.cert, &files.key) {
            (Some(cert), Some(key)) => tls.identity(at(cert), at(key)).map_err(wrong)?,
            (None, None) => tls,
            _ => return Err(descriptor.error("tls", "`cert` and `key` are given both or not at all")),
        };
        match &files.server_name {
            Some(name) => tls.server_name(name).map(Some).map_err(wrong),
            None => Ok(Some(tls)),
        }
    }

    /// What tells this from another configuration.
    #[cfg(feature = "postgres")]
    pub(crate) fn named(&self, descriptor: &Descriptor) -> String {
        let Some(files) = &self.0 else { return String::new() };
        let at = |path: &Option<PathBuf>| path.as_ref().map(|path| descriptor.resolve(path));
        format!("{:?}", (at(&files.ca), at(&files.cert), at(&files.key), &files.server_name))
    }

    /// That of a side that listens. The files are read.
    pub(crate) fn server(&self, descriptor: &Descriptor) -> Result<Option<ServerTls>, DescriptorError> {
        let Some(files) = &self.0 else { return Ok(None) };
        let wrong = |error: Error| descriptor.error("tls", error);
        let (Some(cert), Some(key)) = (&files.cert, &files.key) else {
            return Err(descriptor.error("tls", "who listens needs `cert` and `key`"));
        };
        if files.server_name.is_some() {
            return Err(descriptor.error("server_name", "this is for a side that dials"));
        }
        let tls = Tls::server(descriptor.file(cert), descriptor.file(key)).map_err(wrong)?;
        match &files.ca {
            Some(ca) => tls.clients(descriptor.file(ca)).map(Some).map_err(wrong),
            None => Ok(Some(tls)),
        }
    }
}

/// Trusts whom the system trusts.
fn system() -> Result<ClientTls, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        return Err("the system has no authorities to trust; name a file of them as `ca`".to_owned());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    Ok(ClientTls::from(builder.with_root_certificates(roots).with_no_client_auth()))
}
