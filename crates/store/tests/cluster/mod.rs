//! A PostgreSQL for the tests of this process: started when the first test wants it, one database for each test. The
//! machine's own, if it runs one, is left alone.

#![allow(dead_code)]

use std::{
    ffi::OsString,
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// The user that owns every database of the cluster, and its password.
pub const USER: &str = "convene";
pub const PASSWORD: &str = "convene-test";

pub struct Cluster {
    pub bin: PathBuf,
    /// With the socket in it.
    pub folder: PathBuf,
    // Its standard input ends with this process; then it stops the database and removes the folder.
    _guard: Child,
}

/// The cluster of this process.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

/// The address of a fresh, empty database.
pub fn database() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    sql("postgres", &format!("CREATE DATABASE {name}"));
    address(&name)
}

/// The address of the database `name`.
pub fn address(name: &str) -> String {
    format!("postgres://{USER}:{PASSWORD}@localhost/{name}?host={}", cluster().folder.display())
}

/// Runs statements by another way than the one that is tested, and returns what they print.
pub fn sql(database: &str, statements: &str) -> String {
    let cluster = cluster();
    let done = Command::new(cluster.bin.join("psql"))
        .args(["--no-psqlrc", "-tA", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", database, "-c", statements, "-h"])
        .arg(&cluster.folder)
        .env("PGPASSWORD", PASSWORD)
        .output()
        .expect("psql runs");
    assert!(done.status.success(), "{statements}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("UTF-8").trim().to_owned()
}

fn start() -> Cluster {
    let bin = bin();
    let script = include_str!("guard.sh");
    // PostgreSQL refuses to run as root.
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let mut guard = command
        .args([OsString::from("-c"), script.into(), "guard".into(), bin.clone().into()])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell; as root also setpriv (package util-linux) and the user postgres (package postgresql)");
    let mut folder = String::new();
    BufReader::new(guard.stdout.take().expect("piped")).read_line(&mut folder).expect("a line");
    let folder = folder.trim();
    assert!(!folder.is_empty(), "the test's PostgreSQL did not start; what it said stands above");
    Cluster { bin, folder: folder.into(), _guard: guard }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|done| done.stdout == b"0\n")
}

/// The newest PostgreSQL of this machine.
fn bin() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let anywhere = std::env::split_paths(&path).collect::<Vec<_>>();
    let is_there =
        |bin: &PathBuf| fs::metadata(bin.join("initdb")).is_ok_and(|found| found.permissions().mode() & 0o111 != 0);
    let candidates = found.into_iter().rev().map(|(_, bin)| bin).chain(anywhere);
    candidates.into_iter().find(is_there).expect(
        "these tests need PostgreSQL's server programs: `scripts/setup.sh servers` as root on Debian or Ubuntu, \
         or install your system's package postgresql (postgresql-server)",
    )
}
