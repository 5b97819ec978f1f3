//! Words and attributes that no file may contain.
//!
//! The needles are written in halves, or this file would be found by its own checks.

use super::{File, Finding};
use std::env;
use std::sync::LazyLock;

/// Marks of unfinished work.
const UNFINISHED: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
];

/// Where absolute paths of somebody's machine begin. Folders of users are not among them but for
/// [`own_folder`]: My Home has the same address.
const MACHINE_PATHS: [&str; 3] = [
    concat!("/", "work/"),
    concat!("/", "root/"),
    concat!("/", "Users/"),
];

/// The folder of the user who runs this.
static OWN_FOLDER: LazyLock<Option<String>> = LazyLock::new(|| own_folder(env::var("HOME").ok()));

/// The beginning of paths of a user, unless it could be an address of My Home.
fn own_folder(home: Option<String>) -> Option<String> {
    let home = home.filter(|home| home.matches('/').count() > 1)?;
    Some(format!("{}/", home.trim_end_matches('/')))
}

/// Hosts of package registries. Which registry is used is for the user's configuration to say.
const REGISTRY_HOSTS: [&str; 6] = [
    concat!("crates", ".io"),
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("pypi", ".org"),
    concat!("python", "hosted.org"),
    concat!("proxy.", "golang.org"),
];

/// Attributes that switch something off in silence.
const ATTRIBUTES: [(&str, &str); 3] = [
    (concat!("#[", "ignore"), "a test runs or does not exist"),
    (
        concat!("#[", "allow("),
        "write #[expect(…, reason = \"…\")]",
    ),
    (
        concat!("#![", "allow("),
        "write #![expect(…, reason = \"…\")]",
    ),
];

/// No file has a mark of unfinished work.
pub(super) fn unfinished(file: &File) -> Vec<Finding> {
    find(file, |line| {
        let word = UNFINISHED
            .into_iter()
            .find(|word| contains_word(line, word))?;
        Some(format!("{word}: finish it or open an issue"))
    })
}

/// No file names a path of somebody's machine or the host of a package registry.
pub(super) fn places(file: &File) -> Vec<Finding> {
    find(file, |line| {
        let path = MACHINE_PATHS
            .into_iter()
            .chain(OWN_FOLDER.as_deref())
            .find(|path| contains_path(line, path));
        let host = REGISTRY_HOSTS
            .into_iter()
            .find(|host| contains_word(line, host));
        path.or(host)
            .map(|place| format!("{place} exists on some machines only"))
    })
}

/// No Rust file ignores a test or allows a lint.
pub(super) fn attributes(file: &File) -> Vec<Finding> {
    if !file.is("rs") {
        return Vec::new();
    }
    find(file, |line| {
        let (needle, advice) = ATTRIBUTES
            .into_iter()
            .find(|(needle, _)| line.contains(needle))?;
        Some(format!("`{needle}`: {advice}"))
    })
}

/// Whether a line contains a word that is not a part of a longer one.
pub(super) fn contains_word(line: &str, word: &str) -> bool {
    let is_inside = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(start, _)| {
        !line[..start].ends_with(is_inside) && !line[start + word.len()..].starts_with(is_inside)
    })
}

/// Whether a line contains a path from its beginning, not as the tail of a longer one.
fn contains_path(line: &str, path: &str) -> bool {
    let continues = |letter: char| letter.is_alphanumeric() || "._-~})*".contains(letter);
    line.match_indices(path)
        .any(|(start, _)| !line[..start].ends_with(continues))
}

fn find(file: &File, message: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    if is_foreign(file.path) {
        return Vec::new();
    }
    file.lines()
        .filter_map(|(number, line)| Some(file.finding(number, message(line)?)))
        .collect()
}

/// Whether others wrote a file: lock files, the licence, and test data that is kept as it was
/// published.
fn is_foreign(path: &str) -> bool {
    path.starts_with("fixtures/")
        || path == "LICENSE"
        || path.ends_with("Cargo.lock")
        || path.ends_with("package-lock.json")
}
