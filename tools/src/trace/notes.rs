//! What the tracer notes (`tools/tracer/src/notes.rs`), read.

use std::str::SplitWhitespace;

use anyhow::Context as _;

/// A note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// What tells the CPU from others: its `TPIDR_EL2`.
    pub cpu: u64,
    /// Nanoseconds from the counter's zero.
    pub time_ns: u64,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A guest was left.
    Exit(Left),
    /// A guest goes on: its `VTTBR_EL2` and `VMPIDR_EL2`.
    Return {
        /// `VTTBR_EL2`.
        vttbr: u64,
        /// `VMPIDR_EL2`.
        vmpidr: u64,
    },
    /// The hypervisor takes this interrupt.
    Interrupt(u64),
}

/// Why and where a guest was left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Offset of the vector.
    pub vector: u64,
    /// `ESR_EL2`.
    pub esr: u64,
    /// `FAR_EL2`.
    pub far: u64,
    /// `HPFAR_EL2`.
    pub hpfar: u64,
    /// `ELR_EL2`.
    pub elr: u64,
    /// `X0` to `X2`.
    pub general: [u64; 3],
}

/// The notes in a text, in order.
///
/// # Errors
/// If a line isn't one.
pub fn parse(text: &str) -> anyhow::Result<Vec<Note>> {
    let line =
        |line| note(line).with_context(|| format!("the tracer's line can't be read: {line}"));
    // One that was being written when the board was ended has no end; there is none behind it.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(line).collect()
}

fn note(line: &str) -> Option<Note> {
    let mut words = line.split_whitespace();
    let kind = words.next()?;
    let cpu = number(&mut words)?;
    let time_ns = words.next()?.parse().ok()?;
    let what = match kind {
        "exit" => What::Exit(Left {
            vector: number(&mut words)?,
            esr: number(&mut words)?,
            far: number(&mut words)?,
            hpfar: number(&mut words)?,
            elr: number(&mut words)?,
            general: [
                number(&mut words)?,
                number(&mut words)?,
                number(&mut words)?,
            ],
        }),
        "return" => What::Return {
            vttbr: number(&mut words)?,
            vmpidr: number(&mut words)?,
        },
        "interrupt" => What::Interrupt(number(&mut words)?),
        _ => return None,
    };
    Some(Note { cpu, time_ns, what })
}

fn number(words: &mut SplitWhitespace<'_>) -> Option<u64> {
    u64::from_str_radix(words.next()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_each_kind() {
        let text = "return 1 20 2000000000000 80000000\nexit 0 30 400 5a000000 1 2 3 4 5 6\n\
                    interrupt 0 31 1a\n";
        let notes = parse(text).unwrap();
        assert_eq!(notes[1].time_ns, 30);
        let What::Exit(left) = notes[1].what else {
            panic!("{notes:?}");
        };
        assert_eq!((left.vector, left.esr), (0x400, 0x5A00_0000));
        assert_eq!(left.general, [4, 5, 6]);
        assert_eq!(notes[2].what, What::Interrupt(26));
        assert_eq!(notes[0].cpu, 1);
        assert!(parse("exit 0 30 400\n").is_err());
        assert_eq!(parse(&format!("{text}exit 0 30 4")).unwrap().len(), 3);
    }
}
