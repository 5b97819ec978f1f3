//! Reading bytes from the front; numbers are big-endian.

use super::record::RecordError;

/// Takes `N` bytes.
pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], RecordError> {
    let (head, tail) = rest.split_first_chunk().ok_or(RecordError::Malformed)?;
    *rest = tail;
    Ok(*head)
}

/// Takes as many bytes as the two before them say.
pub(super) fn take_short<'b>(rest: &mut &'b [u8]) -> Result<&'b [u8], RecordError> {
    let length = usize::from(u16::from_be_bytes(take(rest)?));
    let (head, tail) = rest
        .split_at_checked(length)
        .ok_or(RecordError::Malformed)?;
    *rest = tail;
    Ok(head)
}

/// Writes bytes after their number, in two bytes.
pub(super) fn put_short(bytes: &mut Vec<u8>, part: &[u8]) {
    let length = u16::try_from(part.len()).expect("a part is shorter than 64 KiB");
    bytes.extend(length.to_be_bytes());
    bytes.extend(part);
}
