//! Instructions that access memory in a way that the CPU doesn't describe to a hypervisor
//! (Arm DDI 0487, `ESR_EL2`, ISS encoding for a Data Abort, `ISV`), told by their encoding (C4.1).

/// What it is about an instruction that isn't described; nothing if it isn't of that kind.
pub(super) fn undescribed(word: u32) -> Option<&'static str> {
    let is_vector = word >> 26 & 1 != 0;
    match word >> 27 & 0b111 {
        _ if word & 0xFFFF_FFE0 == 0xD50B_7420 => Some("DC ZVA"),
        0b001 if word & 0xBE00_0000 == 0x0C00_0000 => Some("vector registers"),
        0b001 if word & 0x3F00_0000 == 0x0800_0000 => Some("an exclusive or atomic access"),
        0b101 => Some("a pair of registers"),
        0b111 if is_vector => Some("a vector register"),
        0b111 if word >> 24 & 1 == 0 => match (word >> 21 & 1, word >> 10 & 0b11) {
            (0, 0b01 | 0b11) => Some("write-back of the address"),
            (1, 0b00) => Some("an atomic access"),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as an assembler made them.
    #[test]
    fn what_is_not_described_is_named() {
        for (word, expected) in [
            (0xA940_0440, Some("a pair of registers")), // ldp x0, x1, [x2]
            (0x2900_0440, Some("a pair of registers")), // stp w0, w1, [x2]
            (0xAD40_0440, Some("a pair of registers")), // ldp q0, q1, [x2]
            (0xB800_4420, Some("write-back of the address")), // str w0, [x1], #4
            (0xF841_0C20, Some("write-back of the address")), // ldr x0, [x1, #16]!
            (0x3880_1420, Some("write-back of the address")), // ldrsb x0, [x1], #1
            (0x3DC0_0020, Some("a vector register")),   // ldr q0, [x1]
            (0xBD00_0020, Some("a vector register")),   // str s0, [x1]
            (0x4C40_7820, Some("vector registers")),    // ld1 {v0.4s}, [x1]
            (0x885F_7C20, Some("an exclusive or atomic access")), // ldxr w0, [x1]
            (0x88A1_7C40, Some("an exclusive or atomic access")), // cas w1, w0, [x2]
            (0xB821_0040, Some("an atomic access")),    // ldadd w1, w0, [x2]
            (0xD50B_7421, Some("DC ZVA")),              // dc zva, x1
            (0xB940_0020, None),                        // ldr w0, [x1]
            (0xB862_6820, None),                        // ldr w0, [x1, x2]
            (0xB840_3020, None),                        // ldur w0, [x1, #3]
            (0x9100_0421, None),                        // add x1, x1, #1
            (0xD503_201F, None),                        // nop
            (0, None),
        ] {
            assert_eq!(undescribed(word), expected, "{word:#x}");
        }
    }
}
