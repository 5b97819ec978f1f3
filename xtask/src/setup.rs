//! `cargo xtask setup`: installs what the tests need and is missing, and says where it is.
//!
//! The tests read these places from environment variables and never search for anything themselves.

use crate::repository::{self, root};
use crate::verdict;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Finds or installs one thing; `None` when the repository does not ask for it.
type Need = fn() -> io::Result<Option<PathBuf>>;

/// What the tests may need, by the variable that tells them where it is.
const NEEDS: [(&str, Need); 7] = [
    ("ASSENT_TEST_POSTGRES_BIN", postgres),
    ("ASSENT_TEST_NODE_MODULES", judge_modules),
    ("ASSENT_TEST_OPENAPI_MODULES", linter_modules),
    ("ASSENT_TEST_PYTHON", python),
    ("ASSENT_TEST_BUCKETS", buckets),
    ("ASSENT_TEST_PAGES_MODULES", page_modules),
    ("ASSENT_TEST_CHROMIUM", chromium),
];

/// What was found or installed.
#[derive(Default)]
pub(crate) struct Tools {
    places: Vec<(&'static str, PathBuf)>,
}

impl Tools {
    /// Tells a child process where everything is.
    pub(crate) fn export<'command>(&self, command: &'command mut Command) -> &'command mut Command {
        command.envs(self.places.iter().map(|(name, place)| (name, place)))
    }
}

/// Installs what is missing and prints the variables.
pub(crate) fn run() -> ExitCode {
    let (_, failures) = install();
    verdict(failures == 0)
}

/// Installs what is missing. Each failure is told and counted, and does not keep the others from
/// being installed.
pub(crate) fn install() -> (Tools, usize) {
    let mut tools = Tools::default();
    let mut failures = 0;
    for (name, need) in NEEDS {
        match need() {
            Ok(Some(place)) => {
                println!("{name}={}", place.display());
                tools.places.push((name, place));
            }
            Ok(None) => {}
            Err(error) => {
                eprintln!("{name}: {error}");
                failures += 1;
            }
        }
    }
    (tools, failures)
}

/// The folder with PostgreSQL's `initdb` and `postgres`; the Debian package where there is none.
fn postgres() -> io::Result<Option<PathBuf>> {
    if let Some(found) = find_postgres() {
        return Ok(Some(found));
    }
    install_packages(
        &["postgresql"],
        "PostgreSQL is missing: install it so that initdb and postgres are on PATH",
    )?;
    find_postgres()
        .map(Some)
        .ok_or_else(|| io::Error::other("the package postgresql brought no initdb"))
}

/// Looks on PATH first, then where Debian keeps each version, newest first.
fn find_postgres() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    versions.sort_by_key(|path| {
        let version = path.file_name().and_then(|name| name.to_str());
        std::cmp::Reverse(version.and_then(|version| version.parse::<u32>().ok()))
    });
    search_path()
        .into_iter()
        .chain(versions.into_iter().map(|version| version.join("bin")))
        // A folder of links is not enough: `initdb` looks for its neighbours where it really lives.
        .filter_map(|folder| folder.join("initdb").canonicalize().ok())
        .filter_map(|initdb| initdb.parent().map(Path::to_path_buf))
        .find(|folder| folder.join("postgres").is_file())
}

/// The packages that the JavaScript judges verify with.
fn judge_modules() -> io::Result<Option<PathBuf>> {
    node_modules("tests/judges/node")
}

/// The linter of the OpenAPI document.
fn linter_modules() -> io::Result<Option<PathBuf>> {
    node_modules("tests/judges/openapi")
}

/// What drives the browser that looks at the pages.
fn page_modules() -> io::Result<Option<PathBuf>> {
    node_modules("tests/pages")
}

/// The browser that looks at the pages, with a font to look at.
fn chromium() -> io::Result<Option<PathBuf>> {
    if let Some(found) = find_program("chromium") {
        return Ok(Some(found));
    }
    install_packages(
        &["chromium", "fonts-dejavu-core"],
        "Chromium is missing: install it so that chromium is on PATH",
    )?;
    find_program("chromium")
        .map(Some)
        .ok_or_else(|| io::Error::other("the package chromium brought no chromium"))
}

/// The packages of a folder with a lock file.
pub(crate) fn node_modules(folder: &str) -> io::Result<Option<PathBuf>> {
    let folder = root().join(folder);
    if !folder.is_dir() {
        return Ok(None);
    }
    let modules = folder.join("node_modules");
    // npm writes this file last, so it is older than a lock file that changed since.
    let installed = modified(&modules.join(".package-lock.json"));
    if installed.is_none() || installed < modified(&folder.join("package-lock.json")) {
        repository::succeed(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund", "--prefix"])
                .arg(&folder),
        )?;
    }
    Ok(Some(modules))
}

/// The interpreter of a virtual environment that has the packages of the Python judges.
pub(crate) fn python() -> io::Result<Option<PathBuf>> {
    let folder = python_with("tests/judges/python/requirements.txt", "venv")?;
    Ok(folder.map(|folder| folder.join("bin/python")))
}

/// A server that speaks S3, for what the node keeps in a bucket.
fn buckets() -> io::Result<Option<PathBuf>> {
    let folder = python_with("tests/judges/buckets/requirements.txt", "buckets")?;
    Ok(folder.map(|folder| folder.join("bin/moto_server")))
}

/// A folder of the target with a Python that has exactly what `requirements` lists.
fn python_with(requirements: &str, folder: &str) -> io::Result<Option<PathBuf>> {
    let requirements = root().join(requirements);
    if !requirements.is_file() {
        return Ok(None);
    }
    let folder = repository::target()?.join(folder);
    let python = folder.join("bin/python");
    let installed = folder.join("installed.txt");
    let wanted = fs::read(&requirements)?;
    if fs::read(&installed).ok().as_ref() != Some(&wanted) {
        repository::succeed(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )?;
        repository::succeed(
            Command::new(&python)
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-deps",
                    "--disable-pip-version-check",
                ])
                .arg("--requirement")
                .arg(&requirements),
        )?;
        fs::write(&installed, wanted)?;
    }
    Ok(Some(folder))
}

/// Installs Debian packages, where that is possible; otherwise `advice` is the error.
fn install_packages(packages: &[&str], advice: &str) -> io::Result<()> {
    if !is_root()? || find_program("apt-get").is_none() {
        return Err(io::Error::other(advice));
    }
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn apt_get(arguments: &[&str]) -> io::Result<()> {
    repository::succeed(
        Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn is_root() -> io::Result<bool> {
    Ok(repository::output(Command::new("id").arg("-u"))?.trim() == "0")
}

fn find_program(name: &str) -> Option<PathBuf> {
    search_path()
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

fn search_path() -> Vec<PathBuf> {
    env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect())
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}
