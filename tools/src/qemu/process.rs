//! A QEMU process that never outlives us.
//!
//! Three nets, one below the other: dropping a [`Process`] kills it; the command's signal handler
//! ends a run so that it is dropped; and where `setpriv` exists (util-linux, on every Debian) the
//! kernel kills QEMU when the thread that started it is gone, even by SIGKILL. QEMU gets a process
//! group of its own, so that Ctrl-C reaches it only through us.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// How often a process is asked whether it has ended.
const POLL: Duration = Duration::from_millis(5);

/// A running QEMU.
pub struct Process {
    child: Child,
    complaints: Option<thread::JoinHandle<String>>,
}

impl Process {
    /// Starts QEMU, which is `program`, and returns it with its serial output.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start(program: &Path, arguments: &[OsString]) -> anyhow::Result<(Self, ChildStdout)> {
        let mut child = command(program)
            .args(arguments)
            // A board with sound stays silent (until QEMU 8.1; later ones have an option).
            .env("QEMU_AUDIO_DRV", "none")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .with_context(|| {
                let program = program.display();
                format!("can't start {program}; `cargo paratia setup` installs it")
            })?;
        let output = child.stdout.take().context("QEMU has no standard output")?;
        let complaints = child
            .stderr
            .take()
            .map(|pipe| thread::spawn(|| read_all(pipe)));
        Ok((Self { child, complaints }, output))
    }

    /// Its serial input, once; until it is taken or the process dropped, nothing comes in.
    pub fn input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Its exit status, if it has ended.
    pub fn status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits up to `limit` for it to end, then kills it.
    pub fn end_within(&mut self, limit: Duration) {
        let until = Instant::now() + limit;
        while self.status().is_none() && Instant::now() < until {
            thread::sleep(POLL);
        }
        self.kill();
    }

    /// What QEMU itself complained about; kills it if it still runs.
    pub fn complaints(&mut self) -> String {
        self.kill();
        self.complaints
            .take()
            .and_then(|thread| thread.join().ok())
            .unwrap_or_default()
    }

    fn kill(&mut self) {
        // Both fail only if it has ended and been waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// QEMU, started through `setpriv` where that can tie its life to ours.
fn command(program: &Path) -> Command {
    if !can_tie_lives() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

fn can_tie_lives() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let mut probe = Command::new("setpriv");
        probe
            .args(["--pdeathsig", "KILL", "--", "true"])
            .stdin(Stdio::null());
        probe.output().is_ok_and(|output| output.status.success())
    })
}

fn read_all(mut pipe: ChildStderr) -> String {
    let mut bytes = Vec::new();
    // What came before an error is still worth showing.
    let _ = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
