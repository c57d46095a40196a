//! The one place that asks what time it is, and the one source of randomness.

use convene_model::{Now, Random, WallMs};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The process's clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// A clock whose monotonic time starts now.
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// The time now.
    pub fn now(&self) -> Now {
        Now { mono: self.started.elapsed(), wall: wall_now() }
    }

    /// The instant at a monotonic time, for timers.
    pub fn instant(&self, mono: std::time::Duration) -> Instant {
        self.started + mono
    }
}

/// The time of day.
pub fn wall_now() -> WallMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    WallMs::try_from(since.as_millis()).unwrap_or(WallMs::MAX)
}

/// The time of day for what lasts for days; it can be put forward, so that tests need not wait for them.
#[derive(Clone, Debug, Default)]
pub struct WallClock {
    ahead_ms: Arc<AtomicI64>,
}

impl WallClock {
    /// The time now.
    pub fn now(&self) -> WallMs {
        wall_now() + self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Puts it forward, for all who hold it.
    pub fn put_forward(&self, by: Duration) {
        self.ahead_ms.fetch_add(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::Relaxed);
    }
}

/// The operating system's randomness, through a generator that is fit for keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}
