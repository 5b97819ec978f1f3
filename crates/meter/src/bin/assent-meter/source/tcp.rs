//! Telegrams from a socket, such as that of a serial server.

use std::io;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Gone, Sink};
use crate::backoff::Backoff;
use crate::journal;

/// A meter that says nothing for so long has lost its line, whatever the socket says.
const SILENCE: Duration = Duration::from_secs(90);

/// Connects, and connects again, until the reader has gone.
pub(super) async fn run(address: &str, mut sink: Sink) {
    let mut backoff = Backoff::new();
    loop {
        match read(address, &mut sink, &mut backoff).await {
            Ok(Gone) => return,
            Err(error) => journal::note(format_args!("{address}: {error}")),
        }
        sink.interrupt();
        if sink.events.is_closed() {
            return;
        }
        tokio::time::sleep(backoff.step()).await;
    }
}

async fn read(address: &str, sink: &mut Sink, backoff: &mut Backoff) -> io::Result<Gone> {
    let mut stream = timeout(SILENCE, TcpStream::connect(address)).await??;
    let mut chunk = vec![0; 4096];
    loop {
        let length = timeout(SILENCE, stream.read(&mut chunk)).await??;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        backoff.reset();
        if let Err(gone) = sink.arrived(&chunk[..length]).await {
            return Ok(gone);
        }
    }
}
