//! A board on QEMU that moves from one moment of board time to the next, and says what it has to say by then.
//!
//! QEMU writes what the board's UART sends before it goes on, so once the gate holds it all of it is there to be
//! read; that makes what is heard by a communication point a matter of board time alone.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use paratia::catalog::Choice;
use paratia::log::{Decoder, Splitter};
use paratia::qemu::{self, Machine};
use paratia::run::{Lines, Record, Sight};
use paratia::unit;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::wire::Wire;

/// How long QEMU may take to come up.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a step may take on the wall, beside what is due to its length.
const STEP_LIMIT: Duration = Duration::from_secs(60);
/// How much longer a step may take on the wall than on the board.
const SLOWEST: u32 = 100;

/// A board that is held.
pub struct Board {
    child: Child,
    program: PathBuf,
    wire: Wire,
    serial: ChildStdout,
    splitter: Splitter,
    record: Record,
    lines: Option<Lines>,
    time_ns: u64,
}

impl Board {
    /// Starts QEMU for the image in the unit's `resources`, and holds it before its first instruction. Events go
    /// to the file `event_log`, if one is named.
    ///
    /// # Errors
    /// If the log can't be written, there is no QEMU that serves, or it doesn't come up.
    pub fn start(
        choice: Choice,
        resources: &Path,
        event_log: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let names = resources.join(unit::NAMES);
        let elf = fs::read(&names).with_context(|| format!("can't read {}", names.display()))?;
        let record = Record::new(choice, Decoder::new(&elf)?);
        let lines = event_log.map(|it| Lines::create(it, &choice)).transpose()?;
        let mut machine = Machine::for_board(choice.listed);
        let program = qemu::version::program(machine.least_version)?;

        // QEMU needs nothing of it any more once the board is held.
        let folder = tempfile::Builder::new().prefix("paratia-").tempdir()?;
        let socket = folder.path().join("gate");
        let listener = UnixListener::bind(&socket)
            .with_context(|| format!("can't listen at {}", socket.display()))?;
        machine.extra.push("-plugin".to_owned());
        machine.extra.push(format!(
            "file={},socket={}",
            optioned(&resources.join(unit::STEPPER))?,
            optioned(&socket)?
        ));
        let image = resources.join(unit::IMAGE);
        let mut child = Command::new(&program)
            .args(machine.arguments(&image, &folder.path().join("qmp")))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // What a terminal sends to the importer isn't for it: it ends with the connection.
            .process_group(0)
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        let serial = child.stdout.take().context("QEMU has no standard output")?;
        rustix::io::ioctl_fionbio(&serial, true)?;
        let connected = connect(&listener, &mut child).and_then(|mut wire| {
            let time_ns = wire.held()?;
            ensure!(
                time_ns == 0,
                "the board begins at {time_ns} ns rather than 0"
            );
            Ok(wire)
        });
        let wire = match connected {
            Ok(wire) => wire,
            Err(error) => {
                let said = last_words(&mut child);
                return Err(error.context(format!("{}: {said}", program.display())));
            }
        };
        Ok(Self {
            child,
            program,
            wire,
            serial,
            splitter: Splitter::new(),
            record,
            lines,
            time_ns: 0,
        })
    }

    /// Board time in ns.
    pub fn time_ns(&self) -> u64 {
        self.time_ns
    }

    /// Whether the board has ended by itself, and how.
    pub fn ended(&self) -> Option<String> {
        self.record.outcome().map(ToString::to_string)
    }

