//! The gate at a moment of board time, and what is said through it. `tools/src/stepped/wire.rs` is the other end.
//!
//! All numbers have 8 bytes, the lowest first. The gate says `T` and the time in ns when it holds; then it is
//! told, as often as wanted:
//!
//! | told | means | answered by |
//! |---|---|---|
//! | `R` address length | read memory | the bytes |
//! | `C` address length | read memory, if it isn't as it was at the last `C` of this place | `=`, or `!` and the bytes |
//! | `W` address length bytes | write memory | `K` |
//! | `G` time in ns | go on until then | `T` and the time, at once if it isn't later |

use std::collections::HashMap;
use std::io::{self, Read, Write};

/// Most bytes of memory at once: more than any picture has.
const MOST_BYTES: u64 = 64 << 20;

/// The machine as seen from the gate.
pub trait Machine {
    /// Board time in ns.
    fn time_ns(&self) -> u64;
    /// Reads memory.
    fn read(&self, address: u64, bytes: &mut [u8]);
    /// Writes memory; `bytes` stay as they are.
    fn write(&self, address: u64, bytes: &mut [u8]);
}

/// What the machine does next.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Next {
    /// It goes on until this time.
    GoTo {
        /// Board time in ns, later than now.
        time_ns: u64,
    },
}

/// The gate.
pub struct Gate<S> {
    stream: S,
    /// What was read at a place when it was last compared.
    seen: HashMap<u64, Vec<u8>>,
}

impl<S: Read + Write> Gate<S> {
    /// The gate at which `stream` is listened to.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            seen: HashMap::new(),
        }
    }

    /// Holds the machine until it is told to go on.
    ///
    /// # Errors
    /// If the other side is gone, or says what isn't in the table.
    pub fn hold(&mut self, machine: &impl Machine) -> io::Result<Next> {
        self.tell_time(machine)?;
        loop {
            let mut command = [0];
            self.stream.read_exact(&mut command)?;
            match command[0] {
                b'G' => {
                    let time_ns = self.number()?;
                    if time_ns > machine.time_ns() {
                        return Ok(Next::GoTo { time_ns });
                    }
                    self.tell_time(machine)?;
                }
                b'R' => {
                    let bytes = self.memory(machine)?.1;
                    self.stream.write_all(&bytes)?;
                }
                b'C' => {
                    let (address, bytes) = self.memory(machine)?;
                    if self.seen.get(&address) == Some(&bytes) {
                        self.stream.write_all(b"=")?;
                    } else {
                        self.stream.write_all(b"!")?;
                        self.stream.write_all(&bytes)?;
                        self.seen.insert(address, bytes);
                    }
                }
                b'W' => {
                    let (address, mut bytes) = self.place()?;
                    self.stream.read_exact(&mut bytes)?;
                    machine.write(address, &mut bytes);
                    self.stream.write_all(b"K")?;
                }
                _ => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }

    fn tell_time(&mut self, machine: &impl Machine) -> io::Result<()> {
        let mut said = [b'T'; 9];
        said[1..].copy_from_slice(&machine.time_ns().to_le_bytes());
        self.stream.write_all(&said)
    }

    fn number(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.stream.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// An address, and room for as many bytes as are told.
    fn place(&mut self) -> io::Result<(u64, Vec<u8>)> {
        let (address, length) = (self.number()?, self.number()?);
        match usize::try_from(length) {
            Ok(count) if length <= MOST_BYTES => Ok((address, vec![0; count])),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// The memory at a place that is told, and its address.
    fn memory(&mut self, machine: &impl Machine) -> io::Result<(u64, Vec<u8>)> {
        let (address, mut bytes) = self.place()?;
        machine.read(address, &mut bytes);
        Ok((address, bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// A machine with 16 bytes of memory that stands at 5 ns.
    struct Small(RefCell<Vec<u8>>);

    impl Machine for Small {
        fn time_ns(&self) -> u64 {
            5
        }

        fn read(&self, address: u64, bytes: &mut [u8]) {
            let at = usize::try_from(address).unwrap();
            bytes.copy_from_slice(&self.0.borrow()[at..at + bytes.len()]);
        }

        fn write(&self, address: u64, bytes: &mut [u8]) {
            let at = usize::try_from(address).unwrap();
            self.0.borrow_mut()[at..at + bytes.len()].copy_from_slice(bytes);
        }
    }

    /// One side's words to come, and what the other has said.
    struct Ends(io::Cursor<Vec<u8>>, Vec<u8>);

    impl Read for Ends {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.0.read(bytes)
        }
    }

    impl Write for Ends {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn told(words: &[(u8, &[u64], &[u8])]) -> (io::Result<Next>, Vec<u8>) {
        let mut all = Vec::new();
        for (command, numbers, bytes) in words {
            all.push(*command);
            all.extend(numbers.iter().flat_map(|it| it.to_le_bytes()));
            all.extend_from_slice(bytes);
        }
        let mut gate = Gate::new(Ends(io::Cursor::new(all), Vec::new()));
        let next = gate.hold(&Small(RefCell::new(vec![7; 16])));
        (next, gate.stream.1)
    }

    const TIME: [u8; 9] = [b'T', 5, 0, 0, 0, 0, 0, 0, 0];

    #[test]
    fn memory_is_read_written_and_compared() {
        let (next, said) = told(&[
            (b'R', &[2, 2], &[]),
            (b'C', &[0, 2], &[]),
            (b'C', &[0, 2], &[]),
            (b'W', &[1, 2], &[1, 2]),
            (b'C', &[0, 2], &[]),
            (b'G', &[9], &[]),
        ]);
        assert_eq!(next.unwrap(), Next::GoTo { time_ns: 9 });
        let expected = [&TIME[..], &[7, 7], b"!", &[7, 7], b"=K!", &[7, 1]].concat();
        assert_eq!(said, expected);
    }

    #[test]
    fn what_is_past_is_no_time_to_go_to() {
        let (next, said) = told(&[(b'G', &[5], &[]), (b'G', &[4], &[])]);
        assert!(next.is_err(), "the other side is gone");
        assert_eq!(said, [TIME, TIME, TIME].concat());
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(told(&[(b'x', &[], &[])]).0.is_err());
        assert!(told(&[(b'R', &[0, 1 << 40], &[])]).0.is_err());
    }
}
