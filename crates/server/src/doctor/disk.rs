//! The data folder: writable, private, with room, and a database that can be read.

use super::report::Finding;
use super::subject::Subject;
use crate::data::{database_file, other_database};
use convene_store::{AnyStore, Database};
use std::ffi::CString;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const CHECK: &str = "disk";
/// Below this a busy day may fill the disk, in bytes.
const FREE_WARN: u64 = 1024 * 1024 * 1024;
/// Below this it is as good as full.
const FREE_FAIL: u64 = 100 * 1024 * 1024;
/// Files in the folder that hold keys, or give command of the server; those of TLS are looked at with the certificates.
const SECRETS: [&str; 2] = ["convene.db", "control.sock"];

/// Looks at the folder and what is in it.
pub async fn examine(subject: &Subject) -> Vec<Finding> {
    let data = &subject.data;
    let mut findings = vec![];
    match fs::metadata(data) {
        Ok(found) if !found.is_dir() => {
            let what = format!("{} is no folder", data.display());
            let mend = "Choose another data folder with --data, or move that file away.";
            return vec![Finding::fail(CHECK, what, "The server does not start.", mend)];
        }
        Ok(found) => {
            findings.push(writable(data));
            findings.extend(private(data, found.permissions().mode()));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => findings.push(can_be_made(data)),
        Err(error) => {
            let what = format!("{} cannot be looked at: {error}", data.display());
            let mend = "Run this as the server's user, or choose another folder with --data.";
            return vec![Finding::fail(CHECK, what, "The server does not start.", mend)];
        }
    }
    findings.extend(free(existing(data)));
    findings.extend(database(subject).await);
    findings.extend(lock(subject));
    findings
}

/// The nearest folder above that is there.
fn existing(path: &Path) -> &Path {
    path.ancestors().find(|path| path.exists()).filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn writable(data: &Path) -> Finding {
    let probe = data.join(format!(".doctor-{}", std::process::id()));
    let written = OpenOptions::new().write(true).create_new(true).open(&probe).map(|_| ());
    match written.and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => Finding::ok(CHECK, format!("{} is writable", data.display())),
        Err(error) => {
            let what = format!("{} is not writable: {error}", data.display());
            let mend =
                "Give the folder to the server's user (`chown -R`), mount it writable, or choose another with --data.";
            Finding::fail(CHECK, what, "The server can store nothing, and does not start.", mend)
        }
    }
}

fn can_be_made(data: &Path) -> Finding {
    let above = existing(data);
    let Ok(path) = CString::new(above.as_os_str().as_bytes()) else {
        return Finding::skip(CHECK, format!("{} has a name that cannot be looked up", above.display()));
    };
    // SAFETY: the path is a C string that outlives the call.
    let allowed = unsafe { libc::access(path.as_ptr(), libc::W_OK | libc::X_OK) } == 0;
    if allowed && above.is_dir() {
        return Finding::ok(CHECK, format!("{} is not there yet; the first start makes it", data.display()));
    }
    let what = format!("{} is not there, and cannot be made in {}", data.display(), above.display());
    let mend = "Make it for the server's user, or choose another folder with --data.";
    Finding::fail(CHECK, what, "The server does not start.", mend)
}

/// Others of this machine who can read keys.
fn private(data: &Path, mode: u32) -> Option<Finding> {
    if mode & 0o077 == 0 {
        return None;
    }
    let open = |name: &&str| fs::metadata(data.join(name)).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    let readable: Vec<&str> = SECRETS.into_iter().filter(open).collect();
    if readable.is_empty() {
        return None;
    }
    let what = format!("other users of this machine can read {} in {}", readable.join(", "), data.display());
    let why = "Whoever reads the keys can sign tokens, sign requests and pretend to be this server.";
    let mend = format!("`chmod -R go= {}`; if others may have read them, replace the keys.", data.display());
    Some(Finding::fail(CHECK, what, why, mend))
}

fn free(path: &Path) -> Option<Finding> {
    let name = CString::new(path.as_os_str().as_bytes()).ok()?;
    // SAFETY: plain data, for which zero is a value.
    let mut room: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path is a C string and the pointer is to a local; both outlive the call.
    if unsafe { libc::statvfs(name.as_ptr(), &mut room) } != 0 {
        return None;
    }
    Some(judge_free(room.f_bavail * room.f_frsize, path))
}

fn judge_free(bytes: u64, path: &Path) -> Finding {
    let what = format!("{} MiB free under {}", bytes / 1024 / 1024, path.display());
    let why = "When the disk is full, nobody can be admitted and no call begins: what cannot be stored is not done.";
    let mend = "Delete something, or move the data folder to a larger disk (stop the server, copy it, --data).";
    match bytes {
        0..FREE_FAIL => Finding::fail(CHECK, what, why, mend),
        FREE_FAIL..FREE_WARN => Finding::warn(CHECK, what, why, mend),
        _ => Finding::ok(CHECK, what),
    }
}

async fn database(subject: &Subject) -> Option<Finding> {
    let database = subject.config.database.clone().unwrap_or_else(|| database_file(&subject.data));
    if let Some(other) = other_database(&subject.data, &database) {
        let what = format!("{} belongs to the database {other}, not to {database}", subject.data.display());
        let why = "Neither the server nor a command starts with another database than the folder's.";
        return Some(Finding::fail(CHECK, what, why, "Give the right one as --database or CONVENE_DATABASE."));
    }
    if database.path().is_some_and(|path| !path.exists()) {
        return None;
    }
    let mend = match database {
        Database::File(_) => "Stop the server, keep a copy of the folder, and restore the last backup.",
        Database::Server(_) => "Mend what the message names; `psql` with the same address must come in.",
    };
    let store = match AnyStore::open_to_look(&database).await {
        Ok(store) => store,
        Err(error) => return Some(Finding::fail(CHECK, error.to_string(), "The server does not start.", mend)),
    };
    if let AnyStore::Postgres(store) = &store
        && subject.running.is_none()
        && store.is_held().await.unwrap_or(false)
    {
        let what = format!("another server, with another data folder, runs on the database {database}");
        let mend = "Stop that server, or give this one a database of its own.";
        return Some(Finding::fail(
            CHECK,
            what,
            "One server at a time works on a database; this one would not start.",
            mend,
        ));
    }
    let looked = store.damage().await;
    store.close().await;
    Some(match looked {
        Ok(damage) if damage.is_empty() => match &database {
            Database::File(path) => Finding::ok(CHECK, format!("{} is whole", path.display())),
            Database::Server(url) => Finding::ok(CHECK, format!("the database {url} answers")),
        },
        Ok(damage) => {
            let what = format!("{database} is damaged: {}", damage.join("; "));
            Finding::fail(CHECK, what, "Users, keys and meetings may be lost.", mend)
        }
        Err(error) => Finding::fail(CHECK, error.to_string(), "The server cannot read it either.", mend),
    })
}

/// A process that holds the folder, though no server answers on it.
fn lock(subject: &Subject) -> Option<Finding> {
    if subject.running.is_some() || subject.silent.is_some() {
        return None;
    }
    let file = OpenOptions::new().write(true).open(subject.data.join("lock")).ok()?;
    match file.try_lock() {
        // Given back with the file.
        Ok(()) => None,
        Err(_) => {
            let what = format!("a process holds {}, but answers nothing on control.sock", subject.data.display());
            let why = "No other server can start on it, and the command line cannot administer it.";
            let mend = "It may just be starting; otherwise `fuser` on the folder's file `lock` shows which process it is: stop it.";
            Some(Finding::fail(CHECK, what, why, mend))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_disk_that_fills_up_is_told_before_it_is_full() {
        let state = |bytes| judge_free(bytes, Path::new("/data")).state;
        assert_eq!(state(2 * FREE_WARN), State::Ok);
        assert_eq!(state(FREE_WARN - 1), State::Warn);
        assert_eq!(state(FREE_FAIL - 1), State::Fail);
    }

    #[test]
    fn keys_that_others_can_read_are_named_by_file() {
        let data = std::env::temp_dir().join(format!("convene-doctor-modes-{}", std::process::id()));
        fs::create_dir_all(&data).unwrap();
        for (name, mode) in [("convene.db", 0o644), ("control.sock", 0o600)] {
            fs::write(data.join(name), "").unwrap();
            fs::set_permissions(data.join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let found = private(&data, 0o755).unwrap();
        assert!(found.what.contains("convene.db in") && !found.what.contains("control.sock"), "{found:?}");
        assert_eq!(private(&data, 0o700), None, "a closed folder keeps what is in it");
        fs::remove_dir_all(&data).unwrap();
    }
}
