//! `convene serve` with a certificate of the operator's: what is wrong with it is said, and SIGHUP reads it again.

mod process;

use process::{Folder, refusal};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};

/// A server whose log can be read.
struct Logging {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Logging {
    /// Starts it with the two files, and waits until it is ready.
    fn start(folder: &Folder, files: [&PathBuf; 2]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_convene"))
            .args(["serve", "--listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0", "--data"])
            .arg(&folder.0)
            .args(["--tls-cert".as_ref(), files[0].as_os_str(), "--tls-key".as_ref(), files[1].as_os_str()])
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        assert!(line.starts_with("Convene is ready"), "{line}");
        let log = BufReader::new(child.stderr.take().expect("piped")).lines();
        Self { child, log }
    }

    fn hang_up(&self) {
        let pid = i32::try_from(self.child.id()).expect("a pid");
        // SAFETY: it signals a process that this test has started and not yet waited for.
        assert_eq!(unsafe { libc::kill(pid, libc::SIGHUP) }, 0);
    }

    /// The first line of the log from here on that has these words.
    fn until(&mut self, words: &str) -> String {
        let mut lines = self.log.by_ref().map(|line| line.expect("text"));
        lines.find(|line| line.contains(words)).unwrap_or_else(|| panic!("the server ended without saying {words:?}"))
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A certificate and its key.
fn pair(until_year: i32) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["meet.example.org".to_owned()]).expect("a name");
    params.not_after = date_time_ymd(until_year, 1, 1);
    (params.self_signed(&key).expect("signed").pem(), key.serialize_pem())
}

#[test]
fn sighup_reads_the_files_again_and_a_broken_one_is_named_while_the_old_one_is_served() {
    let (folder, files) = (Folder::new(), Folder::new());
    fs::create_dir_all(&files.0).expect("a folder");
    let (certificate, key) = (files.0.join("cert.pem"), files.0.join("key.pem"));
    let write = |(own, secret): (String, String)| {
        fs::write(&certificate, own).and_then(|()| fs::write(&key, secret)).expect("written");
    };
    write(pair(2050));
    let mut server = Logging::start(&folder, [&certificate, &key]);
    fs::write(&key, pair(2050).1).expect("written");
    server.hang_up();
    server.until("SIGHUP");
    let refused = server.until("the old one is served on");
    assert!(refused.contains("key.pem (--tls-key) cannot be used: it does not belong to the certificate"), "{refused}");
    write(pair(2051));
    server.hang_up();
    let taken = server.until("the new one is served");
    assert!(taken.contains("2051-01-01"), "{taken}");
}

#[test]
fn a_server_does_not_start_with_a_certificate_that_cannot_be_served() {
    let (folder, files) = (Folder::new(), Folder::new());
    fs::create_dir_all(&files.0).expect("a folder");
    let (certificate, key) = (files.0.join("cert.pem"), files.0.join("key.pem"));
    let (old, old_key) = pair(2001);
    fs::write(&certificate, old).and_then(|()| fs::write(&key, old_key)).expect("written");
    let (certificate, key) = (certificate.to_str().expect("text"), key.to_str().expect("text"));
    let serve = ["serve", "--listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0", "--tls-cert", certificate];
    let text = refusal(&folder.0, &[&serve[..], &["--tls-key", key]].concat());
    assert!(text.contains("cert.pem (--tls-cert) cannot be used: it expired at 2001-01-01"), "{text}");
    let text = refusal(&folder.0, &[&serve[..], &["--tls-key", "/no/such/key.pem"]].concat());
    assert!(text.contains("/no/such/key.pem (--tls-key) cannot be used: there is no such file"), "{text}");
    assert!(refusal(&folder.0, &serve).contains("--tls-cert needs its key"));
}
