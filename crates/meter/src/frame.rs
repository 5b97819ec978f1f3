//! Whole telegrams out of a stream of bytes.
//!
//! A serial line starts anywhere, drops bytes and is unplugged in the middle of a line.
//! [`Framer`] finds each telegram again: one that lost its end is reported as
//! [`FrameError::Truncated`] and never swallows the next.

use crate::crc::crc16;

/// The longest telegram accepted, in bytes, from `/` to the end of the checksum line.
///
/// DSMR 5 with a text message of 1,024 characters and every object stays under 5 KiB.
pub const MAX_TELEGRAM: usize = 8 * 1024;

/// Cuts a stream into telegrams. Holds at most [`MAX_TELEGRAM`] bytes.
///
/// The result depends on the bytes alone, not on how they were split over calls.
#[derive(Debug, Default)]
pub struct Framer {
    /// From the `/` of the telegram in progress; outside one, the current line of noise.
    buffer: Vec<u8>,
    /// Where the current line starts in `buffer`.
    line_start: usize,
    /// The last slash of the current line, in `buffer`.
    slash: Option<usize>,
    /// Whether `buffer` starts with a whole identification line.
    inside: bool,
    /// Whether `buffer` was handed out by the last call and is to be forgotten.
    delivered: bool,
}

/// One whole telegram whose checksum, if it has one, is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    bytes: &'a [u8],
    /// Where the closing `!` is.
    end: usize,
    crc: CrcState,
}

/// What is known of the checksum of a telegram. A wrong one is a [`FrameError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrcState {
    /// None is printed: DSMR 2.2 and 3.
    Absent,
    /// Printed, and right.
    Correct,
}

/// Why bytes that began like a telegram did not become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The stream ended, or the next telegram began, before the `!`.
    #[error("the telegram ends before its closing line")]
    Truncated,
    /// No end within [`MAX_TELEGRAM`] bytes.
    #[error("the telegram is longer than {MAX_TELEGRAM} bytes")]
    TooLong,
    /// What follows the `!` is not one to four hexadecimal digits.
    #[error("the checksum is unreadable")]
    UnreadableCrc,
    /// The checksum is not that of the bytes received.
    #[error("the telegram prints checksum {printed:04X} but has {computed:04X}")]
    WrongCrc {
        /// As the meter printed it.
        printed: u16,
        /// Of the bytes from `/` to `!`.
        computed: u16,
    },
}

