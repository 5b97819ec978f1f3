//! Where the foreign programs are, and how they are run.
//!
//! A test never skips itself: where a tool is missing it fails and says how to get it.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What to do about a missing tool.
const INSTALL: &str = "run `cargo xtask test`, or export what `cargo xtask setup` prints";

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A program of the repository, run by its interpreter.
pub(crate) struct Program {
    interpreter: PathBuf,
    script: PathBuf,
}

impl Program {
    /// A Python program; the interpreter has the packages of the judges.
    pub(crate) fn python(script: &str) -> Self {
        let interpreter = env::var_os("ASSENT_TEST_PYTHON").unwrap_or_else(|| "python3".into());
        let probe = Command::new(&interpreter)
            .args(["-c", "import jwcrypto"])
            .output();
        assert!(
            probe.is_ok_and(|output| output.status.success()),
            "{} has no jwcrypto: {INSTALL}",
            interpreter.display()
        );
        Self {
            interpreter: interpreter.into(),
            script: root().join(script),
        }
    }

    /// A JavaScript program in the folder whose packages were installed.
    pub(crate) fn node(script: &str) -> Self {
        let modules = env::var_os("ASSENT_TEST_NODE_MODULES").map_or_else(
            || root().join("tests/judges/node/node_modules"),
            PathBuf::from,
        );
        assert!(
            modules.join("jose/package.json").is_file(),
            "{} has no jose: {INSTALL}",
            modules.display()
        );
        Self {
            interpreter: "node".into(),
            script: root().join(script),
        }
    }

    /// A program of the wallet in `web`, as `cargo xtask web` compiles it.
    pub(crate) fn wallet(script: &str) -> Self {
        let script = root().join("web/build/tests").join(script);
        assert!(
            script.is_file(),
            "{} is not there: run `cargo xtask web`",
            script.display()
        );
        Self {
            interpreter: "node".into(),
            script,
        }
    }

    /// Runs it to its end with these arguments and this input.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(&self.interpreter)
            .arg(&self.script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}: {INSTALL}", self.interpreter.display()));
        let mut stdin = child.stdin.take().expect("the input is piped");
        stdin
            .write_all(input.as_bytes())
            .expect("a program reads all of its input before it answers");
        drop(stdin);
        child.wait_with_output().expect("a child can be waited for")
    }
}
