//! What the reader tells its operator, on standard error. Never a reading, never an identifier.

use std::error::Error;
use std::fmt::Display;
use std::io::Write as _;

/// One line. A journal that cannot be written stops nothing.
pub(crate) fn note(line: impl Display) {
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "{line}");
}

/// An error with everything that caused it.
pub(crate) fn failure(error: &dyn Error) {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    note(line);
}
