//! The driver: reader, writer, timers and service of one link, all in one task.

mod read;
mod serve;
mod time;
mod write;

use std::pin::pin;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::Instrument;

use super::builder::Options;
use super::event::Events;
use super::handle::LINGER;
use super::outcome::Lost;
use super::service::Service;
use super::shared::{By, Shared};
use crate::link::{LinkReader, LinkWriter};

/// Ends all requests when the driver is dropped.
struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.lose(&Lost::Dropped, By::Other);
    }
}

/// Moves a link until it ends.
pub(super) fn run<S>(
    shared: Arc<Shared>,
    mut reader: LinkReader,
    mut writer: LinkWriter,
    service: Option<S>,
    events: Arc<dyn Events>,
    options: Options,
) -> impl Future<Output = Lost> + Send
where
    S: Service,
{
    let span = tracing::info_span!("mux", dialect = shared.dialect.name());
    // Made here, since a future that was never polled is dropped with what it holds and nothing else.
    let running = Running(shared);
    async move {
        let shared = &running.0;
        tracing::debug!("established");
        events.established();
        let lost = until_lost(shared, &mut reader, &mut writer, service, &*events, options).await;
        // A write may have been given up half way.
        shared.wrote(writer.written());
        let lost = shared.lose(&lost, By::Driver);
        tracing::debug!(reason = lost.name(), "closed");
        events.closed(&lost);
        lost
    }
    .instrument(span)
}

async fn until_lost<S: Service>(
    shared: &Arc<Shared>,
    reader: &mut LinkReader,
    writer: &mut LinkWriter,
    service: Option<S>,
    events: &dyn Events,
    options: Options,
) -> Lost {
    let (sender, receiver) = mpsc::channel(options.inbound);
    let sender = service.is_some().then_some(sender);
    let serves = sender.is_some();
    let mut stop = pin!(shared.stop.notified());
    let mut reading = pin!(read::read(shared, reader, sender, events, options));
    let mut writing = pin!(write::write(shared, writer, options));
    let mut serving = pin!(serve::serve(shared, service, receiver, options.concurrency));
    let mut timing = pin!(time::time(shared));
    let mut linger = pin!(sleep_until(Instant::now()));
    let (mut read, mut wrote, mut served) = (false, false, false);
    let mut ended = Lost::Closed;
    loop {
        tokio::select! {
            biased;
            () = &mut stop => return Lost::Aborted,
            result = &mut reading, if !read => {
                let finishing = shared.lock().finishing;
                match result {
                    Err(lost) => return lost,
                    // In order: we had closed our side before.
                    Ok(()) if wrote => return Lost::Closed,
                    Ok(()) if !serves && !finishing => return Lost::PeerClosed,
                    Ok(()) if finishing => ended = Lost::Closed,
                    Ok(()) => ended = Lost::PeerClosed,
                }
                // Answers that the peer is owed go out yet.
                read = true;
                shared.half_close();
                linger.as_mut().reset(Instant::now() + shared.limits.timeout);
                if served {
                    shared.finish();
                }
            }
            // Only ends when there is nothing more to serve.
            () = &mut serving, if !served => {
                served = true;
                if read {
                    shared.finish();
                }
            }
            result = &mut writing, if !wrote => {
                match result {
                    Err(error) => return error.into(),
                    Ok(()) if read => return ended,
                    Ok(()) => {}
                }
                // The peer closes its side now. Until then it may answer yet.
                wrote = true;
                linger.as_mut().reset(Instant::now() + LINGER);
            }
            () = &mut linger, if read || wrote => return ended,
            never = &mut timing => match never {},
        }
    }
}
