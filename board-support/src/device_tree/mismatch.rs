//! How the board at hand differs from the one that was configured, and what to do about it.

use core::fmt;

use paratia_config::address::{MemoryRange, mib};
use paratia_config::text::Text;

use super::{Conduit, Fault, GicKind};

/// A difference between a board's facts and its device tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// There is no tree, or it isn't well-formed.
    Garbled {
        /// Name of the board.
        board: &'static str,
        /// What is wrong with it.
        fault: Fault,
    },
    /// A range of RAM is shorter.
    LessRam {
        /// Name of the board.
        board: &'static str,
        /// The range in the facts.
        configured: MemoryRange,
        /// How much of it the tree describes, from its start.
        found_bytes: u64,
    },
    /// There is no RAM where it is configured.
    NoRamThere {
        /// Name of the board.
        board: &'static str,
        /// The range in the facts.
        configured: MemoryRange,
        /// The first range that the tree describes.
        found: Option<MemoryRange>,
    },
    /// The interrupt controller is of another kind.
    InterruptController {
        /// Name of the board.
        board: &'static str,
        /// The kind in the facts.
        configured: GicKind,
        /// The kind in the tree, if it is a known one.
        found: Option<GicKind>,
    },
    /// A device's registers lie elsewhere, or are fewer.
    Registers {
        /// Name of the board.
        board: &'static str,
        /// Whose registers, with its article.
        part: &'static str,
        /// The range in the facts.
        configured: MemoryRange,
        /// The range in the tree, if it has one.
        found: Option<MemoryRange>,
    },
    /// The system needs more CPUs than the board is configured with.
    BoardTooSmall {
        /// Name of the board.
        board: &'static str,
        /// CPUs that the system uses.
        needed: usize,
        /// CPUs in the facts.
        configured: usize,
    },
    /// The machine has fewer CPUs than the system uses.
    FewerCpus {
        /// Name of the board.
        board: &'static str,
        /// CPUs that the system uses.
        needed: usize,
        /// CPUs in the tree.
        found: usize,
    },
    /// No CPU has the configured affinity.
    Affinity {
        /// Name of the board.
        board: &'static str,
        /// Index of the CPU in the facts.
        cpu: usize,
        /// The affinity in the facts.
        configured: u64,
        /// The affinity of the tree's CPU at the same place.
        found: Option<u64>,
    },
    /// CPUs are started in another way than by PSCI through `SMC`.
    CpuStart {
        /// Name of the board.
        board: &'static str,
        /// The way in the tree.
        found: Conduit,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Garbled { board, fault } => write!(
                f,
                "board '{board}' is configured with a device tree but what lies there is none or \
                 garbled: {fault}; start the machine with the device tree of its own"
            ),
            Self::LessRam {
                board,
                configured,
                found_bytes,
            } => write!(
                f,
                "board '{board}' is configured with {} but its device tree describes {}; start \
                 the machine with {} or configure less",
                Ram(configured),
                Bytes(found_bytes),
                Bytes(configured.size_bytes)
            ),
            Self::NoRamThere {
                board,
                configured,
                found,
            } => {
                write!(
                    f,
                    "board '{board}' is configured with {} but its device tree describes ",
                    Ram(configured)
                )?;
                match found {
                    Some(found) => Ram(found).fmt(f)?,
                    None => f.write_str("none")?,
                }
                f.write_str("; start the board that was configured or configure this one")
            }
            Self::InterruptController {
                board,
                configured,
                found,
            } => {
                write!(
                    f,
                    "board '{board}' is configured with a {configured} but its device tree \
                     describes "
                )?;
                match found {
                    Some(found) => write!(f, "a {found}")?,
                    None => f.write_str("no interrupt controller that is known")?,
                }
                let version = configured.version();
                write!(
                    f,
                    "; start the machine with gic-version={version} or choose another board"
                )
            }
            Self::Registers {
                board,
                part,
                configured,
                found,
            } => {
                write!(
                    f,
                    "board '{board}' is configured with {part} at {} but its device tree describes ",
                    range(configured)
                )?;
                match found {
                    Some(found) => write!(f, "{}", range(found))?,
                    None => f.write_str("none")?,
                }
                f.write_str("; start the board that was configured or configure this one")
            }
            Self::BoardTooSmall {
                board,
                needed,
                configured,
            } => write!(
                f,
                "board '{board}' is configured with {configured} CPUs but the system uses \
                 {needed}; give the system fewer or choose another board"
            ),
            Self::FewerCpus {
                board,
                needed,
                found,
            } => write!(
                f,
                "board '{board}' is configured for a system that uses {needed} CPUs but its device \
                 tree describes {found}; start the machine with {needed} or give the system fewer"
            ),
            Self::Affinity {
                board,
                cpu,
                configured,
                found,
            } => {
                write!(
                    f,
                    "board '{board}' is configured with affinity {configured:#x} for CPU {cpu} but \
                     its device tree describes "
                )?;
                match found {
                    Some(found) => write!(f, "{found:#x}")?,
                    None => f.write_str("none")?,
                }
                f.write_str("; start the board that was configured or configure this one")
            }
            Self::CpuStart { board, found } => {
                let found = match found {
                    Conduit::Smc => "by smc",
                    Conduit::Hvc => "by hvc",
                    Conduit::None => "without PSCI",
                };
                write!(
                    f,
                    "board '{board}' is configured to start CPUs by PSCI through smc but its device \
                     tree starts them {found}; start the machine with virtualization=on or choose \
                     another board"
                )
            }
        }
    }
}

impl core::error::Error for Mismatch {}

/// RAM as people say it: `256 MiB of RAM at 0x4000_0000`.
struct Ram(MemoryRange);

/// A size in the largest unit of which it is a whole number.
struct Bytes(u64);

impl fmt::Display for Ram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(range) = self;
        let base = Text::<24>::new().hex(range.base.0);
        write!(f, "{} of RAM at {base}", Bytes(range.size_bytes))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes) = *self;
        if bytes.is_multiple_of(mib(1)) {
            write!(f, "{} MiB", bytes / mib(1))
        } else if bytes.is_multiple_of(1024) {
            write!(f, "{} KiB", bytes / 1024)
        } else {
            write!(f, "{bytes} bytes")
        }
    }
}

/// A range of registers as `0x0900_0000..0x0900_1000`.
fn range(range: MemoryRange) -> Text<48> {
    Text::new().range(range.base.0, range.size_bytes)
}
