//! Pictures that may stand beside a name, and files that only look like one.
#![expect(clippy::unwrap_used, reason = "tests")]

use assent_model::description::{Logo, LogoError};
use png::{BitDepth, ColorType, Encoder};

/// A picture of this size, as a program writes one.
fn picture(width: u32, height: u32) -> Vec<u8> {
    made(width, height, |_| {})
}

fn made(width: u32, height: u32, prepare: impl FnOnce(&mut Encoder<'_, &mut Vec<u8>>)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    prepare(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    let pixels = vec![200; (width * height * 4) as usize];
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    file
}

/// The same with something before its end.
fn with_chunk(mut file: Vec<u8>, kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let end = file.split_off(file.len() - 12);
    file.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
    file.extend(kind);
    file.extend(content);
    // No decoder looks at the checksum of what it passes over.
    file.extend([0; 4]);
    file.extend(end);
    file
}

/// The same with other numbers for width and height, under the checksum of before.
fn resized(mut file: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    file
}

#[test]
fn a_small_square_picture_is_a_logo_and_comes_out_as_it_went_in() {
    for side in [Logo::SIDE_MIN, 100, Logo::SIDE_MAX] {
        let file = picture(side, side);
        let logo = Logo::of(&file).unwrap();
        assert_eq!(logo.check(), Ok(()));
        assert_eq!(logo.bytes(), Some(file));
        let text = serde_json::to_string(&logo).unwrap();
        assert_eq!(serde_json::from_str::<Logo>(&text).unwrap(), logo);
    }
}

/// Each row is refused for the first reason that there is.
#[test]
fn what_is_no_logo_is_refused() {
    let good = picture(64, 64);
    let endless = [good.as_slice(), &[0; Logo::BYTES_MAX]].concat();
    let behind = [good.as_slice(), b"<script>alert(1)</script>"].concat();
    let mut altered = good.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let animated = made(64, 64, |encoder| encoder.set_animated(1, 0).unwrap());
    let texted = made(64, 64, |encoder| {
        let text = encoder.add_text_chunk("Author".into(), "Robin".into());
        text.unwrap();
    });
    let rows: [(&str, &[u8], LogoError); 17] = [
        ("too much", &endless, LogoError::TooLarge),
        ("nothing", b"", LogoError::NotPng),
        ("a drawing", b"<svg xmlns='x'/>", LogoError::NotPng),
        ("a page", b"<!doctype html>", LogoError::NotPng),
        ("another format", b"GIF89a", LogoError::NotPng),
        ("no chunk", &good[..8], LogoError::NotPng),
        ("cut off", &good[..good.len() - 5], LogoError::NotPng),
        ("no end", &good[..good.len() - 12], LogoError::NotPng),
        ("something behind it", &behind, LogoError::HasMore),
        ("a text", &texted, LogoError::HasMore),
        ("an animation", &animated, LogoError::HasMore),
        (
            "where it was taken",
            &with_chunk(good.clone(), *b"eXIf", b"52.37N"),
            LogoError::HasMore,
        ),
        (
            "a profile to unpack",
            &with_chunk(good.clone(), *b"iCCP", b"x"),
            LogoError::HasMore,
        ),
        ("wider than high", &picture(65, 64), LogoError::NotSquare),
        ("too small", &picture(63, 63), LogoError::WrongSize),
        ("too large", &picture(257, 257), LogoError::WrongSize),
        ("altered", &altered, LogoError::Damaged),
    ];
    for (what, file, expected) in rows {
        assert_eq!(Logo::of(file), Err(expected), "{what}");
    }
}

/// Attack: a small file that says it is a picture of gigabytes.
#[test]
fn a_picture_of_gigabytes_takes_no_memory() {
    for side in [60_000, u32::MAX / 2] {
        let file = resized(picture(64, 64), side, side);
        let refused = Logo::of(&file).unwrap_err();
        let expected = [LogoError::WrongSize, LogoError::Damaged];
        assert!(expected.contains(&refused), "{refused:?}");
    }
}

#[test]
fn what_was_read_is_checked_too() {
    let read = |text: &str| serde_json::from_value::<Logo>(text.into()).unwrap().check();
    assert_eq!(read("!"), Err(LogoError::NotBase64url));
    assert_eq!(read(&"A".repeat(20_000)), Err(LogoError::TooLarge));
    assert_eq!(read("AAAA"), Err(LogoError::NotPng));
    assert_eq!(LogoError::NotPng.code(), "logo-not-png");
}
