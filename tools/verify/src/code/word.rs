//! What one instruction does to the flow of control and to the system, by its encoding.
//!
//! Decoded here, from the encoding tables of the Arm ARM (DDI 0487, C4.1), and not taken from a library:
//! libraries name few system registers and instructions, and not the same ones
//! (`findings/disassemblers-system-instructions.sh`), so that a search by name would pass over what it looks
//! for. The library decodes every word as well ([`super::text`]); a test compares both.

/// A system register or instruction: `op0`, `op1`, `CRn`, `CRm`, `op2`.
pub type Encoding = [u8; 5];

/// Where control goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To the next one.
    Next,
    /// `B`: to this distance in bytes.
    Branch(i64),
    /// `B.cond`, `CBZ`, `TBZ` and their opposites: there or to the next one.
    Maybe(i64),
    /// `BL`: there, and back to the next one.
    Call(i64),
    /// `BR`: to the address in this register.
    Jump(u8),
    /// `BLR`: to the address in this register, and back to the next one.
    CallRegister(u8),
    /// `RET`: to the address in this register.
    Return(u8),
    /// `ERET`: out of EL2.
    ExceptionReturn,
    /// Nowhere: `UDF` and `BRK`, after which the fault handler stops the CPU.
    Nowhere,
}

/// What an instruction does beside registers and memory. Its order is that of the reviewed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// `MSR` to a register.
    Write(Encoding),
    /// `MSR` of an immediate to a field of `PSTATE`: `op1` and `op2`.
    WriteField(u8, u8),
    /// `MRS`.
    Read(Encoding),
    /// `SYS` and `SYSL`: `TLBI`, `DC`, `IC`, `AT` and others.
    System(Encoding),
    /// Those of 128 bits: `MRRS`, `MSRR`, `SYSP`.
    Wide(Encoding),
    /// `SVC`.
    SupervisorCall,
    /// `HVC`.
    HypervisorCall,
    /// `SMC`.
    MonitorCall,
    /// `BRK`.
    Breakpoint,
    /// `HLT`.
    Halt,
    /// `DCPS1` to `DCPS3` and `DRPS`.
    DebugState,
    /// `TCANCEL`, `TSTART` and the like.
    Transaction,
    /// `ERET`.
    ExceptionReturn,
    /// `WFI`, `WFIT`.
    WaitForInterrupt,
    /// `WFE`, `WFET`.
    WaitForEvent,
    /// A hint or barrier, which orders or hurries and changes nothing.
    Order,
}

/// An instruction, as far as the checks ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where control goes.
    pub flow: Flow,
    /// What it does to the system.
    pub effect: Option<Effect>,
    /// Whether it names a register of FP, Advanced SIMD, SVE or SME.
    pub is_vector: bool,
    /// Whether it is a store of the load and store group, atomics included.
    pub is_store: bool,
}

impl Word {
    const PLAIN: Self = Self {
        flow: Flow::Next,
        effect: None,
        is_vector: false,
        is_store: false,
    };

    /// What `word` is (C4.1, table C4-1).
    #[must_use]
    pub const fn of(word: u32) -> Self {
        match field(word, 25, 4) {
            0b1010 | 0b1011 => of_branches(word),
            // Reserved; with the highest bit SME.
            0b0000 if word >> 31 == 0 => with_flow(Flow::Nowhere),
            0b0000 | 0b0010 | 0b0111 | 0b1111 => Self {
                is_vector: true,
                ..Self::PLAIN
            },
            group if group & 0b0101 == 0b0100 => Self {
                is_vector: field(word, 26, 1) == 1,
                is_store: is_store(word),
                ..Self::PLAIN
            },
            _ => Self::PLAIN,
        }
    }
}

const fn with_flow(flow: Flow) -> Word {
    Word {
        flow,
        ..Word::PLAIN
    }
}

const fn with_effect(effect: Effect) -> Word {
    Word {
        effect: Some(effect),
        ..Word::PLAIN
    }
}

/// So many bits of a word.
pub(crate) const fn field(word: u32, lowest: u32, bits: u32) -> u32 {
    word >> lowest & ((1 << bits) - 1)
}

/// So many bits of a word, 7 at most.
#[allow(
    clippy::cast_possible_truncation,
    reason = "a field has 7 bits at most"
)]
pub(crate) const fn small(word: u32, lowest: u32, bits: u32) -> u8 {
    field(word, lowest, bits) as u8
}

/// How far a branch goes in bytes.
const fn distance(word: u32, lowest: u32, bits: u32) -> i64 {
    let unused = 32 - bits;
    ((field(word, lowest, bits) << unused).cast_signed() >> unused) as i64 * 4
}

