//! What a switch moves: followed through its instructions, and as it should be.

use std::collections::BTreeMap;

use paratia_tests::code::{Encoding, Instruction as I};

/// What a function stores of system registers, and what it loads: each by its place in the context.
pub struct Moved {
    /// System registers that are stored.
    pub stored: BTreeMap<i32, Encoding>,
    /// Those that are loaded.
    pub loaded: BTreeMap<i32, Encoding>,
}

/// Follows registers through the straight line of a function that takes the context that is saved in
/// `from` and the one that is loaded in `to`: from `MRS` to its store, from a load to its `MSR`.
pub fn moved(instructions: impl Iterator<Item = (u64, I)>, from: u32, to: u32) -> Moved {
    let mut moved = Moved {
        stored: BTreeMap::new(),
        loaded: BTreeMap::new(),
    };
    // General registers: which system register one holds, or which place of a context.
    let mut holds: BTreeMap<u32, Encoding> = BTreeMap::new();
    let mut comes_from: BTreeMap<u32, (u32, i32)> = BTreeMap::new();
    for (_, it) in instructions {
        match it {
            I::Read(register, general) => {
                holds.insert(general, register);
                comes_from.remove(&general);
            }
            I::StorePair(pair, base, offset) => {
                for (general, offset) in pair.into_iter().zip([offset, offset + 8]) {
                    if let Some(register) = holds.get(&general) {
                        moved.stored.insert(at(base, from) + offset, *register);
                    }
                }
            }
            I::Store(general, base, offset) => {
                if let Some(register) = holds.get(&general) {
                    moved.stored.insert(at(base, from) + offset, *register);
                }
            }
            I::LoadPair(pair, base, offset) => {
                for (general, offset) in pair.into_iter().zip([offset, offset + 8]) {
                    comes_from.insert(general, (base, offset));
                    holds.remove(&general);
                }
            }
            I::Load(general, base, offset) => {
                comes_from.insert(general, (base, offset));
                holds.remove(&general);
            }
            I::Write(register, general) => {
                if let Some((base, offset)) = comes_from.get(&general) {
                    moved.loaded.insert(at(*base, to) + offset, register);
                }
            }
            it if it.is_branch() => break,
            _ => {}
        }
    }
    moved
}

/// A place that isn't counted from the context itself is counted from its table of system registers,
/// which is farther away than everything before it.
const fn at(base: u32, context: u32) -> i32 {
    const TABLE: i32 = 1 << 12;
    if base == context { 0 } else { TABLE }
}

/// The registers that a guest sees and that aren't trapped (`hypervisor/src/arch/context.rs` says why
/// these), written down once more.
pub const SWITCHED: [(&str, Encoding); 29] = [
    ("SP_EL0", [3, 0, 4, 1, 0]),
    ("SP_EL1", [3, 4, 4, 1, 0]),
    ("ELR_EL1", [3, 0, 4, 0, 1]),
    ("SPSR_EL1", [3, 0, 4, 0, 0]),
    ("SCTLR_EL1", [3, 0, 1, 0, 0]),
    ("CPACR_EL1", [3, 0, 1, 0, 2]),
    ("TTBR0_EL1", [3, 0, 2, 0, 0]),
    ("TTBR1_EL1", [3, 0, 2, 0, 1]),
    ("TCR_EL1", [3, 0, 2, 0, 2]),
    ("MAIR_EL1", [3, 0, 10, 2, 0]),
    ("AMAIR_EL1", [3, 0, 10, 3, 0]),
    ("VBAR_EL1", [3, 0, 12, 0, 0]),
    ("CONTEXTIDR_EL1", [3, 0, 13, 0, 1]),
    ("ESR_EL1", [3, 0, 5, 2, 0]),
    ("FAR_EL1", [3, 0, 6, 0, 0]),
    ("PAR_EL1", [3, 0, 7, 4, 0]),
    ("AFSR0_EL1", [3, 0, 5, 1, 0]),
    ("AFSR1_EL1", [3, 0, 5, 1, 1]),
    ("TPIDR_EL0", [3, 3, 13, 0, 2]),
    ("TPIDRRO_EL0", [3, 3, 13, 0, 3]),
    ("TPIDR_EL1", [3, 0, 13, 0, 4]),
    ("CSSELR_EL1", [3, 2, 0, 0, 0]),
    ("CNTKCTL_EL1", [3, 0, 14, 1, 0]),
    ("VMPIDR_EL2", [3, 4, 0, 0, 5]),
    ("CNTV_CVAL_EL0", [3, 3, 14, 3, 2]),
    ("CNTV_CTL_EL0", [3, 3, 14, 3, 1]),
    ("ICH_VMCR_EL2", [3, 4, 12, 11, 7]),
    ("ICH_AP0R0_EL2", [3, 4, 12, 8, 0]),
    ("ICH_AP1R0_EL2", [3, 4, 12, 9, 0]),
];
