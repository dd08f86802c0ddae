//! A TCP connection that carries messages, each behind two bytes of length.

use isopace::Bytes;
use isopace::frame::{self, Decoder, Framing, Header};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Two bytes, most significant first, which count the message and not themselves.
pub const FRAMING: Framing = Framing::new(Header::Binary2);

/// Room made for each read.
const CHUNK: usize = 4096;

/// One end of a connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    decoder: Decoder,
    out: Vec<u8>,
}

/// Why a connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The network.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// What came in, or should go out, is no frame.
    #[error("{0}")]
    Frame(#[from] frame::Error),
}

impl Connection {
    /// Over a stream that is connected.
    ///
    /// # Errors
    /// The stream is not.
    pub fn new(stream: TcpStream) -> Result<Self, Error> {
        // A message is written whole, so waiting for more to send with it only costs time.
        stream.set_nodelay(true)?;
        Ok(Connection { stream, decoder: Decoder::new(FRAMING), out: Vec::new() })
    }

    /// Connects to an address.
    ///
    /// # Errors
    /// Nobody answers there.
    pub async fn open(address: &str) -> Result<Self, Error> {
        Connection::new(TcpStream::connect(address).await?)
    }

    /// The next message; `None` when the peer has closed the connection. Can be given up and called again.
    ///
    /// # Errors
    /// The network; a length that cannot be; the connection was closed within a message.
    pub async fn receive(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if let Some(frame) = self.decoder.decode()? {
                return Ok(Some(frame.body));
            }
            self.decoder.buffer_mut().reserve(CHUNK);
            if self.stream.read_buf(self.decoder.buffer_mut()).await? == 0 {
                return Ok(self.decoder.decode_eof()?.map(|frame| frame.body));
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// The network; a message that two bytes of length cannot say.
    pub async fn send(&mut self, message: &[u8]) -> Result<(), Error> {
        self.out.clear();
        FRAMING.encode(message, &mut self.out)?;
        self.stream.write_all(&self.out).await?;
        Ok(())
    }
}
