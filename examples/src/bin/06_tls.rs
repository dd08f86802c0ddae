//! Links under TLS: the client proves who the server is; with mTLS the server proves who the client is, too.
//!
//! The certificates are made here, for the example. In real life they come as files from an authority.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use isopace::connector::{Backoff, Connector, NetworkManagement};
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen, Tls};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

const FRAMING: Framing = Framing::new(Header::Binary2);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = Folder::new()?;
    let authority = authority(&folder.0)?;
    vouch(&authority, &folder.0, "switch")?;
    vouch(&authority, &folder.0, "terminal")?;
    let file = |name: &str| folder.0.join(name);

    for mutual in [false, true] {
        // The server.
        let mut tls = Tls::server(file("switch.pem"), file("switch.key"))?;
        if mutual {
            tls = tls.clients(file("authority.pem"))?;
        }
        let listener = Listen::new(FRAMING).tls(tls).bind("127.0.0.1:0").await?;
        let address = listener.local_address().to_string();
        let server = Connector::builder(&DIALECT).name("switch").accept(listener).start()?;

        // A client that proves itself, and one that does not.
        for proves in [true, false] {
            let mut tls = Tls::client(file("authority.pem"))?.server_name("switch")?;
            if proves {
                tls = tls.identity(file("terminal.pem"), file("terminal.key"))?;
            }
            let client = Connector::builder(&DIALECT)
                .name("terminal")
                .dial(Connect::to(&address, FRAMING).tls(tls))
                .network(NetworkManagement::iso87().sign_on_timeout(Duration::from_secs(2)))
                .backoff(Backoff::constant(Duration::from_millis(50)))
                .start()?;
            let ready = tokio::time::timeout(Duration::from_millis(500), client.ready()).await.unwrap_or(false);
            let who = if proves { "with" } else { "without" };
            println!("mTLS {mutual}, client {who} a certificate: {}", if ready { "signed on" } else { "not let in" });
            client.stop().await;
        }
        server.stop().await;
    }
    Ok(())
}

/// A folder for the files, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("isopace-tls-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Folder(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}

fn authority(folder: &Path) -> Result<Issuer<'static, KeyPair>, Box<dyn Error>> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "authority of the example");
    let key = KeyPair::generate()?;
    std::fs::write(folder.join("authority.pem"), params.self_signed(&key)?.pem())?;
    Ok(Issuer::new(params, key))
}

/// Writes certificate and key of somebody with this name.
fn vouch(authority: &Issuer<'static, KeyPair>, folder: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    std::fs::write(folder.join(format!("{name}.pem")), params.signed_by(&key, authority)?.pem())?;
    std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem())?;
    Ok(())
}
