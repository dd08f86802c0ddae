//! A proxy between a node and its database that cuts and stalls, as networks do.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;

/// How the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Net {
    /// All is passed on.
    Up,
    /// Nothing is passed on, and nobody is told: what comes is kept until it is up again.
    Stalled,
    /// Connections end, and new ones end at once.
    Cut,
}

/// Looks at what a client sends, and says whether the network stalls behind it.
type Trap = dyn Fn(&[u8]) -> bool + Send + Sync;

/// Passes connections on to the socket of a server. It ends with the runtime.
pub struct Proxy {
    pub port: u16,
    net: Arc<watch::Sender<Net>>,
}

impl Proxy {
    pub async fn start(socket: PathBuf) -> Self {
        Proxy::with_trap(socket, |_| false).await
    }

    /// Stalls by itself behind the first piece of what a client sends for which this is true.
    pub async fn with_trap(socket: PathBuf, trap: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let net = Arc::new(watch::Sender::new(Net::Up));
        let (serving, trap): (_, Arc<Trap>) = (Arc::clone(&net), Arc::new(trap));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (net, trap, socket) = (Arc::clone(&serving), Arc::clone(&trap), socket.clone());
                tokio::spawn(async move {
                    if *net.borrow() == Net::Cut {
                        return;
                    }
                    let Ok(server) = UnixStream::connect(socket).await else { return };
                    let (client, server) = (client.into_split(), server.into_split());
                    let mut cut = net.subscribe();
                    let there = pass(client.0, server.1, &net, &*trap);
                    let back = pass(server.0, client.1, &net, &|_: &[u8]| false);
                    tokio::select! {
                        _ = cut.wait_for(|net| *net == Net::Cut) => {}
                        () = there => {}
                        () = back => {}
                    }
                });
            }
        });
        Proxy { port, net }
    }

    pub fn set(&self, net: Net) {
        self.net.send_replace(net);
    }

    /// Waits until it has been set so, or its trap has; no longer than half a minute.
    pub async fn is(&self, wanted: Net) {
        let mut net = self.net.subscribe();
        let so = net.wait_for(|net| *net == wanted);
        tokio::time::timeout(Duration::from_secs(30), so).await.expect("in time").unwrap();
    }

    /// How a client reaches the database by way of this.
    pub fn config(&self) -> String {
        format!("host=127.0.0.1 port={} user=isopace dbname=postgres", self.port)
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    net: &watch::Sender<Net>,
    trap: &Trap,
) {
    let mut flows = net.subscribe();
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await;
        // What comes while it is down, an end too, is not passed on before it is up.
        let up = flows.wait_for(|net| *net != Net::Stalled).await.is_ok();
        let Ok(count @ 1..) = read else { return };
        if !up || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
        if trap(&bytes[..count]) {
            net.send_replace(Net::Stalled);
        }
    }
}
