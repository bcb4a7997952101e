//! The thread that does background work beside the requests. Every server has one; leases keep two from the same work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use xueshi_registry::{Registry, Result, Stepped};

/// How often a server looks for work when it has none.
const LOOK: Duration = Duration::from_millis(500);
/// Work gives way to other work after so long.
const TURN: Duration = Duration::from_secs(2);

/// The thread, until it is stopped.
pub(super) struct Runner {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Runner {
    /// Begins to look for work.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn start(registry: impl Fn() -> Arc<Registry> + Send + 'static) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let name = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        let thread = thread::Builder::new().name("jobs".to_owned()).spawn(move || {
            while !told.load(Ordering::Relaxed) {
                match turn(&registry(), &name, &told) {
                    Ok(true) => {}
                    Ok(false) => thread::park_timeout(LOOK),
                    Err(why) => {
                        tracing::error!(?why, "background work failed");
                        thread::park_timeout(LOOK);
                    }
                }
            }
        })?;
        Ok(Self { stop, thread })
    }

    /// Stops after the step under way; another server, or this one when it is back, goes on.
    pub(super) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        // A thread that panicked has said so.
        let _ = self.thread.join();
    }
}

/// Does some work; whether there was any.
fn turn(registry: &Registry, name: &str, told: &AtomicBool) -> Result<bool> {
    let Some(job) = registry.claim_job(name)? else { return Ok(false) };
    let began = Instant::now();
    loop {
        match registry.step_job(name, job)? {
            Stepped::Goes if told.load(Ordering::Relaxed) || began.elapsed() > TURN => {
                registry.release_job(name, job)?;
                return Ok(true);
            }
            Stepped::Goes => {}
            Stepped::Ended | Stepped::Failed | Stepped::Lost => return Ok(true),
        }
    }
}
