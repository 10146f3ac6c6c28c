//! The instructions of an image that the tracer looks at: the first of each vector by which a guest is left,
//! each return to one, and the reads of the counter and of the interrupt that is taken.

use std::fmt::Write as _;

use anyhow::Context as _;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags, elf};
use paratia_config::BoardFacts;
use paratia_config::board::InterruptController;

/// The symbol of the vectors, and the offsets in them at which a guest is left: synchronous, IRQ, FIQ and
/// SError, from AArch64 and from AArch32 (Arm ARM DDI 0487, table D1-5).
const VECTORS: &str = "vectors";
const OFFSETS: [u64; 8] = [0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780];

/// `ERET`, `MRS Xt, CNTPCT_EL0` and `MRS Xt, ICC_IAR1_EL1`, the latter with `X0` (Arm ARM DDI 0487, C6.2.120,
/// C6.2.248, D24.10; Arm IHI 0069, `ICC_IAR1_EL1`).
const RETURN: u32 = 0xD69F_03E0;
const CLOCK: u32 = 0xD53B_E020;
const INTERRUPT: u32 = 0xD538_CC00;
/// Where an instruction has its register.
const REGISTER: u32 = 0x1F;

/// Where `GICC_IAR` lies in a GICv2's CPU interface (Arm IHI 0048, 4.4.4).
const ACKNOWLEDGE: u64 = 0xC;

/// The points of an image for a board, as the tracer reads them.
///
/// # Errors
/// If the file is no ELF file, or has no vectors.
pub fn of(elf: &[u8], board: &BoardFacts) -> anyhow::Result<String> {
    let file = object::File::parse(elf)?;
    let mut symbols = file.symbols();
    let vectors = symbols
        .find(|symbol| symbol.name() == Ok(VECTORS))
        .context("the image has no symbol of its vectors")?
        .address();
    let mut text = String::new();
    for offset in OFFSETS {
        let _ = writeln!(text, "exit {:x} {offset:x}", vectors + offset);
    }
    if let InterruptController::GicV2 { cpu_interface, .. } = board.interrupt_controller {
        let _ = writeln!(text, "acknowledge {:x}", cpu_interface.base.0 + ACKNOWLEDGE);
    }
    for section in file.sections().filter(is_executable) {
        let (start, end) = (section.address(), section.address() + section.size());
        let _ = writeln!(text, "text {start:x} {end:x}");
        let (words, _) = section.data()?.as_chunks();
        for (word, address) in words.iter().zip((section.address()..).step_by(4)) {
            let word = u32::from_le_bytes(*word);
            let register = word & REGISTER;
            // Writing to a string can't fail.
            let _ = match word & !REGISTER {
                CLOCK => writeln!(text, "clock {address:x} {register}"),
                INTERRUPT => writeln!(text, "interrupt {address:x} {register}"),
                _ if word == RETURN => writeln!(text, "return {address:x}"),
                _ => Ok(()),
            };
        }
    }
    Ok(text)
}

fn is_executable<'data>(section: &impl object::ObjectSection<'data>) -> bool {
    let SectionFlags::Elf { sh_flags } = section.flags() else {
        return false;
    };
    sh_flags & u64::from(elf::SHF_EXECINSTR) != 0
}
