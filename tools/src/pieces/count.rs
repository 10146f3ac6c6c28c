//! A program for Linux that prints its CPU's counter (`CNTVCT_EL0`), and nothing else.
//!
//! On the bare machine the counter begins at 0 with the first instruction, in a partition with the
//! first window: what a boot costs can be compared to the instruction. No program of busybox's reads
//! it, and the kernel's own clock begins only when the kernel has found its timer.

use super::bare::elf_file;

/// Where the program is linked. Its bytes begin this far into the file, too, as Linux maps whole
/// pages of it.
const BASE: u64 = 0x40_0000 + 0x78;

/// The decimal digits are made below the stack pointer, last one first; no signal comes between.
const INSTRUCTIONS: [u32; 19] = [
    0xD503_3FDF, // isb
    0xD53B_E040, // mrs   x0, cntvct_el0
    0x9100_03E1, // mov   x1, sp
    0x5280_0142, // mov   w2, #'\n'
    0x381F_FC22, // strb  w2, [x1, #-1]!
    0xD280_0143, // mov   x3, #10
    0x9AC3_0804, // 1: udiv x4, x0, x3
    0x9B03_8085, // msub  x5, x4, x3, x0
    0x1100_C0A5, // add   w5, w5, #'0'
    0x381F_FC25, // strb  w5, [x1, #-1]!
    0xAA04_03E0, // mov   x0, x4
    0xB5FF_FF60, // cbnz  x0, 1b
    0xCB21_63E2, // sub   x2, sp, x1
    0xD280_0020, // mov   x0, #1         standard output
    0xD280_0808, // mov   x8, #64        write
    0xD400_0001, // svc   #0
    0xD280_0000, // mov   x0, #0
    0xD280_0BA8, // mov   x8, #93        exit
    0xD400_0001, // svc   #0
];

/// The program as an ELF file.
pub(super) fn program() -> anyhow::Result<Vec<u8>> {
    let bytes = INSTRUCTIONS.iter().flat_map(|it| it.to_le_bytes());
    elf_file(BASE, &[(BASE, bytes.collect())])
}

#[cfg(test)]
mod tests {
    use object::{Object as _, ObjectSegment as _};

    use super::*;

    #[test]
    fn it_lies_in_its_file_as_linux_maps_it() {
        let bytes = program().unwrap();
        let file = object::File::parse(bytes.as_slice()).unwrap();
        let segment = file.segments().next().unwrap();
        let (offset, size) = segment.file_range();
        assert_eq!((file.entry(), segment.address()), (BASE, BASE));
        assert_eq!((offset, size), (BASE & 0xFFF, 4 * 19));
    }
}
