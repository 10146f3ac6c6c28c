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
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .with_context(|| {
                let program = program.display();
                format!("can't start {program}; `cargo paratia setup` gets one")
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

    /// The time of this machine's CPUs that it has spent, where that can be known (Linux).
    #[must_use]
    pub fn time_spent(&self) -> Option<Duration> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        time_in(&text)
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

/// User and system time in `/proc/PID/stat`: fields 14 and 15, of which the second may hold blanks (proc(5)).
/// Their unit is a hundredth of a second on every architecture.
fn time_in(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut field = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (field()? + field()?)))
}

fn read_all(mut pipe: ChildStderr) -> String {
    let mut bytes = Vec::new();
    // What came before an error is still worth showing.
    let _ = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_spent_is_user_and_system_time() {
        let stat = "71 (qemu) system) S 1 71 71 0 -1 4194304 1 0 2 0 250 30 0 0 20 0 4 0 9 8";
        assert_eq!(time_in(stat), Some(Duration::from_millis(2_800)));
        assert_eq!(time_in("71 (qemu"), None);
    }
}
