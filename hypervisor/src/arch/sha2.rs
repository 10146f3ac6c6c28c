//! The CPU's own instructions for SHA-256 (Arm ARM DDI 0487, C7.2: `SHA256H` and its kin), where it has
//! them: of a byte they take a thirtieth of what the same takes without.
//!
//! They work on FP registers, which are the guests' and which EL2 otherwise leaves alone. At boot there is no
//! guest yet whose state they could hold, and the first switch on a CPU loads all of them; so images are
//! verified by these instructions and nothing later is. `verify` sees to that: no way from an exit may
//! come here.

use core::arch::global_asm;

use super::registers::read_register;
use crate::base::sha256::{Block, ROUNDS, State};

global_asm!(
    r#"
    .arch_extension fp
    .arch_extension simd
    .arch_extension sha2

// Four rounds. In: v0, v1 = the state; `w0` to `w3` = the next sixteen words, `k` = the constants of four
// rounds. Out: the state; if there are words left to be made, `w0` = the next four of them.
    .macro  four_rounds, w0, w1, w2, w3, k, more
    add     v6.4s, v\w0\().4s, v\k\().4s
    mov     v7.16b, v0.16b
    sha256h q0, q1, v6.4s
    sha256h2 q1, q7, v6.4s
    .if \more
    sha256su0 v\w0\().4s, v\w1\().4s
    sha256su1 v\w0\().4s, v\w2\().4s, v\w3\().4s
    .endif
    .endm

// In: x0 = a digest's state, x1 = blocks, x2 = how many, one at least; x3 = the rounds' constants.
    .section .text.sha2_blocks, "ax"
    .global sha2_blocks
sha2_blocks:
    ld1     {{v16.4s, v17.4s, v18.4s, v19.4s}}, [x3], #64
    ld1     {{v20.4s, v21.4s, v22.4s, v23.4s}}, [x3], #64
    ld1     {{v24.4s, v25.4s, v26.4s, v27.4s}}, [x3], #64
    ld1     {{v28.4s, v29.4s, v30.4s, v31.4s}}, [x3]
    ld1     {{v0.4s, v1.4s}}, [x0]
1:  ld1     {{v2.16b, v3.16b, v4.16b, v5.16b}}, [x1], #64
    rev32   v2.16b, v2.16b              // the message's words are big-endian
    rev32   v3.16b, v3.16b
    rev32   v4.16b, v4.16b
    rev32   v5.16b, v5.16b
    four_rounds 2, 3, 4, 5, 16, 1
    four_rounds 3, 4, 5, 2, 17, 1
    four_rounds 4, 5, 2, 3, 18, 1
    four_rounds 5, 2, 3, 4, 19, 1
    four_rounds 2, 3, 4, 5, 20, 1
    four_rounds 3, 4, 5, 2, 21, 1
    four_rounds 4, 5, 2, 3, 22, 1
    four_rounds 5, 2, 3, 4, 23, 1
    four_rounds 2, 3, 4, 5, 24, 1
    four_rounds 3, 4, 5, 2, 25, 1
    four_rounds 4, 5, 2, 3, 26, 1
    four_rounds 5, 2, 3, 4, 27, 1
    four_rounds 2, 3, 4, 5, 28, 0
    four_rounds 3, 4, 5, 2, 29, 0
    four_rounds 4, 5, 2, 3, 30, 0
    four_rounds 5, 2, 3, 4, 31, 0
    ld1     {{v6.4s, v7.4s}}, [x0]      // what the block began with is added
    add     v0.4s, v0.4s, v6.4s
    add     v1.4s, v1.4s, v7.4s
    st1     {{v0.4s, v1.4s}}, [x0]
    subs    x2, x2, #1
    b.ne    1b
    ret
"#
);

unsafe extern "C" {
    fn sha2_blocks(state: *mut State, blocks: *const Block, count: usize, rounds: *const u32);
}

/// Whether the CPU has these instructions: `ID_AA64ISAR0_EL1.SHA2`.
#[must_use]
pub fn is_there() -> bool {
    read_register!("id_aa64isar0_el1") >> 12 & 0xF != 0
}

/// Takes account of blocks in a digest.
///
/// # Safety
/// The CPU has the instructions, FP isn't trapped at EL2, and no guest has run on this CPU yet.
pub unsafe fn compress(state: &mut State, blocks: &[Block]) {
    if blocks.is_empty() {
        return;
    }
    // SAFETY: the caller promises instructions that are there and FP registers that hold nobody's state; the
    // assembly reads so many blocks and the rounds' 64 constants, and writes the state alone.
    unsafe { sha2_blocks(state, blocks.as_ptr(), blocks.len(), ROUNDS.as_ptr()) };
}