impl Framer {
    /// A framer that waits for the first telegram.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes off the front of `input` up to the end of the next telegram, or of one that
    /// failed. `None` when all input is taken and no telegram is whole yet: call again with more.
    pub fn read<'f>(&'f mut self, input: &mut &[u8]) -> Option<Result<Frame<'f>, FrameError>> {
        self.forget_delivered();
        let outcome = loop {
            if input.is_empty() {
                return None;
            }
            if let Some(outcome) = self.advance(input) {
                break outcome;
            }
        };
        Some(outcome.and_then(|()| self.deliver()))
    }

    /// The stream has ended: gives the telegram whose last line lacks its line feed, if any, and
    /// forgets everything else.
    pub fn finish(&mut self) -> Option<Result<Frame<'_>, FrameError>> {
        self.forget_delivered();
        let (inside, closing) = (self.inside, self.buffer.get(self.line_start) == Some(&b'!'));
        self.delivered = true;
        match (inside, closing) {
            (false, _) => None,
            (true, false) => Some(Err(FrameError::Truncated)),
            (true, true) => Some(self.deliver()),
        }
    }

    /// Takes one piece of `input`: to the next line feed or slash, or to the end of the input or of
    /// the room left. `Some(Ok)` means that `buffer` now holds a whole telegram.
    fn advance(&mut self, input: &mut &[u8]) -> Option<Result<(), FrameError>> {
        let first = self.buffer.get(self.line_start).or(input.first());
        let closing = self.inside && first == Some(&b'!');
        let window = &input[..input.len().min(MAX_TELEGRAM - self.buffer.len())];
        let stop = window.iter().position(|byte| matches!(byte, b'\n' | b'/'));
        // The line feed after a checksum may be lost too, so the next telegram ends that line.
        let (taken, whole) = match stop.map(|at| (at, window[at])) {
            Some((at, b'/')) if closing => (at, true),
            Some((at, b'/')) => {
                self.slash = Some(self.buffer.len() + at);
                (at + 1, false)
            }
            Some((at, _)) => (at + 1, true),
            None => (window.len(), false),
        };
        self.buffer.extend_from_slice(&window[..taken]);
        *input = &input[taken..];
        match (whole, closing) {
            (true, true) => Some(Ok(())),
            (true, false) => self.end_line(),
            (false, _) if self.buffer.len() == MAX_TELEGRAM => self.overflow(),
            (false, _) => None,
        }
    }

    fn end_line(&mut self) -> Option<Result<(), FrameError>> {
        let slash = self.slash.take();
        if let Some(start) = slash.and_then(|slash| self.identification(slash)) {
            let truncated = self.inside;
            self.buffer.drain(..start);
            self.inside = true;
            self.line_start = self.buffer.len();
            return truncated.then_some(Err(FrameError::Truncated));
        }
        if !self.inside {
            self.buffer.clear();
        }
        self.line_start = self.buffer.len();
        None
    }

    /// Where an identification line (`/XXX5...`) begins in the current line, if it does; `slash`
    /// is the last slash of that line.
    ///
    /// At the start of a line a `/` is enough. Within a line, after noise or after a line that
    /// broke off, it must look like one (IEC 62056-21, section 6.3.2: three letters, then the
    /// identification, which holds no parentheses), so that a slash in a unit does not end a
    /// telegram.
    fn identification(&self, slash: usize) -> Option<usize> {
        let after = &self.buffer[slash + 1..];
        let well_formed = after.len() > 3
            && after[..3].iter().all(u8::is_ascii_alphabetic)
            && !after.iter().any(|byte| matches!(byte, b'(' | b')'));
        let at_line_start = self.buffer[self.line_start] == b'/';
        match (well_formed, at_line_start) {
            (true, _) => Some(slash),
            (false, true) => Some(self.line_start),
            (false, false) => None,
        }
    }

    /// The buffer is full. Keeps the tail in which the next telegram may have begun, with the
    /// byte before its `/` unless that `/` starts a line: `identification` tells them apart.
    fn overflow(&mut self) -> Option<Result<(), FrameError>> {
        let slash = self.slash.take();
        let kept = slash.map(|slash| slash.saturating_sub(1).max(self.line_start));
        match kept {
            None | Some(0) => self.buffer.clear(),
            Some(kept) => {
                self.buffer.drain(..kept);
                self.slash = slash.map(|slash| slash - kept);
            }
        }
        self.line_start = 0;
        let was_inside = std::mem::take(&mut self.inside);
        was_inside.then_some(Err(FrameError::TooLong))
    }

    fn deliver(&mut self) -> Result<Frame<'_>, FrameError> {
        self.delivered = true;
        Frame::checked(&self.buffer, self.line_start)
    }

    fn forget_delivered(&mut self) {
        if self.delivered {
            self.buffer.clear();
            self.line_start = 0;
            self.slash = None;
            self.inside = false;
            self.delivered = false;
        }
    }
}

impl<'a> Frame<'a> {
    /// `bytes` start with `/`; `end` is where the closing `!` is.
    fn checked(bytes: &'a [u8], end: usize) -> Result<Self, FrameError> {
        let crc = match bytes[end + 1..].trim_ascii() {
            [] => CrcState::Absent,
            digits => {
                let printed = hexadecimal(digits).ok_or(FrameError::UnreadableCrc)?;
                let computed = crc16(&bytes[..=end]);
                if printed != computed {
                    return Err(FrameError::WrongCrc { printed, computed });
                }
                CrcState::Correct
            }
        };
        Ok(Self { bytes, end, crc })
    }

    /// Every byte of the telegram, from `/` to the end of the checksum line, as received.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the telegram carries a checksum.
    pub fn crc(&self) -> CrcState {
        self.crc
    }

    /// What stands between the `/` and the `!`.
    pub(crate) fn content(&self) -> &'a [u8] {
        &self.bytes[1..self.end]
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u16> {
    if digits.len() > 4 {
        return None;
    }
    digits.iter().try_fold(0, |value: u16, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(value << 4 | u16::try_from(digit).expect("a hexadecimal digit is below 16"))
    })
}
