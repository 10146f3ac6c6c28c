//! Ctrl-C, SIGTERM and SIGHUP as a flag, so that a run ends in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

/// Exit status after an interruption: 128 and the number of SIGINT, as shells do it.
pub(crate) const EXIT_STATUS: u8 = 130;

/// A flag that is set when somebody asks for the end.
pub(crate) fn flag() -> anyhow::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    ctrlc::set_handler(move || seen.store(true, Ordering::Relaxed))
        .context("can't listen for Ctrl-C")?;
    Ok(flag)
}
