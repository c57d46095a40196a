//! `convene ca trust` and `ca untrust`: the local CA among the certificates that this machine's programs trust.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a kind of system keeps what its administrator trusts, and what it runs after a change there.
struct Kind {
    folder: &'static str,
    update: &'static [&'static str],
}

const KINDS: [Kind; 3] = [
    // Debian, Ubuntu, Alpine.
    Kind { folder: "usr/local/share/ca-certificates", update: &["update-ca-certificates"] },
    // Fedora, RHEL.
    Kind { folder: "etc/pki/ca-trust/source/anchors", update: &["update-ca-trust", "extract"] },
    // Arch.
    Kind { folder: "etc/ca-certificates/trust-source/anchors", update: &["update-ca-trust"] },
];

const NAME: &str = "convene-local-ca.crt";

/// The name of the certificate in Chromium's database.
const NICKNAME: &str = "Convene local CA";

/// Puts the certificate `ca` among those that this machine trusts; returns what to tell the person.
///
/// # Errors
/// A sentence: no known kind of system, no rights (with the commands to type), or another server's CA is there.
pub(super) fn trust(ca: &Path) -> Result<String, String> {
    let kind = kind(Path::new("/"))?;
    let place = place(Path::new("/"), kind);
    match copy(ca, &place) {
        Ok(true) => run(kind.update)?,
        // There already: then only the browser's list of this user is left, which needs no root.
        Ok(false) => {}
        Err(Copy::Other) => {
            return Err(format!(
                "another server's CA is trusted already: {}. Take it out with `convene ca untrust`, then try again.",
                place.display()
            ));
        }
        Err(Copy::Io(error)) if error.kind() == io::ErrorKind::PermissionDenied => {
            let (ca, place) = (ca.display(), place.display());
            return Err(format!(
                "only root may change what this machine trusts. Type: sudo cp {ca} {place} && sudo {}",
                kind.update.join(" ")
            ));
        }
        Err(Copy::Io(error)) => return Err(format!("{} cannot be written: {error}.", place.display())),
    }
    let browsers = match in_chromium(&["-A", "-t", "C,,", "-n", NICKNAME, "-i"], Some(ca)) {
        true => "Chromium of this user trusts it, too.".to_owned(),
        false => format!(
            "Browsers have lists of their own. For Chromium install certutil (package libnss3-tools or nss-tools) and run this again as \
             the browser's user; in Firefox import {} in its settings.",
            ca.display()
        ),
    };
    Ok(format!(
        "This machine trusts the server's CA now ({}). {browsers}\nWhoever has ca-key.pem beside it can pretend to be any host to this machine: \
         `convene ca untrust` takes it back.",
        place.display()
    ))
}

/// Takes the certificate out again.
///
/// # Errors
/// A sentence.
pub(super) fn untrust() -> Result<String, String> {
    let kind = kind(Path::new("/"))?;
    let place = place(Path::new("/"), kind);
    match fs::remove_file(&place) {
        Ok(()) => run(kind.update)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(format!(
                "only root may change what this machine trusts. Type: sudo rm {} && sudo {}",
                place.display(),
                kind.update.join(" ")
            ));
        }
        Err(error) => return Err(format!("{} cannot be removed: {error}.", place.display())),
    }
    let browsers = match in_chromium(&["-D", "-n", NICKNAME], None) {
        true => "It is out of this user's Chromium, too.",
        false => "No certificate was taken out of Chromium: this user has none there, or certutil is missing.",
    };
    Ok(format!("This machine's own list has no CA of a Convene server any more. {browsers}"))
}

fn kind(root: &Path) -> Result<&'static Kind, String> {
    KINDS.iter().find(|kind| root.join(kind.folder).is_dir()).ok_or_else(|| {
        let folders = KINDS.iter().map(|kind| format!("/{}", kind.folder)).collect::<Vec<_>>().join(", ");
        format!(
            "this system keeps its certificates elsewhere than in {folders}. Install its package ca-certificates, or import \
             the file that `convene ca` prints by hand."
        )
    })
}

fn place(root: &Path, kind: &Kind) -> PathBuf {
    root.join(kind.folder).join(NAME)
}

#[derive(Debug)]
enum Copy {
    /// There is another certificate.
    Other,
    Io(io::Error),
}

/// Whether it was not there yet.
fn copy(ca: &Path, place: &Path) -> Result<bool, Copy> {
    let certificate = fs::read(ca).map_err(Copy::Io)?;
    match fs::read(place) {
        Ok(there) if there == certificate => Ok(false),
        Ok(_) => Err(Copy::Other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::write(place, certificate).map(|()| true).map_err(Copy::Io)
        }
        Err(error) => Err(Copy::Io(error)),
    }
}

fn run(update: &[&str]) -> Result<(), String> {
    let [program, arguments @ ..] = update else { return Ok(()) };
    let failed = |why: String| {
        format!("`{}` did not run: {why}. Run it by hand; the certificate is in its place.", update.join(" "))
    };
    let done = Command::new(program).args(arguments).output().map_err(|error| failed(error.to_string()))?;
    match done.status.success() {
        true => Ok(()),
        false => Err(failed(String::from_utf8_lossy(&done.stderr).trim().to_owned())),
    }
}

/// Whether Chromium's database of this user was changed. Without certutil or a home there is none that could be.
fn in_chromium(arguments: &[&str], file: Option<&Path>) -> bool {
    let Some(home) = std::env::home_dir() else { return false };
    let folder = home.join(".pki/nssdb");
    if fs::create_dir_all(&folder).is_err() {
        return false;
    }
    let database = format!("sql:{}", folder.display());
    let done = Command::new("certutil").args(["-d", &database]).args(arguments).args(file).output();
    done.is_ok_and(|done| done.status.success())
}

#[cfg(test)]
mod tests {
    use super::{Copy, copy, kind, place};
    use std::fs;
    use std::path::PathBuf;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("convene-trust-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    #[test]
    fn the_kind_of_system_is_told_by_its_folder() {
        for (at, update) in [
            ("usr/local/share/ca-certificates", "update-ca-certificates"),
            ("etc/pki/ca-trust/source/anchors", "update-ca-trust"),
        ] {
            let root = folder(update);
            assert!(kind(&root).is_err_and(|why| why.contains("ca-certificates")));
            fs::create_dir_all(root.join(at)).expect("a folder");
            assert_eq!(kind(&root).expect("known").update[0], update);
            fs::remove_dir_all(root).expect("removed");
        }
    }

    #[test]
    fn a_certificate_is_put_in_its_place_once_and_another_servers_is_left_alone() {
        let root = folder("copy");
        fs::create_dir_all(root.join("usr/local/share/ca-certificates")).expect("a folder");
        let place = place(&root, kind(&root).expect("known"));
        let (ours, theirs) = (root.join("ours.pem"), root.join("theirs.pem"));
        fs::write(&ours, "ours").expect("written");
        fs::write(&theirs, "theirs").expect("written");
        assert!(matches!(copy(&ours, &place), Ok(true)), "copied");
        assert!(matches!(copy(&ours, &place), Ok(false)), "there already");
        assert!(matches!(copy(&theirs, &place), Err(Copy::Other)));
        assert_eq!(fs::read_to_string(&place).expect("it is there"), "ours");
        fs::remove_dir_all(root).expect("removed");
    }
}
