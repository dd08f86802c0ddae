//! A pool of which some members are dialled by their peers: it listens for them while it runs.

use super::ear::{Ear, deaf};
use crate::host::{BoxFuture, Component, PoolComponent, Sender, StartError, Status};
use crate::link::Listener;
use crate::msg::Dialect;

/// A pool, and the ears of those of its members that listen.
pub(super) struct ListeningPool {
    pub(super) pool: PoolComponent,
    pub(super) ears: Vec<Ear>,
}

impl ListeningPool {
    /// Takes all ports, then begins to listen. The members have to take links before the pool waits for them to be ready.
    async fn open(&self) -> Result<(), StartError> {
        let mut listeners: Vec<Listener> = Vec::new();
        for ear in &self.ears {
            listeners.push(ear.bind().await?);
        }
        for (ear, listener) in self.ears.iter().zip(listeners) {
            Component::start(ear.connector()).await?;
            ear.open(listener);
        }
        self.pool.start().await
    }

    async fn close(&self) {
        for ear in &self.ears {
            ear.close().await;
        }
        self.pool.stop().await;
        // Those that a pool was not made of, since it could not be started.
        for ear in &self.ears {
            Component::stop(ear.connector()).await;
        }
    }
}

impl Component for ListeningPool {
    fn name(&self) -> &str {
        self.pool.name()
    }

    fn kind(&self) -> &'static str {
        self.pool.kind()
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            if self.ears.iter().any(Ear::is_open) {
                return Ok(());
            }
            let opened = self.open().await;
            if opened.is_err() {
                self.close().await;
            }
            opened
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.close())
    }

    fn status(&self) -> Status {
        let status = self.pool.status();
        if self.ears.iter().any(Ear::is_deaf) { deaf(status) } else { status }
    }

    fn heals_itself(&self) -> bool {
        self.pool.heals_itself()
    }

    fn sender(&self) -> Option<Sender> {
        self.pool.sender()
    }

    fn dialect(&self) -> Option<&'static Dialect> {
        self.pool.dialect()
    }
}
