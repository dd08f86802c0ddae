//! Taking connections in, within bounds, until told to stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Limits;
use super::places::{Place, Places};
use super::routes;
use super::shared::{Counted, Shared};
use crate::link::ServerTls;

/// Bytes of the head of a request, as few as hyper allows.
const HEAD: usize = 8 << 10;
/// Lines in the head of a request.
const LINES: usize = 64;
/// How long to wait after an error that comes again at once, like too many open files.
const PAUSE: Duration = Duration::from_millis(100);
/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    No,
    Yes,
}

/// A listener and what it serves.
pub(super) struct Server {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<ServerTls>,
    pub(super) shared: Arc<Shared>,
    pub(super) stopped: watch::Receiver<Stop>,
}

impl Server {
    /// Serves until told to stop; then what is at work has its grace, and nothing is left.
    pub(super) async fn run(self) {
        let Server { listener, tls, shared, mut stopped } = self;
        let limits = shared.limits;
        let places = Places::new(limits.connections);
        let router = routes::router(&shared);
        let mut connections = JoinSet::new();
        loop {
            let next = async {
                let stream = accept(&listener).await;
                Some((places.take().await?, stream))
            };
            let (place, stream) = tokio::select! {
                biased;
                () = until_stopped(&mut stopped) => break,
                next = next => match next {
                    Some(next) => next,
                    // The places are never closed.
                    None => break,
                },
            };
            while connections.try_join_next().is_some() {}
            let (counted, stopped) = (Counted::new(&shared), stopped.clone());
            let (router, tls) = (router.clone(), tls.clone());
            connections.spawn(async move {
                let _counted = counted;
                connection(stream, tls, router, place, limits, stopped).await;
            });
        }
        drop(listener);
        let all_ended = async { while connections.join_next().await.is_some() {} };
        _ = timeout(limits.grace, all_ended).await;
        connections.shutdown().await;
    }
}

async fn until_stopped(stopped: &mut watch::Receiver<Stop>) {
    // An error: nobody is left who could say so.
    _ = stopped.wait_for(|stop| *stop == Stop::Yes).await;
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<ServerTls>,
    router: Router,
    place: Place,
    limits: Limits,
    mut stopped: watch::Receiver<Stop>,
) {
    _ = stream.set_nodelay(true);
    match tls {
        None => serve(stream, router, place, limits, stopped).await,
        Some(tls) => {
            let shaken = tokio::select! {
                shaken = timeout(limits.head, tls.accept(stream)) => shaken,
                () = place.wanted() => return,
                () = until_stopped(&mut stopped) => return,
            };
            match shaken {
                Ok(Ok(stream)) => serve(stream, router, place, limits, stopped).await,
                Ok(Err(error)) => tracing::debug!(%error, "a client of admin has failed the TLS handshake"),
                Err(_) => tracing::debug!("a client of admin was too slow for the TLS handshake"),
            }
        }
    }
}

/// Serves one connection, whatever the client does, no longer than it may take.
async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    router: Router,
    place: Place,
    limits: Limits,
    mut stopped: watch::Receiver<Stop>,
) {
    let router = TowerToHyperService::new(router);
    let answer = service_fn(|request: Request<Incoming>| {
        let (busy, answer) = (place.busy(), router.call(request));
        async move {
            let _busy = busy;
            answer.await
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD)
        .max_headers(LINES)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // What a client does wrong is its own affair.
        _ = connection.as_mut() => return,
        () = place.wanted() => return,
        () = sleep(limits.connection) => {}
        () = until_stopped(&mut stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = timeout(limits.request, connection) => {}
        () = place.wanted() => {}
    }
}
