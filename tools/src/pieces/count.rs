//! Two small programs for Linux that read its CPU's counter (`CNTVCT_EL0`): one prints it, one prints what a
//! system call takes.
//!
//! On the bare machine the counter begins at 0 with the first instruction, in a partition with the
//! first window: what a boot costs can be compared to the instruction. No program of busybox's reads
//! it, and the kernel's own clock begins only when the kernel has found its timer.

use super::bare::elf_file;

/// Where the programs are linked. Their bytes begin this far into the file, too, as Linux maps whole
/// pages of it.
const BASE: u64 = 0x40_0000 + 0x78;

/// The counter's value, in `x0`.
const COUNTER: &[u32] = &[
    0xD503_3FDF, // isb
    0xD53B_E040, // mrs   x0, cntvct_el0
];

/// The least that 128 calls of `getppid` take in 64 tries, in `x0`.
const CALLS: &[u32] = &[
    0xD280_0813, // mov   x19, #64
    0x9280_0014, // mov   x20, #-1
    0xD503_3FDF, // 1: isb
    0xD53B_E055, // mrs   x21, cntvct_el0
    0xD280_1016, // mov   x22, #128
    0xD280_15A8, // 2: mov x8, #173       getppid
    0xD400_0001, // svc   #0
    0xF100_06D6, // subs  x22, x22, #1
    0x54FF_FFA1, // b.ne  2b
    0xD503_3FDF, // isb
    0xD53B_E040, // mrs   x0, cntvct_el0
    0xCB15_0000, // sub   x0, x0, x21
    0xEB14_001F, // cmp   x0, x20
    0x9A94_3014, // csel  x20, x0, x20, lo
    0xF100_0673, // subs  x19, x19, #1
    0x54FF_FE61, // b.ne  1b
    0xAA14_03E0, // mov   x0, x20
];

/// Prints `x0` and ends. The decimal digits are made below the stack pointer, last one first; no signal comes
/// between.
const PRINT: &[u32] = &[
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

/// The program that prints the counter, as an ELF file.
pub(super) fn counter() -> anyhow::Result<Vec<u8>> {
    program(COUNTER)
}

/// The program that prints how many ticks 128 calls of `getppid` take.
pub(super) fn calls() -> anyhow::Result<Vec<u8>> {
    program(CALLS)
}

fn program(first: &[u32]) -> anyhow::Result<Vec<u8>> {
    let all = first.iter().chain(PRINT);
    elf_file(
        BASE,
        &[(BASE, all.flat_map(|it| it.to_le_bytes()).collect())],
    )
}

#[cfg(test)]
mod tests {
    use object::{Object as _, ObjectSegment as _};

    use super::*;

    #[test]
    fn it_lies_in_its_file_as_linux_maps_it() {
        let bytes = counter().unwrap();
        let file = object::File::parse(bytes.as_slice()).unwrap();
        let segment = file.segments().next().unwrap();
        let (offset, size) = segment.file_range();
        assert_eq!((file.entry(), segment.address()), (BASE, BASE));
        assert_eq!((offset, size), (BASE & 0xFFF, 4 * 19));
    }
}
