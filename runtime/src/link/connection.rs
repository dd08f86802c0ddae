//! A link as a whole.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

use super::{Error, LinkReader, LinkWriter, Settings};
use crate::frame::Frame;

/// One connection that carries framed messages. Split it to read and write at the same time.
#[derive(Debug)]
pub struct Link {
    reader: LinkReader,
    writer: LinkWriter,
    peer: Option<SocketAddr>,
    #[cfg(feature = "tls")]
    certificates: Vec<tokio_rustls::rustls::pki_types::CertificateDer<'static>>,
}

impl Link {
    /// Over a stream that is connected, of whatever kind.
    ///
    /// ```
    /// use isopace::frame::{Framing, Header};
    /// use isopace::link::Link;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), isopace::link::Error> {
    /// let (one, other) = tokio::io::duplex(1024);
    /// let framing = Framing::new(Header::Ascii4);
    /// let (mut one, mut other) = (Link::new(one, framing), Link::new(other, framing));
    /// one.send(b"0800").await?;
    /// assert_eq!(other.receive().await?.unwrap().body, "0800");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn new(stream: impl AsyncRead + AsyncWrite + Send + 'static, settings: impl Into<Settings>) -> Self {
        let (reader, writer) = tokio::io::split(stream);
        Link::of(reader, writer, &settings.into(), None)
    }

    /// Over a TCP connection, whose halves need no lock.
    pub(super) fn tcp(stream: TcpStream, settings: &Settings, place: Option<Arc<OwnedSemaphorePermit>>) -> Self {
        let peer = stream.peer_addr().ok();
        let (reader, writer) = stream.into_split();
        Link { peer, ..Link::of(reader, writer, settings, place) }
    }

    /// Over a TLS connection.
    #[cfg(feature = "tls")]
    pub(super) fn tls(
        stream: tokio_rustls::TlsStream<TcpStream>,
        settings: &Settings,
        place: Option<Arc<OwnedSemaphorePermit>>,
    ) -> Self {
        let (tcp, session) = stream.get_ref();
        let peer = tcp.peer_addr().ok();
        let certificates = session.peer_certificates().unwrap_or_default().to_vec();
        let (reader, writer) = tokio::io::split(stream);
        Link { peer, certificates, ..Link::of(reader, writer, settings, place) }
    }

    fn of(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
        settings: &Settings,
        place: Option<Arc<OwnedSemaphorePermit>>,
    ) -> Self {
        Link {
            reader: LinkReader::new(reader, settings, place.clone()),
            writer: LinkWriter::new(writer, settings, place),
            peer: None,
            #[cfg(feature = "tls")]
            certificates: Vec::new(),
        }
    }

    /// The address of the peer, of a TCP or TLS connection.
    #[must_use]
    pub const fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The certificates that the peer has proven itself with, its own first. None without TLS, and of a client that
    /// was not asked for one.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn peer_certificates(&self) -> &[tokio_rustls::rustls::pki_types::CertificateDer<'static>] {
        &self.certificates
    }

    /// The two halves, to read and write at the same time. The connection ends when both are dropped.
    #[must_use]
    pub fn split(self) -> (LinkReader, LinkWriter) {
        (self.reader, self.writer)
    }

    /// The next frame; `None` when the peer has closed the connection. Keep-alives that are to be answered are. Can be
    /// given up and called again.
    ///
    /// # Errors
    /// As [`LinkReader::read`], and as [`LinkWriter::flush`].
    pub async fn receive(&mut self) -> Result<Option<Frame>, Error> {
        loop {
            // Of a call that was given up.
            self.writer.flush().await?;
            match self.reader.read().await? {
                Some(frame) if frame.is_keep_alive() => self.writer.push_keep_alive()?,
                frame => return Ok(frame),
            }
        }
    }

    /// Sends a message with the transport header that is configured.
    ///
    /// # Errors
    /// As [`LinkWriter::push`] and [`LinkWriter::flush`].
    pub async fn send(&mut self, body: &[u8]) -> Result<(), Error> {
        self.writer.push(None, body)?;
        self.writer.flush().await
    }

    /// Sends the answer to a frame: with its transport header, addresses swapped.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn reply(&mut self, to: &Frame, body: &[u8]) -> Result<(), Error> {
        let header = self.writer.encoder().framing().reply_header(&to.header).map_err(Error::Encode)?;
        self.writer.push(Some(&header), body)?;
        self.writer.flush().await
    }

    /// Tells the peer that nothing more will come, and ends the connection.
    ///
    /// # Errors
    /// As [`LinkWriter::flush`].
    pub async fn close(mut self) -> Result<(), Error> {
        self.writer.close().await
    }
}