    /// Goes on to a moment of board time, and shows what was heard by then to `observer`.
    ///
    /// # Errors
    /// If QEMU ends, stands still, or is held at another moment.
    pub fn go_to(
        &mut self,
        time_ns: u64,
        observer: &mut dyn FnMut(Sight<'_>),
    ) -> anyhow::Result<()> {
        let length = Duration::from_nanos(time_ns.saturating_sub(self.time_ns));
        let limit = STEP_LIMIT.saturating_add(length.saturating_mul(SLOWEST));
        let began = Instant::now();
        let gone = self.wire.go_to(time_ns);
        gone.map_err(|error| self.gone(error.into()))?;
        let second = Timespec {
            tv_sec: 1,
            tv_nsec: 0,
        };
        loop {
            let serial = PollFd::from_borrowed_fd(self.serial.as_fd(), PollFlags::IN);
            let mut watched = [self.wire.poll(), serial];
            let ready = poll(&mut watched, Some(&second));
            let [is_held, is_heard] = watched.map(|it| !it.revents().is_empty());
            match ready {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if is_heard {
                self.hear(observer)?;
            }
            if is_held {
                break;
            }
            ensure!(
                began.elapsed() < limit,
                "board time stands still somewhere between {} and {time_ns} ns: the step has taken {} s on the wall; \
                 a partition may take exception after exception without completing an instruction",
                self.time_ns,
                limit.as_secs()
            );
        }
        let held = self.wire.held();
        let held = held.map_err(|error| self.gone(error.into()))?;
        self.hear(observer)?;
        ensure!(
            held == time_ns,
            "the board is held at {held} ns rather than {time_ns} ns"
        );
        self.time_ns = held;
        Ok(())
    }

    /// The memory at a physical address, unless it is as it was when it was last asked for.
    ///
    /// # Errors
    /// If QEMU has ended.
    pub fn changed(&mut self, address: u64, length: usize) -> anyhow::Result<Option<Vec<u8>>> {
        let changed = self.wire.changed(address, length);
        changed.map_err(|error| self.gone(error.into()))
    }

    /// Writes a word of memory at a physical address, the lowest byte first.
    ///
    /// # Errors
    /// If QEMU has ended.
    pub fn write(&mut self, address: u64, word: u64) -> anyhow::Result<()> {
        let written = self.wire.write(address, &word.to_le_bytes());
        written.map_err(|error| self.gone(error.into()))
    }

    /// Ends it, and completes the log.
    ///
    /// # Errors
    /// If the log couldn't be written.
    pub fn end(mut self) -> anyhow::Result<()> {
        self.lines.take().map_or(Ok(()), Lines::finish)
    }

    /// Takes what the board has sent by now.
    fn hear(&mut self, observer: &mut dyn FnMut(Sight<'_>)) -> anyhow::Result<()> {
        let mut chunk = [0; 16 * 1024];
        loop {
            let count = match self.serial.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            let lines = &mut self.lines;
            for piece in self.splitter.push(&chunk[..count]) {
                self.record.take(piece, &mut |sight| {
                    if let Some(lines) = lines {
                        lines.take(sight);
                    }
                    observer(sight);
                });
            }
            self.record.forget_events();
        }
    }

    /// Why QEMU isn't there any more.
    fn gone(&mut self, error: anyhow::Error) -> anyhow::Error {
        let said = last_words(&mut self.child);
        error.context(format!(
            "QEMU ended after {} ns of board time: {}",
            self.time_ns,
            qemu::version::ended(&self.program, &said, "its connection closed")
        ))
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // Both fail only if it has ended and been waited for already.
    let _ = child.kill();
    let _ = child.wait();
}

/// What it complained about; it ends, if it hasn't.
fn last_words(child: &mut Child) -> String {
    end(child);
    let mut said = String::new();
    if let Some(mut pipe) = child.stderr.take() {
        let mut bytes = Vec::new();
        // What came before an error is still worth showing.
        let _ = pipe.read_to_end(&mut bytes);
        said = String::from_utf8_lossy(&bytes).trim().to_owned();
    }
    said
}

/// Waits for the plugin to connect.
fn connect(listener: &UnixListener, child: &mut Child) -> anyhow::Result<Wire> {
    listener.set_nonblocking(true)?;
    let until = Instant::now() + START_LIMIT;
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                return Ok(Wire::new(stream));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(status) = child.try_wait()? {
            bail!("QEMU ended before the board was there ({status})");
        }
        ensure!(
            Instant::now() < until,
            "QEMU has loaded no stepper within {} s",
            START_LIMIT.as_secs()
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A path as QEMU's options take it: a comma is doubled.
fn optioned(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path)?;
    let text = path.to_str().context("a path isn't UTF-8")?;
    Ok(text.replace(',', ",,"))
}
