//! How large a file may be.

use super::{File, Finding};

/// Where a source file starts to be long, in lines. More is counted, not refused.
pub(super) const LINES_SOFT_MAX: usize = 400;

/// The most lines of a source file.
const LINES_MAX: usize = 800;

/// The most bytes of any file.
const BYTES_MAX: usize = 1_000_000;

/// No source file is over 800 lines.
pub(super) fn lines(file: &File) -> Vec<Finding> {
    let count = file.text.lines().count();
    if is_source(file) && count > LINES_MAX {
        vec![file.finding(0, format!("{count} lines; {LINES_MAX} at most"))]
    } else {
        Vec::new()
    }
}

/// No file at all is over a megabyte.
pub(super) fn bytes(file: &File) -> Vec<Finding> {
    if file.bytes > BYTES_MAX {
        vec![file.finding(0, format!("{} bytes; {BYTES_MAX} at most", file.bytes))]
    } else {
        Vec::new()
    }
}

/// Whether a source file is over the soft limit.
pub(super) fn is_long(file: &File) -> bool {
    is_source(file) && file.text.lines().count() > LINES_SOFT_MAX
}

fn is_source(file: &File) -> bool {
    file.is("rs") || file.is("ts")
}
