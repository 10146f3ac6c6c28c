//! QEMU's debugger port: what stands in a CPU's registers while the board stands still, those of EL2
//! included, which nothing on the board can show.
//!
//! The protocol is GDB's ("Debugging with GDB", appendix E): a packet is `$`, its text, `#` and a
//! checksum; each is answered by `+`.

use std::collections::BTreeMap;
use std::io::{BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use paratia::run::{Run, Sight};

/// How long QEMU may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);
/// Bytes of the registers' description that are asked for at once.
const PART: usize = 0xF00;

/// The system registers of each CPU by name, in the order of CPUs.
pub type Registers = Vec<BTreeMap<String, u64>>;

/// Makes a run, stops the board at the first event that `is_it`, and reads every system register that
/// QEMU shows of each CPU. The run then goes on to its end.
///
/// # Panics
/// If the event doesn't come, or QEMU doesn't answer.
#[must_use]
pub fn registers_at(run: Run, is_it: impl Fn(&paratia::log::Event) -> bool) -> Registers {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("debugger");
    let option = format!("unix:{},server=on,wait=off", socket.display());
    let run = run.qemu_argument("-gdb").qemu_argument(&option);
    let mut registers = None;
    let report = run.execute_watched(&mut |sight| {
        if let Sight::Event(event) = sight
            && registers.is_none()
            && is_it(event)
        {
            registers = Some(Debugger::connect(&socket).all_registers());
        }
    });
    let report = report.expect("QEMU starts");
    registers.unwrap_or_else(|| panic!("no such event: {}", report.outcome))
}

/// A connection, while which the board stands still.
struct Debugger {
    stream: BufReader<UnixStream>,
}

impl Debugger {
    fn connect(socket: &Path) -> Self {
        let stream = UnixStream::connect(socket).expect("QEMU listens");
        let limit = stream.set_read_timeout(Some(ANSWER_LIMIT));
        limit.expect("a limit can be set");
        let mut debugger = Self {
            stream: BufReader::new(stream),
        };
        debugger.send("qSupported:multiprocess+");
        // Some versions tell first that the board has stopped.
        while !debugger.receive().starts_with("PacketSize") {}
        // What isn't asked for isn't described, and then can't be read.
        let _ = debugger.described("target.xml");
        debugger
    }

    fn all_registers(&mut self) -> Registers {
        let description = self.described("system-registers.xml");
        let named: Vec<_> = description.split("<reg ").filter_map(register).collect();
        assert!(!named.is_empty(), "registers are described");
        let cpus = self.cpus();
        let registers = cpus.iter().map(|cpu| {
            assert_eq!(self.ask(&format!("Hg{cpu}")), "OK");
            let values = named.iter().filter_map(|(name, number)| {
                let value = value(&self.ask(&format!("p{number:x}")))?;
                Some((name.clone(), value))
            });
            values.collect()
        });
        registers.collect()
    }

    /// What the CPUs are called, to it threads.
    fn cpus(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        let mut part = self.ask("qfThreadInfo");
        while let Some(names) = part.strip_prefix('m') {
            all.extend(names.split(',').map(str::to_owned));
            part = self.ask("qsThreadInfo");
        }
        all
    }

    /// All of a description.
    fn described(&mut self, what: &str) -> String {
        let mut all = String::new();
        loop {
            let from = all.len();
            let part = self.ask(&format!("qXfer:features:read:{what}:{from:x},{PART:x}"));
            let (mark, text) = part.split_at_checked(1).expect("it is described");
            all.push_str(text);
            if mark != "m" {
                return all;
            }
        }
    }

    fn ask(&mut self, text: &str) -> String {
        self.send(text);
        self.receive()
    }

    fn send(&mut self, text: &str) {
        let sum = text.bytes().fold(0_u8, u8::wrapping_add);
        let packet = format!("${text}#{sum:02x}");
        let sent = self.stream.get_mut().write_all(packet.as_bytes());
        sent.expect("QEMU listens");
    }

    fn receive(&mut self) -> String {
        while self.byte() != b'$' {}
        let mut text = String::new();
        loop {
            match self.byte() {
                b'#' => break,
                byte => text.push(byte.into()),
            }
        }
        let _checksum = [self.byte(), self.byte()];
        self.stream.get_mut().write_all(b"+").expect("QEMU listens");
        text
    }

    fn byte(&mut self) -> u8 {
        let mut byte = [0];
        self.stream.read_exact(&mut byte).expect("QEMU answers");
        byte[0]
    }
}

impl Drop for Debugger {
    /// Lets the board go on.
    fn drop(&mut self) {
        self.send("D;1");
    }
}

/// The name and the number in `name="HCR_EL2" bitsize="64" regnum="146" .../>`.
fn register(description: &str) -> Option<(String, usize)> {
    let attribute = |name: &str| {
        let (_, rest) = description.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let number = attribute("regnum")?.parse().ok()?;
    Some((attribute("name")?.to_owned(), number))
}

/// A register's value in hexadecimal digits, its lowest byte first; nothing if there is none.
fn value(digits: &str) -> Option<u64> {
    let bytes = digits.as_bytes().chunks(2).rev();
    let text: Vec<u8> = bytes.flatten().copied().collect();
    u64::from_str_radix(std::str::from_utf8(&text).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_lowest_byte_first() {
        assert_eq!(value("3f267d8000000004"), Some(0x0400_0000_807D_263F));
        assert_eq!(
            value("xxxx"),
            None,
            "as a register is told that can't be read"
        );
    }

    #[test]
    fn a_register_is_named_and_numbered() {
        let text = r#"name="HCR_EL2" bitsize="64" regnum="146" group="cp_regs"/>"#;
        assert_eq!(register(text), Some(("HCR_EL2".to_owned(), 146)));
    }
}
