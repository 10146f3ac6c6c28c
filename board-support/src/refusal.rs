//! Why the hypervisor goes no further: a reason and the numbers that belong to it.
//!
//! Whoever finds out says no more than that; sentences for people are made on the host (`words`), so
//! that nothing at EL2 formats text.

/// Declares the reasons and their names.
macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident,)+) => {
        /// What is wrong. Each says which values belong to it; those that it doesn't name are 0.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason {
            $($(#[$doc])* $reason,)+
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$reason,)+];

            /// Its name, as it is sent.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$reason => stringify!($reason),)+
                }
            }
        }
    };
}

reasons! {
    /// The image was entered at another level than EL2: which. Said by the first instructions, as the next
    /// two.
    EntryLevel,
    /// It was entered with the MMU on.
    EntryMmu,
    /// The CPU has `HCR_EL2.E2H` set for good.
    EntryHost,

    /// The debug UART is of another kind, or its clock allows no rate near enough.
    UartRate,
    /// The system counter has no frequency.
    NoClock,

    /// The device tree is handed over elsewhere: where, where it is configured.
    TreeElsewhere,
    /// It doesn't start at a multiple of 8: its address.
    TreeMisaligned,
    /// There is none: the word in place of its magic number.
    TreeMissing,
    /// Its total size can't be: that size, what is available.
    TreeSize,
    /// It has a format that the reader doesn't know: version, oldest compatible version.
    TreeVersion,
    /// A block lies outside of it or is misaligned: which (0 reservations, 1 strings, 2 structure),
    /// offset, size.
    TreeBlock,
    /// Its last property name has no end.
    TreeStrings,
    /// A token is none: its offset in the structure block, as in what follows; the token.
    TreeToken,
    /// A node's name has no end within what the reader takes: offset.
    TreeName,
    /// A property lies outside of a node's head, is too long or nameless: offset.
    TreeProperty,
    /// Nodes end that haven't begun, or follow the root: offset.
    TreeNesting,
    /// Nodes nest too deep: offset.
    TreeDepth,
    /// The last token isn't where the structure ends: offset.
    TreeUnfinished,
    /// The reader refused what had been found in order.
    TreeReader,

    /// A range of RAM is shorter: its index in the facts, how much there is.
    LessRam,
    /// There is no RAM where it is configured: the range's index, base and size of the first that
    /// there is.
    NoRamThere,
    /// The tree keeps memory from everybody that the board gives away: whose (0 the hypervisor's, 1 the
    /// partitions'), base and size of what is reserved.
    Reserved,
    /// The interrupt controller is of another kind: which (see `GicKind`), 0 for none.
    OtherController,
    /// A device's registers lie elsewhere, or are fewer: whose (0 distributor, 1 redistributors or CPU
    /// interface, 2 UART), base and size of those that there are.
    OtherRegisters,
    /// The system needs more CPUs than the board is configured with: how many.
    BoardTooSmall,
    /// The machine has fewer CPUs than the system needs: how many it needs, how many there are.
    FewerCpus,
    /// No CPU has the configured affinity: the CPU's index, the affinity of the tree's CPU at the same
    /// place, or all ones.
    OtherAffinity,
    /// CPUs aren't started by PSCI through `SMC`: how (see `Conduit`).
    OtherStart,

    /// A range of registers is too small: its base, its size, the size that is needed.
    Range,
    /// The interrupt controller has another revision: the configured one, the hardware's.
    Revision,
    /// It has fewer interrupts: configured, found.
    InterruptCount,
    /// A driver was given the facts of another kind of interrupt controller.
    ControllerKind,
    /// The registers belong to another CPU: CPU, the mask of targets that they report.
    CpuNumber,
    /// Virtual interrupts have more bits of priority than are saved: how many.
    PriorityBits,
    /// A redistributor belongs to another CPU: CPU, its affinity, the hardware's.
    Redistributor,
    /// A redistributor has four frames, as in GICv4.
    FourFrames,
    /// The CPU's ICC registers can't be enabled.
    NoSystemRegisters,
    /// A register reports a write in progress for ever: which (0 `GICD_CTLR.RWP`, 1 `GICR_CTLR.RWP`, 2
    /// `GICR_WAKER.ChildrenAsleep`).
    Stuck,
    /// Not a shared interrupt of this controller: its id.
    NotShared,
    /// The CPU has fewer list registers: found, used.
    FewerLists,

    /// The display's driver was given the facts of another kind.
    DisplayKind,
    /// There is no firmware configuration: what its DMA port reads.
    NoFwCfg,
    /// A record doesn't fit its file: size of the record, of the file.
    FwCfgSize,
    /// QEMU refused a DMA access: control word.
    FwCfgRefused,
    /// QEMU didn't finish a DMA access.
    FwCfgStuck,
    /// The machine has no `ramfb`.
    NoRamfb,
    /// The VideoCore's mailbox doesn't answer.
    NoAnswer,
    /// The VideoCore refused: its code.
    VideoCoreRefused,
    /// It offers another picture: width, height, bytes of a line.
    OtherPicture,
    /// It has put the frame buffer elsewhere, or made it too small: configured, found, bytes.
    OtherPlace,

    /// A content of a partition's image isn't what was built: partition, index of the piece, the first
    /// four bytes of the digest that was found and, in the low half, of the one that was built.
    Damaged,
    /// The board has no CPU of this index.
    NoCpu,
    /// The firmware refused to start a CPU: CPU, PSCI's code.
    CpuRefused,
    /// The spin table has no slot for this CPU.
    NoSlot,
    /// CPUs didn't come up: how many did, how many are needed, within how many milliseconds.
    CpusMissing,
}

/// A reason and its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub reason: Reason,
    /// The numbers that the reason names.
    pub values: [u64; 3],
}

impl Reason {
    /// The refusal for this reason with these numbers.
    #[must_use]
    pub const fn with(self, a: u64, b: u64, c: u64) -> Refusal {
        Refusal {
            reason: self,
            values: [a, b, c],
        }
    }
}

impl Refusal {
    /// The refusal, unless what is asked for `holds`.
    ///
    /// # Errors
    ///
    /// Itself.
    #[inline]
    pub const fn unless(self, holds: bool) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(self) }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        reason.with(0, 0, 0)
    }
}
