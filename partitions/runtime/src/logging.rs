//! The `log` crate's records as lines of the partition's console.
//!
//! ```no_run
//! use paratia_runtime::log::{LevelFilter, debug, info, warn};
//! use paratia_runtime::logging;
//!
//! logging::to_console(LevelFilter::Info);
//! info!("the sensor answers");            // INFO  trip_computer: the sensor answers
//! warn!(target: "fuel", "{} %", 3);       // WARN  fuel: 3 %
//! debug!("isn't shown");
//! ```

use log::{LevelFilter, Log, Metadata, Record};

use crate::println;

/// Sends records up to the level `most` to the console from now on. A partition that never asks for it has
/// none of this in its image.
///
/// ```no_run
/// use paratia_runtime::{log, logging};
///
/// logging::to_console(log::LevelFilter::Debug);
/// ```
pub fn to_console(most: LevelFilter) {
    // Whoever asks a second time changes the level; the first logger remains.
    let _ = log::set_logger(&ToConsole);
    log::set_max_level(most);
}

/// A line for each record.
struct ToConsole;

impl Log for ToConsole {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record) {
        if self.enabled(record.metadata()) {
            let (level, target) = (record.level(), record.target());
            println!("{level:<5} {target}: {}", record.args());
        }
    }

    /// Nothing: each line is sent when it is complete.
    fn flush(&self) {}
}
