//! The picture that stands beside the name of a service.

use std::io::Cursor;

use assent_crypto::base64url;
use png::{DecodingError, Limits};
use serde::{Deserialize, Serialize};

/// What every PNG begins with (W3C PNG, section 5.2).
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Length, type and checksum of a chunk, in bytes (section 5.3).
const AROUND_CHUNK: usize = 12;
/// What a picture needs, and nothing that says more than it shows: no texts, no animation, no place or
/// time, no profile that a reader would have to unpack.
const CHUNKS: [&[u8; 4]; 10] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"cHRM", b"gAMA", b"sBIT", b"sRGB",
];

/// A logo as a description has it: a small square PNG, in base64url. What stands in a description that
/// was read is not known to be one before [`Logo::check`] has said so.
///
/// ```
/// use assent_model::description::{Logo, LogoError};
///
/// assert_eq!(Logo::of(b"GIF89a"), Err(LogoError::NotPng));
/// assert_eq!(Logo::of(&[0; 9000]), Err(LogoError::TooLarge));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Logo(String);

/// Why a picture cannot be a logo. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoError {
    /// It is not in base64url without padding.
    #[error("the logo is not in base64url")]
    NotBase64url,
    /// It has more than [`Logo::BYTES_MAX`] bytes.
    #[error("the logo has more than 8192 bytes")]
    TooLarge,
    /// It does not have the structure of a PNG.
    #[error("the logo is not a PNG")]
    NotPng,
    /// There is something in it, or after it, that the picture does not need: a text, an animation, a
    /// profile, another file.
    #[error("the logo has more in it than the picture")]
    HasMore,
    /// It is wider than high, or higher than wide.
    #[error("the logo is not square")]
    NotSquare,
    /// Its side is not [`Logo::SIDE_MIN`] to [`Logo::SIDE_MAX`] pixels.
    #[error("the side of the logo is not 64 to 256 pixels")]
    WrongSize,
    /// It does not decode: cut off, or altered.
    #[error("the logo is damaged")]
    Damaged,
}

impl LogoError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotBase64url => "logo-not-base64url",
            Self::TooLarge => "logo-too-large",
            Self::NotPng => "logo-not-png",
            Self::HasMore => "logo-has-more",
            Self::NotSquare => "logo-not-square",
            Self::WrongSize => "logo-wrong-size",
            Self::Damaged => "logo-damaged",
        }
    }
}

impl Logo {
    /// The most bytes that a logo has.
    pub const BYTES_MAX: usize = 8 * 1024;
    /// The shortest side, in pixels.
    pub const SIDE_MIN: u32 = 64;
    /// The longest side, in pixels.
    pub const SIDE_MAX: u32 = 256;

    /// The logo of a file.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn of(png: &[u8]) -> Result<Self, LogoError> {
        check(png)?;
        Ok(Self(base64url::encode(png)))
    }

    /// The PNG as it stands here, not checked; `None` where it is not in base64url.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        base64url::decode(&self.0).ok()
    }

    /// Whether it can stand beside a name.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self) -> Result<(), LogoError> {
        // Before it takes memory.
        if self.0.len() > Self::BYTES_MAX * 4 / 3 + 1 {
            return Err(LogoError::TooLarge);
        }
        check(&self.bytes().ok_or(LogoError::NotBase64url)?)
    }
}

fn check(png: &[u8]) -> Result<(), LogoError> {
    if png.len() > Logo::BYTES_MAX {
        return Err(LogoError::TooLarge);
    }
    check_chunks(png)?;
    check_picture(png)
}

/// Walks from chunk to chunk, without a look at what they hold: a decoder passes over what it does not
/// know, and does not look behind the end.
fn check_chunks(png: &[u8]) -> Result<(), LogoError> {
    let mut rest = png.strip_prefix(SIGNATURE).ok_or(LogoError::NotPng)?;
    loop {
        let (length, behind) = rest.split_first_chunk::<4>().ok_or(LogoError::NotPng)?;
        let kind = behind.first_chunk::<4>().ok_or(LogoError::NotPng)?;
        if !CHUNKS.contains(&kind) {
            return Err(LogoError::HasMore);
        }
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        rest = rest
            .get(length.saturating_add(AROUND_CHUNK)..)
            .ok_or(LogoError::NotPng)?;
        if kind == b"IEND" {
            break;
        }
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(LogoError::HasMore)
    }
}

/// Decodes the picture, of which the size is known before memory is taken.
fn check_picture(png: &[u8]) -> Result<(), LogoError> {
    let side = usize::try_from(Logo::SIDE_MAX).expect("a side is a small number");
    // Four channels of 16 bits.
    let limits = Limits {
        bytes: side * side * 8 + Logo::BYTES_MAX,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(png), limits);
    let header = decoder
        .read_header_info()
        .map_err(|error| not_decoded(&error))?;
    let (width, height) = (header.width, header.height);
    if width != height {
        return Err(LogoError::NotSquare);
    }
    if !(Logo::SIDE_MIN..=Logo::SIDE_MAX).contains(&width) {
        return Err(LogoError::WrongSize);
    }
    let mut reader = decoder.read_info().map_err(|error| not_decoded(&error))?;
    let size = reader.output_buffer_size().ok_or(LogoError::WrongSize)?;
    let mut pixels = vec![0; size];
    reader
        .next_frame(&mut pixels)
        .map_err(|error| not_decoded(&error))?;
    reader.finish().map_err(|error| not_decoded(&error))
}

fn not_decoded(error: &DecodingError) -> LogoError {
    match error {
        DecodingError::LimitsExceeded => LogoError::WrongSize,
        DecodingError::IoError(_) | DecodingError::Format(_) | DecodingError::Parameter(_) => {
            LogoError::Damaged
        }
    }
}
