//! A throw-away PostgreSQL server for all tests of this process.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Runs the server until the standard input ends, which it does with the test process, however
/// that dies. `$1` is where the programs are, `$2` the directory of the server.
const SERVE: &str = r#"
"$1/initdb" --pgdata="$2/data" --username=assent --auth=trust --no-sync >"$2/log" 2>&1 || exit 1
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=300 \
    >>"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT "$server"
wait "$server"
rm -rf "$2"
"#;

pub(crate) struct Server {
    programs: PathBuf,
    directory: PathBuf,
    databases: AtomicU32,
    /// Holds the end of the pipe that keeps the server alive.
    _keeper: Child,
}

/// The server, started by whoever needs it first.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

impl Server {
    fn start() -> Server {
        let programs = programs();
        let directory = tempfile::Builder::new()
            .prefix("assent-pg-")
            .tempdir()
            .unwrap()
            .keep();
        let mut keeper = match unprivileged_user(&directory) {
            Some(user) => {
                let mut runuser = Command::new("runuser");
                runuser.args(["-u", user, "--", "sh"]);
                runuser
            }
            None => Command::new("sh"),
        };
        let keeper = keeper
            .args(["-c", SERVE, "sh"])
            .args([&programs, &directory])
            .current_dir("/")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let server = Server {
            programs,
            directory,
            databases: AtomicU32::new(0),
            _keeper: keeper,
        };
        server.wait_until_ready();
        server
    }

    fn wait_until_ready(&self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !self.psql("postgres", "SELECT 1") {
            let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            assert!(
                Instant::now() < deadline,
                "PostgreSQL does not start:\n{log}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn psql(&self, database: &str, sql: &str) -> bool {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args([
            "--username=assent",
            "--no-psqlrc",
            "--quiet",
            "--command",
            sql,
            database,
        ]);
        psql.arg("--host").arg(&self.directory);
        psql.output().unwrap().status.success()
    }

    /// A new database; its URL.
    pub(crate) fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("bed_{number}");
        assert!(self.psql("postgres", &format!("CREATE DATABASE {name}")));
        format!(
            "postgres://assent@localhost/{name}?host={}",
            self.directory.display()
        )
    }

    /// Where the tables of all databases are.
    pub(crate) fn tables(&self) -> PathBuf {
        self.directory.join("data/base")
    }
}

/// The user that the server runs as, where we are root, which it refuses.
fn unprivileged_user(directory: &Path) -> Option<&'static str> {
    let metadata = fs::metadata(directory).unwrap();
    if metadata.uid() != 0 {
        return None;
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let (user, ids) = ["postgres", "nobody"]
        .into_iter()
        .find_map(|user| {
            let line = passwd
                .lines()
                .find(|line| line.starts_with(&format!("{user}:")))?;
            let mut ids = line.split(':').skip(2).map(|id| id.parse().unwrap());
            Some((user, (ids.next()?, ids.next()?)))
        })
        .expect("a user `postgres` or `nobody` to run PostgreSQL as");
    chown(directory, Some(ids.0), Some(ids.1)).unwrap();
    Some(user)
}

/// The directory with `initdb`, `postgres` and `psql`.
fn programs() -> PathBuf {
    let named = env::var_os("ASSENT_TEST_POSTGRES_BIN").map(PathBuf::from);
    let on_path = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let mut packaged: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .map(|version| version.unwrap().path().join("bin"))
        .collect();
    packaged.sort();
    let places = named.into_iter().chain(on_path).chain(packaged);
    places
        .into_iter()
        .find(|place| {
            ["initdb", "postgres", "psql"]
                .iter()
                .all(|it| place.join(it).is_file())
        })
        .expect(
            "these tests need PostgreSQL: install it (`apt-get install postgresql`), or name the \
            directory of initdb, postgres and psql in ASSENT_TEST_POSTGRES_BIN",
        )
}
