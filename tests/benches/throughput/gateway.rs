//! A gateway between the two ends of `isopace`: routed, traced one of a hundred, carried over one link to the issuer.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;

use isopace::connector::Connector;
use isopace::gateway::Gateway;
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};
use isopace::trace::{Recent, Sampling, Tracer};

use crate::isopace as ends;
use crate::load::{self, Figures, Load};

/// Each of the three on a thread of its own.
pub(crate) fn run(load: Load) -> io::Result<Figures> {
    load::ends(
        load,
        move |listener| ends::accept(listener, load.batch),
        move |issuer| async move {
            let (stop, stopped) = tokio::sync::oneshot::channel();
            let (ready, started) = mpsc::channel();
            let gateway = thread::spawn(move || between(issuer, &ready, stopped));
            let address = started.recv().map_err(io::Error::other)??;
            let figures = ends::callers(address.to_string(), load).await;
            drop(stop);
            gateway.join().map_err(|_| io::Error::other("the gateway panicked"))?;
            figures
        },
    )
}

fn between(
    issuer: SocketAddr,
    ready: &mpsc::Sender<io::Result<SocketAddr>>,
    stopped: tokio::sync::oneshot::Receiver<()>,
) {
    let Ok(runtime) = load::one_thread() else { return };
    runtime.block_on(async {
        match start(issuer).await {
            Ok((gateway, connector)) => {
                let address = gateway.local_address().ok_or_else(|| io::Error::other("it does not listen"));
                if ready.send(address).is_ok() {
                    _ = stopped.await;
                }
                gateway.stop().await;
                connector.stop().await;
            }
            Err(error) => _ = ready.send(Err(error)),
        }
    });
}

async fn start(issuer: SocketAddr) -> io::Result<(Gateway, Connector)> {
    let connect = Connect::to(issuer.to_string(), ends::FRAMING);
    let connector = Connector::builder(&DIALECT).name("issuer").dial(connect).start().map_err(io::Error::other)?;
    if !connector.ready().await {
        return Err(io::Error::other("the issuer does not answer"));
    }
    let listener = Listen::new(ends::FRAMING).bind("127.0.0.1:0").await.map_err(io::Error::other)?;
    let gateway = Gateway::builder("gateway", &DIALECT)
        .listen(listener)
        .route("issuer", connector.clone())
        .tracer(Tracer::new(Sampling::one_of(100)).sink(Recent::new(100)))
        .start()
        .await
        .map_err(io::Error::other)?;
    Ok((gateway, connector))
}
