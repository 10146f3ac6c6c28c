//! QEMU's gdb stub: a CPU's registers, those too that the monitor doesn't show. The machine is paused as
//! long as this is connected.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use super::Control;

/// How long QEMU may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// Bytes that are asked for at once.
const PIECE: usize = 0xF00;
/// Longest answer.
const MOST_BYTES: usize = 1 << 20;
/// The program counter's number in the target's core registers, which come first.
const PC: usize = 32;

/// A connection to the stub.
pub struct Gdb {
    stream: UnixStream,
    /// The description of the system registers.
    registers: String,
}

impl Gdb {
    /// Starts the stub on a socket of this name, and connects.
    ///
    /// # Errors
    /// If QEMU doesn't answer, or describes no system registers.
    pub fn connect(control: &mut Control, socket: &Path) -> anyhow::Result<Self> {
        let socket_name = socket.to_str().context("a path isn't UTF-8")?;
        control.start_gdb(socket_name)?;
        let stream = UnixStream::connect(socket).context("can't reach QEMU's gdb stub")?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        stream.set_write_timeout(Some(ANSWER_LIMIT))?;
        let mut gdb = Self {
            stream,
            registers: String::new(),
        };
        // The list of descriptions makes QEMU prepare them.
        gdb.description("target.xml")?;
        gdb.registers = gdb.description("system-registers.xml")?;
        Ok(gdb)
    }

    /// Looks at this CPU from now on.
    ///
    /// # Errors
    /// If QEMU doesn't answer, or there is none.
    pub fn look_at(&mut self, cpu: usize) -> anyhow::Result<()> {
        let answer = self.ask(&format!("Hg{:x}", cpu + 1))?;
        ensure!(answer == "OK", "QEMU's gdb stub knows no CPU {cpu}");
        Ok(())
    }

    /// The CPU's program counter.
    ///
    /// # Errors
    /// If QEMU doesn't answer.
    pub fn program_counter(&mut self) -> anyhow::Result<u64> {
        self.numbered(PC)
    }

    /// A system register by Arm's name in capitals, such as `VTTBR_EL2`.
    ///
    /// # Errors
    /// If QEMU doesn't answer or know it.
    pub fn register(&mut self, name: &str) -> anyhow::Result<u64> {
        let number = number(&self.registers, name);
        self.numbered(number.with_context(|| format!("QEMU's gdb stub has no {name}"))?)
    }

    fn numbered(&mut self, number: usize) -> anyhow::Result<u64> {
        let answer = self.ask(&format!("p{number:x}"))?;
        let word = u64::from_str_radix(&answer, 16);
        let word = word.with_context(|| format!("register {number} reads '{answer}'"))?;
        // Bytes as they lie in the target's memory.
        Ok(word.swap_bytes())
    }

    /// A description of registers by its file's name.
    fn description(&mut self, file: &str) -> anyhow::Result<String> {
        let mut all = String::new();
        loop {
            let from = all.len();
            let answer = self.ask(&format!("qXfer:features:read:{file}:{from:x},{PIECE:x}"))?;
            let Some((kind, text)) = answer.split_at_checked(1) else {
                bail!("QEMU's gdb stub has no {file}");
            };
            all.push_str(text);
            match kind {
                "m" if !text.is_empty() && all.len() < MOST_BYTES => {}
                "l" => return Ok(all),
                _ => bail!("QEMU's gdb stub has no {file}: {answer}"),
            }
        }
    }

    /// Sends a packet and returns the answer's text.
    fn ask(&mut self, words: &str) -> anyhow::Result<String> {
        let sum = words.bytes().fold(0_u8, u8::wrapping_add);
        write!(self.stream, "${words}#{sum:02x}")?;
        while self.byte()? != b'$' {}
        let mut answer = Vec::new();
        loop {
            match self.byte()? {
                b'#' => break,
                // What follows is escaped.
                b'}' => answer.push(self.byte()? ^ 0x20),
                byte if answer.len() < MOST_BYTES => answer.push(byte),
                _ => bail!("QEMU's gdb stub doesn't stop talking"),
            }
        }
        let _checksum = [self.byte()?, self.byte()?];
        self.stream.write_all(b"+")?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    fn byte(&mut self) -> anyhow::Result<u8> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte)?;
        Ok(byte[0])
    }
}

impl Drop for Gdb {
    /// Lets the machine go on.
    fn drop(&mut self) {
        // One that doesn't answer has ended, or is about to be.
        let _ = self.ask("D");
    }
}

/// The number of a register in a description: `<reg name="VTTBR_EL2" bitsize="64" regnum="201"/>`.
fn number(description: &str, name: &str) -> Option<usize> {
    let start = description.find(&format!("<reg name=\"{name}\""))?;
    let (element, _) = description[start..].split_once('>')?;
    let (_, rest) = element.split_once("regnum=\"")?;
    rest.split_once('"')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_registers_number_is_in_its_description() {
        let text = "<feature><reg name=\"VTTBR_EL2_X\" regnum=\"7\"/><reg name=\"VTTBR_EL2\" \
                    bitsize=\"64\" regnum=\"201\" type=\"int\"/></feature>";
        assert_eq!(number(text, "VTTBR_EL2"), Some(201));
        assert_eq!(number(text, "VBAR_EL1"), None);
    }
}
