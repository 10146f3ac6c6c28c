//! QEMU's control socket (QMP): JSON objects, one a line, in both directions.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

/// How long QEMU may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// A connection to QEMU's control socket, ready for commands.
pub struct Control {
    stream: BufReader<UnixStream>,
}

impl Control {
    /// Connects to the socket.
    ///
    /// # Errors
    /// If QEMU doesn't listen or doesn't answer in time.
    pub fn connect(socket: &Path) -> anyhow::Result<Self> {
        let stream = UnixStream::connect(socket).context("can't reach QEMU's control socket")?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        stream.set_write_timeout(Some(ANSWER_LIMIT))?;
        let mut control = Self {
            stream: BufReader::new(stream),
        };
        control.message()?; // its greeting
        control.execute("qmp_capabilities", &json!({}))?;
        Ok(control)
    }

    /// Writes what the display shows as PNG (QEMU 7.1 and later).
    ///
    /// # Errors
    /// With QEMU's own words, if it can't.
    pub fn screendump(&mut self, file: &Path) -> anyhow::Result<()> {
        let arguments = json!({ "filename": file, "format": "png" });
        self.execute("screendump", &arguments)
            .with_context(|| format!("can't take the screenshot {}", file.display()))?;
        Ok(())
    }

    /// Writes `size_bytes` of the machine's memory from a physical address on to a file.
    ///
    /// # Errors
    /// With QEMU's own words, if it can't.
    pub fn save_memory(&mut self, base: u64, size_bytes: u64, file: &Path) -> anyhow::Result<()> {
        let arguments = json!({ "val": base, "size": size_bytes, "filename": file });
        self.execute("pmemsave", &arguments)
            .with_context(|| format!("can't read the machine's memory at {base:#x}"))?;
        Ok(())
    }

    /// The 32-bit word at a physical address, as a bus access of that size reads it: of a device's
    /// register its present value. The board notices nothing of it, unless reading changes the
    /// register.
    ///
    /// # Errors
    /// With QEMU's own words, if nothing is there.
    pub fn word(&mut self, address: u64) -> anyhow::Result<u32> {
        let text = self.monitor(&format!("xp /1wx {address:#x}"))?;
        shown_word(&text).with_context(|| format!("can't read {address:#x}: {}", text.trim()))
    }

    /// What the monitor shows of all CPUs' registers. They go on meanwhile.
    ///
    /// # Errors
    /// If QEMU doesn't answer.
    pub fn registers(&mut self) -> anyhow::Result<String> {
        self.monitor("info registers -a")
    }

    /// Starts the gdb stub on a socket of this name. The machine goes on until somebody connects.
    ///
    /// # Errors
    /// If QEMU doesn't answer.
    pub fn start_gdb(&mut self, socket: &str) -> anyhow::Result<()> {
        self.monitor(&format!("gdbserver unix:{socket},server=on,wait=off"))
            .map(drop)
    }

    /// Ends QEMU.
    ///
    /// # Errors
    /// If it doesn't answer.
    pub fn quit(&mut self) -> anyhow::Result<()> {
        self.execute("quit", &json!({}))?;
        Ok(())
    }

    /// What the monitor for people says to a command.
    fn monitor(&mut self, words: &str) -> anyhow::Result<String> {
        let command = json!({ "command-line": words });
        let answer = self.execute("human-monitor-command", &command)?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    fn execute(&mut self, command: &str, arguments: &Value) -> anyhow::Result<Value> {
        let mut line = json!({ "execute": command, "arguments": arguments }).to_string();
        line.push('\n');
        self.stream.get_mut().write_all(line.as_bytes())?;
        loop {
            let mut answer = self.message()?;
            if let Some(error) = answer.get("error") {
                bail!(
                    "QEMU: {}",
                    error["desc"].as_str().unwrap_or("unknown error")
                );
            }
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
            // Anything else is an event that nobody asked for.
        }
    }

    fn message(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            bail!("QEMU closed its control socket");
        }
        serde_json::from_str(&line).context("QEMU's answer isn't JSON")
    }
}

/// The word in what the monitor's `xp` prints: `0000000009030020: 0x00000008`.
fn shown_word(text: &str) -> Option<u32> {
    let (_, word) = text.trim().split_once(": 0x")?;
    u32::from_str_radix(word, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::shown_word;

    #[test]
    fn a_word_is_taken_from_the_monitors_line() {
        let line = "0000000009030020: 0x00000028\r\n";
        assert_eq!(shown_word(line), Some(0x28));
        assert_eq!(shown_word("Cannot access memory\r\n"), None);
    }
}
