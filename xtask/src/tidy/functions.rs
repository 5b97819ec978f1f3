//! How long a function may be.

use super::names::declaration;
use super::{File, Finding};

/// The most lines of a function, from `fn` to the closing brace, both counted.
const LINES_MAX: usize = 70;

/// No function is over 70 lines.
pub(super) fn length(file: &File) -> Vec<Finding> {
    if !file.is("rs") {
        return Vec::new();
    }
    let lines: Vec<&str> = file.text.lines().collect();
    let mut findings = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(("fn", name)) = declaration(line) else {
            continue;
        };
        let count = lines_of_function(&lines[index..]).unwrap_or(0);
        if count > LINES_MAX {
            findings.push(file.finding(
                index + 1,
                format!("{name} has {count} lines; {LINES_MAX} at most"),
            ));
        }
    }
    findings
}

/// Counts the lines of the function that starts on the first line; `None` for a declaration without
/// a body. rustfmt puts the closing brace at the indentation of the `fn`, and nothing else there
/// looks like it.
fn lines_of_function(lines: &[&str]) -> Option<usize> {
    let first = lines.first()?;
    let indentation = &first[..first.len() - first.trim_start().len()];
    if first.ends_with('}') {
        return Some(1);
    }
    let opening = lines.iter().position(|line| line.ends_with(['{', ';']))?;
    if lines[opening].ends_with(';') {
        return None;
    }
    let closing = lines[opening..]
        .iter()
        .skip(1)
        .position(|line| line.strip_prefix(indentation) == Some("}"))?;
    Some(opening + closing + 2)
}
