//! Telegrams from the P1 port itself, over a serial cable.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use assent_meter::frame::CrcState;
use assent_meter::{Frame, Framer, Telegram};
use serial2_tokio::{CharSize, FlowControl, Parity, SerialPort, Settings, StopBits};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::{Sink, SourceError};
use crate::backoff::Backoff;
use crate::journal;

/// How a port is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// 115200 bit/s, 8 bits, no parity: DSMR 4.0 and from 5.0 on, e-MUCS.
    Fast8N1,
    /// 115200 bit/s, 7 bits, no parity: some meters of DSMR 4.2.
    Fast7N1,
    /// 9600 bit/s, 7 bits, even parity: DSMR 2.2 and 3.
    Slow7E1,
}

impl Mode {
    /// In the order in which they are tried: the most usual first.
    const ALL: [Self; 3] = [Self::Fast8N1, Self::Fast7N1, Self::Slow7E1];

    const fn name(self) -> &'static str {
        match self {
            Self::Fast8N1 => "115200-8n1",
            Self::Fast7N1 => "115200-7n1",
            Self::Slow7E1 => "9600-7e1",
        }
    }

    fn apply(self, mut settings: Settings) -> io::Result<Settings> {
        let (rate, size, parity) = match self {
            Self::Fast8N1 => (115_200, CharSize::Bits8, Parity::None),
            Self::Fast7N1 => (115_200, CharSize::Bits7, Parity::None),
            Self::Slow7E1 => (9600, CharSize::Bits7, Parity::Even),
        };
        settings.set_raw();
        settings.set_baud_rate(rate)?;
        settings.set_char_size(size);
        settings.set_parity(parity);
        settings.set_stop_bits(StopBits::One);
        settings.set_flow_control(FlowControl::None);
        Ok(settings)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |mode: &Self| mode.name() == text;
        let found = Self::ALL.into_iter().find(named);
        found.ok_or_else(|| "it is 115200-8n1, 115200-7n1 or 9600-7e1".to_owned())
    }
}

/// How long a mode is given: the slowest meters send a telegram in ten seconds, which takes one to
/// two at their speed.
const TRIAL: Duration = Duration::from_secs(25);

/// A port that says nothing for so long is opened again.
const SILENCE: Duration = Duration::from_secs(90);

/// Opens the port, and opens it again when the cable was out, until the reader has gone.
///
/// A port that cannot be opened the first time is an error: it is probably misspelt.
pub(super) async fn run(
    path: PathBuf,
    chosen: Option<Mode>,
    mut sink: Sink,
) -> Result<(), SourceError> {
    let failed = |error| SourceError::Serial(path.clone(), error);
    drop(open(&path, chosen.unwrap_or(Mode::ALL[0])).map_err(failed)?);
    let mut mode = chosen;
    let mut backoff = Backoff::new();
    while !sink.events.is_closed() {
        if let Err(error) = read(&path, &mut mode, &mut sink, &mut backoff).await {
            journal::note(format_args!("{}: {error}", path.display()));
        }
        sink.interrupt();
        tokio::time::sleep(backoff.step()).await;
    }
    Ok(())
}

/// Reads until the port fails or the reader has gone. A mode that was detected stays.
async fn read(
    path: &Path,
    mode: &mut Option<Mode>,
    sink: &mut Sink,
    backoff: &mut Backoff,
) -> io::Result<()> {
    let mut port = if let Some(mode) = *mode {
        open(path, mode)?
    } else {
        let found = detect(|mode| open(path, mode), TRIAL).await?;
        let found = found.ok_or_else(|| io::Error::other("no telegram in any mode"))?;
        journal::note(format_args!("{} speaks {}", path.display(), found.mode));
        *mode = Some(found.mode);
        if sink.arrived(&found.bytes).await.is_err() {
            return Ok(());
        }
        found.port
    };
    let mut chunk = vec![0; 4096];
    loop {
        let length = timeout(SILENCE, AsyncReadExt::read(&mut port, &mut chunk)).await??;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        backoff.reset();
        if sink.arrived(&chunk[..length]).await.is_err() {
            return Ok(());
        }
    }
}

fn open(path: &Path, mode: Mode) -> io::Result<SerialPort> {
    SerialPort::open(path, |settings| mode.apply(settings))
}

/// A port that speaks, and what it said.
struct Detected<P> {
    mode: Mode,
    port: P,
    bytes: Vec<u8>,
}

