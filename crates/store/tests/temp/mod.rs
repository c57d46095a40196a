//! A folder of its own for each test, removed at its end.

use std::{
    fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
};

static NEXT: AtomicU64 = AtomicU64::new(0);

pub struct TempFolder {
    pub path: PathBuf,
}

impl TempFolder {
    pub fn new() -> Self {
        let name = format!("convene-store-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("a fresh folder for the test");
        Self { path }
    }

    /// Where the data file of the test goes; its folder is not there yet.
    pub fn file(&self) -> PathBuf {
        self.path.join("data").join("convene.db")
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