/// "Branches, exception generating and system instructions" (C4.1.94).
const fn of_branches(word: u32) -> Word {
    match word >> 24 {
        _ if word & 0x7C00_0000 == 0x1400_0000 => {
            let far = distance(word, 0, 26);
            with_flow(if word >> 31 == 1 {
                Flow::Call(far)
            } else {
                Flow::Branch(far)
            })
        }
        0x54 => with_flow(Flow::Maybe(distance(word, 5, 19))),
        0x34 | 0x35 | 0xB4 | 0xB5 => with_flow(Flow::Maybe(distance(word, 5, 19))),
        0x36 | 0x37 | 0xB6 | 0xB7 => with_flow(Flow::Maybe(distance(word, 5, 14))),
        0xD4 => of_exceptions(word),
        0xD5 => of_system(word),
        0xD6 | 0xD7 => of_registers(word),
        // FEAT_CMPBR, which the library doesn't know yet.
        0x74 | 0x75 | 0xF4 | 0xF5 => with_flow(Flow::Maybe(distance(word, 5, 9))),
        // RETAASPPC and RETABSPPC.
        0x55 => with_flow(Flow::Return(30)),
        _ => with_flow(Flow::Nowhere),
    }
}

/// "Exception generation".
const fn of_exceptions(word: u32) -> Word {
    let effect = match (field(word, 21, 3), field(word, 0, 5)) {
        (0b000, 0b00001) => Effect::SupervisorCall,
        (0b000, 0b00010) => Effect::HypervisorCall,
        (0b000, 0b00011) => Effect::MonitorCall,
        (0b001, 0b00000) => {
            return Word {
                flow: Flow::Nowhere,
                ..with_effect(Effect::Breakpoint)
            };
        }
        (0b010, 0b00000) => Effect::Halt,
        (0b011, 0b00000) => Effect::Transaction,
        (0b101, 0b00001..=0b00011) => Effect::DebugState,
        _ => return with_flow(Flow::Nowhere),
    };
    with_effect(effect)
}

/// "Unconditional branch (register)", those with pointer authentication included.
const fn of_registers(word: u32) -> Word {
    let register = small(word, 5, 5);
    // The highest bit of `opc` says which modifier authenticates.
    match field(word, 21, 4) & 0b0111 {
        0b000 => with_flow(Flow::Jump(register)),
        0b001 => with_flow(Flow::CallRegister(register)),
        // RETAA and RETAB name none, and return by x30.
        0b010 if field(word, 10, 6) != 0 => with_flow(Flow::Return(30)),
        0b010 => with_flow(Flow::Return(register)),
        0b100 => Word {
            flow: Flow::ExceptionReturn,
            ..with_effect(Effect::ExceptionReturn)
        },
        0b101 => Word {
            flow: Flow::Nowhere,
            ..with_effect(Effect::DebugState)
        },
        _ => with_flow(Flow::Nowhere),
    }
}

/// "System instructions with register argument", "Hints", "Barriers", "PSTATE", "System with result",
/// "System instructions", "System register move", and those of pairs.
const fn of_system(word: u32) -> Word {
    let encoding = [
        small(word, 19, 2),
        small(word, 16, 3),
        small(word, 12, 4),
        small(word, 8, 4),
        small(word, 5, 3),
    ];
    if field(word, 22, 2) == 0b01 {
        return with_effect(Effect::Wide(encoding));
    }
    let reads = field(word, 21, 1) == 1;
    match encoding {
        // Op0 = 0: by CRn.
        [0, 3, 1, 0, 0] if !reads => with_effect(Effect::WaitForEvent),
        [0, 3, 1, 0, 1] if !reads => with_effect(Effect::WaitForInterrupt),
        [0, 3, 2, 0, 2] if !reads => with_effect(Effect::WaitForEvent),
        [0, 3, 2, 0, 3] if !reads => with_effect(Effect::WaitForInterrupt),
        [0, 3, 2 | 3, ..] if !reads => with_effect(Effect::Order),
        [0, op1, 4, _, op2] if !reads => with_effect(Effect::WriteField(op1, op2)),
        [0, ..] => with_effect(Effect::Transaction),
        [1, ..] => with_effect(Effect::System(encoding)),
        _ if reads => with_effect(Effect::Read(encoding)),
        _ => with_effect(Effect::Write(encoding)),
    }
}

/// Whether a word of "Loads and stores" (C4.1.95) writes memory. Whatever isn't a load for certain does.
const fn is_store(word: u32) -> bool {
    let opc = field(word, 22, 2);
    match (field(word, 27, 3), field(word, 24, 2)) {
        // Loads of literals: by bits 29:27 and 25:24; PRFM is one.
        (0b011, 0b00) => false,
        // Pairs: L.
        (0b101, _) => field(word, 22, 1) == 0,
        // One register with an immediate or a register: atomics, and by `opc`: 00 stores, and 10 of
        // 128-bit vectors.
        (0b111, kind) => {
            let is_atomic = kind == 0b00 && field(word, 21, 1) == 1 && field(word, 10, 2) == 0b00;
            // LDAPR is among the atomics by its bits, and reads.
            let is_ordered_load = is_atomic && field(word, 12, 10) == 0b11_1111_1100;
            let is_vector = field(word, 26, 1) == 1;
            (is_atomic && !is_ordered_load) || opc == 0b00 || (is_vector && opc == 0b10)
        }
        // Exclusive and ordered ones: L; CAS writes with either.
        (0b001, 0b00) => field(word, 22, 1) == 0 || (field(word, 21, 1) == 1),
        // LDAPUR and STLUR.
        (0b011, 0b01) if field(word, 21, 1) == 0 => opc == 0b00,
        // Vectors of structures, tags, memory copies.
        _ => field(word, 26, 1) == 0 || field(word, 22, 1) == 0,
    }
}

#[cfg(test)]
mod tests;