/// Tries each mode until a telegram comes; `None` if none does. A mode that the port does not have
/// is left out: simple ports have no parity, and pseudo-terminals no seven bits.
async fn detect<P: AsyncRead + Unpin>(
    mut open: impl FnMut(Mode) -> io::Result<P>,
    trial: Duration,
) -> io::Result<Option<Detected<P>>> {
    let mut refused = None;
    for mode in Mode::ALL {
        let mut port = match open(mode) {
            Ok(port) => port,
            Err(error) => {
                refused = Some(error);
                continue;
            }
        };
        if let Ok(bytes) = timeout(trial, first_telegram(&mut port)).await {
            let bytes = bytes?;
            return Ok(Some(Detected { mode, port, bytes }));
        }
    }
    refused.map_or(Ok(None), Err)
}

/// Reads until a telegram is whole, and gives all that was read.
async fn first_telegram(port: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    /// So much noise holds no telegram at the right speed.
    const NOISE: usize = 64 * 1024;
    let mut framer = Framer::new();
    let mut bytes = Vec::new();
    let mut chunk = [0; 1024];
    loop {
        let length = port.read(&mut chunk).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if bytes.len() > NOISE {
            bytes.clear();
        }
        bytes.extend_from_slice(&chunk[..length]);
        let mut input = &chunk[..length];
        while let Some(outcome) = framer.read(&mut input) {
            if outcome.is_ok_and(|frame| is_telegram(&frame)) {
                return Ok(bytes);
            }
        }
    }
}

/// Whether a frame is surely a telegram. Where no checksum says so, every line must be readable.
fn is_telegram(frame: &Frame<'_>) -> bool {
    match frame.crc() {
        CrcState::Correct => true,
        CrcState::Absent => {
            let telegram = Telegram::parse(frame);
            telegram.objects.len() >= 5 && telegram.malformed.is_empty()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use tokio::io::AsyncReadExt as _;

    use super::{Mode, detect};

    const V2_2: &[u8] = include_bytes!("../../../../../../fixtures/p1/v2_2.txt");
    const V5: &[u8] = include_bytes!("../../../../../../fixtures/p1/v5.txt");

    /// What a meter that speaks `spoken` sounds like in another mode: the parity bit comes through
    /// as the eighth, or all is noise at the wrong speed.
    fn heard(telegram: &[u8], spoken: Mode, mode: Mode) -> Vec<u8> {
        match (spoken, mode) {
            _ if spoken == mode => telegram.to_vec(),
            (Mode::Fast7N1, Mode::Fast8N1) => telegram.iter().map(|byte| byte | 0x80).collect(),
            _ => telegram.iter().map(|byte| byte.wrapping_mul(37)).collect(),
        }
    }

    async fn check(telegram: &[u8], spoken: Mode) {
        let open = |mode| {
            // A port stays open when the meter has said its telegram.
            let silence = tokio::io::duplex(1);
            let bytes = [&b"kWh)\r\n!"[..], telegram, b"/ISk"].concat();
            let port = io::Cursor::new(heard(&bytes, spoken, mode));
            let held: &'static _ = Box::leak(Box::new(silence.1));
            let _ = held;
            Ok(port.chain(silence.0))
        };
        let found = detect(open, Duration::from_millis(50)).await;
        let found = found.expect("no port fails").expect("one mode is right");
        assert_eq!(found.mode, spoken);
        let contains = |window: &[u8]| window == telegram;
        assert!(found.bytes.windows(telegram.len()).any(contains));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn the_mode_is_the_one_in_which_a_telegram_is_whole() {
        for mode in Mode::ALL {
            check(V5, mode).await;
            check(V2_2, mode).await;
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_mode_that_a_port_does_not_have_is_left_out() {
        let open = |mode| match mode {
            Mode::Slow7E1 => Ok(io::Cursor::new(V2_2).chain(tokio::io::repeat(0))),
            Mode::Fast8N1 | Mode::Fast7N1 => Err(io::ErrorKind::InvalidInput.into()),
        };
        let found = detect(open, Duration::from_millis(50)).await;
        let found = found.expect("one mode opens").expect("it is right");
        assert_eq!(found.mode, Mode::Slow7E1);
        let open = |_| Err::<tokio::io::Empty, _>(io::ErrorKind::NotFound.into());
        let found = detect(open, Duration::from_millis(50)).await;
        assert!(found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn noise_in_every_mode_is_no_meter() {
        let open = |_| Ok(io::Cursor::new(vec![b'/'; 100]).chain(tokio::io::repeat(0x55)));
        let found = detect(open, Duration::from_millis(20)).await;
        assert!(found.expect("no port fails").is_none());
    }
}
