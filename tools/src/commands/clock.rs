//! `--clock TIME`: what emulated clocks show when the schedule begins.

use std::str::FromStr;
use std::time::SystemTime;

use anyhow::{Context as _, ensure};

/// Seconds since 1970-01-01T00:00:00Z; the clock has 32 bits of them, and a run may take some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock(u64);

impl Clock {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(super) fn seconds(self) -> u64 {
        self.0
    }
}

impl FromStr for Clock {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let time = humantime::parse_rfc3339_weak(text).with_context(|| {
            format!("'{text}' is no time; write one such as 2026-07-01 12:00:00")
        })?;
        let seconds = time
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |time| time.as_secs());
        ensure!(
            seconds < 1 << 32,
            "'{text}' is later than the clock can show; it ends with 2106-02-07 06:28:15"
        );
        Ok(Self(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_or_refused_in_words() {
        for (text, seconds) in [
            ("2026-01-01 00:00:00", paratia_config::run::CLOCK),
            ("2026-01-01T00:00:01Z", paratia_config::run::CLOCK + 1),
            ("1970-01-01 00:00:00", 0),
        ] {
            assert_eq!(text.parse::<Clock>().unwrap().seconds(), seconds, "{text}");
        }
        for (text, why) in [
            (
                "noon",
                "'noon' is no time; write one such as 2026-07-01 12:00:00",
            ),
            (
                "2106-02-07 06:28:16",
                "'2106-02-07 06:28:16' is later than the clock can show; it ends with 2106-02-07 06:28:15",
            ),
        ] {
            assert_eq!(text.parse::<Clock>().unwrap_err().to_string(), why);
        }
    }
}
