//! What is said through the gate; `tools/stepper/src/gate.rs` has the table and is the other end.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use rustix::event::PollFd;
use rustix::event::PollFlags;

/// Our end of the gate's connection.
pub struct Wire(UnixStream);

impl Wire {
    /// The end that `stream` is.
    pub fn new(stream: UnixStream) -> Self {
        Self(stream)
    }

    /// Waits until the board is held, and returns its time in ns.
    ///
    /// # Errors
    /// If the board is gone, or says something else.
    pub fn held(&mut self) -> io::Result<u64> {
        let mut said = [0; 9];
        self.0.read_exact(&mut said)?;
        let [b'T', time @ ..] = said else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        Ok(u64::from_le_bytes(time))
    }

    /// Lets the board go on until this time in ns.
    ///
    /// # Errors
    /// If the board is gone.
    pub fn go_to(&mut self, time_ns: u64) -> io::Result<()> {
        self.tell(b'G', &[time_ns], &[])
    }

    /// The memory at a physical address, unless it is as it was when it was last asked for.
    ///
    /// # Errors
    /// If the board is gone.
    pub fn changed(&mut self, address: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
        self.tell(b'C', &[address, length as u64], &[])?;
        let mut verdict = [0];
        self.0.read_exact(&mut verdict)?;
        match verdict {
            [b'='] => Ok(None),
            [b'!'] => {
                let mut bytes = vec![0; length];
                self.0.read_exact(&mut bytes)?;
                Ok(Some(bytes))
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Writes memory at a physical address.
    ///
    /// # Errors
    /// If the board is gone.
    pub fn write(&mut self, address: u64, bytes: &[u8]) -> io::Result<()> {
        self.tell(b'W', &[address, bytes.len() as u64], bytes)?;
        let mut done = [0];
        self.0.read_exact(&mut done)?;
        if done == *b"K" {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    }

    /// What to poll to know that there is something to hear.
    pub fn poll(&self) -> PollFd<'_> {
        PollFd::from_borrowed_fd(self.0.as_fd(), PollFlags::IN)
    }

    fn tell(&mut self, command: u8, numbers: &[u64], bytes: &[u8]) -> io::Result<()> {
        let mut told = vec![command];
        told.extend(numbers.iter().flat_map(|it| it.to_le_bytes()));
        told.extend_from_slice(bytes);
        self.0.write_all(&told)
    }
}
