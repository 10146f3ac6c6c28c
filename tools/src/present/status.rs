//! Progress of set-up and builds: one line that changes on a terminal, plain lines elsewhere.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

use paratia::progress::Progress;

use super::paint::{DIM, PLAIN};

/// Columns that the changing line may take.
const WIDTH: usize = 78;

/// Shows progress on standard error.
pub(crate) struct Status {
    live: bool,
    step: String,
    started: Instant,
}

impl Status {
    pub(crate) fn new() -> Self {
        Self {
            live: stderr().is_terminal(),
            step: String::new(),
            started: Instant::now(),
        }
    }

    fn seconds(&self) -> f32 {
        self.started.elapsed().as_secs_f32()
    }

    /// Writes over the changing line. There is nobody to tell if that fails.
    fn rewrite(text: &str) {
        let mut out = anstream::stderr().lock();
        let _ = write!(out, "\r\x1b[K{text}");
        let _ = out.flush();
    }
}

impl Progress for Status {
    fn begin(&mut self, step: &str) {
        step.clone_into(&mut self.step);
        self.started = Instant::now();
        if self.live {
            Self::rewrite(step);
        } else {
            anstream::eprintln!("{step} ...");
        }
    }

    fn detail(&mut self, text: &str) {
        if self.live {
            let line = format!("{} {:.1} s  {text}", self.step, self.seconds());
            let line: String = line.chars().take(WIDTH).collect();
            Self::rewrite(&line);
        }
    }

    fn part(&mut self, text: &str, time: Duration) {
        if !self.live {
            let seconds = time.as_secs_f32();
            anstream::eprintln!("{DIM}- {text}: {seconds:.1} s{PLAIN}");
        }
    }

    fn done(&mut self) {
        if self.live {
            Self::rewrite("");
        }
        anstream::eprintln!("{DIM}{}: {:.1} s{PLAIN}", self.step, self.seconds());
    }
}

impl Drop for Status {
    /// Leaves no half line behind after an error.
    fn drop(&mut self) {
        if self.live {
            Self::rewrite("");
        }
    }
}
