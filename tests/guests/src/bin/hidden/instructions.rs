//! Registers and instructions that a partition isn't given, each tried.

use core::arch::asm;

use crate::caught;
use crate::place::Place;
use crate::say;

/// A register: its reading, and its writing of zero.
struct Register {
    name: &'static str,
    read: fn(),
    write: fn(),
}

macro_rules! register {
    ($name:literal $assembler:literal) => {
        Register {
            name: $name,
            // SAFETY: what isn't refused reads, or writes zero, which turns nothing on.
            read: || unsafe { asm!(concat!("mrs {}, ", $assembler), out(reg) _, options(nostack)) },
            // SAFETY: what isn't refused reads, or writes zero, which turns nothing on.
            write: || unsafe { asm!(concat!("msr ", $assembler, ", xzr"), options(nostack)) },
        }
    };
}

const REGISTERS: &[Register] = &[
    // PMU.
    register!("PMCR_EL0" "s3_3_c9_c12_0"),
    register!("PMCNTENSET_EL0" "s3_3_c9_c12_1"),
    register!("PMOVSCLR_EL0" "s3_3_c9_c12_3"),
    register!("PMSELR_EL0" "s3_3_c9_c12_5"),
    register!("PMCEID0_EL0" "s3_3_c9_c12_6"),
    register!("PMCCNTR_EL0" "s3_3_c9_c13_0"),
    register!("PMXEVTYPER_EL0" "s3_3_c9_c13_1"),
    register!("PMXEVCNTR_EL0" "s3_3_c9_c13_2"),
    register!("PMUSERENR_EL0" "s3_3_c9_c14_0"),
    register!("PMOVSSET_EL0" "s3_3_c9_c14_3"),
    register!("PMINTENSET_EL1" "s3_0_c9_c14_1"),
    register!("PMMIR_EL1" "s3_0_c9_c14_6"),
    register!("PMEVCNTR0_EL0" "s3_3_c14_c8_0"),
    register!("PMEVTYPER0_EL0" "s3_3_c14_c12_0"),
    register!("PMCCFILTR_EL0" "s3_3_c14_c15_7"),
    // Breakpoints and watchpoints beyond the two that every CPU has.
    register!("DBGBVR15_EL1" "s2_0_c0_c15_4"),
    register!("DBGWVR15_EL1" "s2_0_c0_c15_6"),
    // SVE and SME.
    register!("ZCR_EL1" "s3_0_c1_c2_0"),
    register!("SMCR_EL1" "s3_0_c1_c2_6"),
    register!("SMPRI_EL1" "s3_0_c1_c2_4"),
    register!("SMIDR_EL1" "s3_1_c0_c0_6"),
    register!("SVCR" "s3_3_c4_c2_2"),
    register!("TPIDR2_EL0" "s3_3_c13_c0_5"),
    // Pointer authentication.
    register!("APIAKeyLo_EL1" "s3_0_c2_c1_0"),
    register!("APIAKeyHi_EL1" "s3_0_c2_c1_1"),
    register!("APIBKeyLo_EL1" "s3_0_c2_c1_2"),
    register!("APIBKeyHi_EL1" "s3_0_c2_c1_3"),
    register!("APDAKeyLo_EL1" "s3_0_c2_c2_0"),
    register!("APDAKeyHi_EL1" "s3_0_c2_c2_1"),
    register!("APDBKeyLo_EL1" "s3_0_c2_c2_2"),
    register!("APDBKeyHi_EL1" "s3_0_c2_c2_3"),
    register!("APGAKeyLo_EL1" "s3_0_c2_c3_0"),
    register!("APGAKeyHi_EL1" "s3_0_c2_c3_1"),
    // Memory tags.
    register!("GCR_EL1" "s3_0_c1_c0_6"),
    register!("RGSR_EL1" "s3_0_c1_c0_5"),
    register!("TFSR_EL1" "s3_0_c5_c6_0"),
    register!("TFSRE0_EL1" "s3_0_c5_c6_1"),
    register!("GMID_EL1" "s3_1_c0_c0_4"),
    register!("TCO" "s3_3_c4_c2_7"),
    // Error records.
    register!("ERRIDR_EL1" "s3_0_c5_c3_0"),
    register!("ERRSELR_EL1" "s3_0_c5_c3_1"),
    register!("ERXFR_EL1" "s3_0_c5_c4_0"),
    register!("ERXCTLR_EL1" "s3_0_c5_c4_1"),
    register!("ERXSTATUS_EL1" "s3_0_c5_c4_2"),
    register!("ERXADDR_EL1" "s3_0_c5_c4_3"),
    register!("ERXPFGF_EL1" "s3_0_c5_c4_4"),
    register!("ERXMISC0_EL1" "s3_0_c5_c5_0"),
    register!("DISR_EL1" "s3_0_c12_c1_1"),
    // Limited-ordering regions.
    register!("LORSA_EL1" "s3_0_c10_c4_0"),
    register!("LOREA_EL1" "s3_0_c10_c4_1"),
    register!("LORN_EL1" "s3_0_c10_c4_2"),
    register!("LORC_EL1" "s3_0_c10_c4_3"),
    register!("LORID_EL1" "s3_0_c10_c4_7"),
    // Random numbers.
    register!("RNDR" "s3_3_c2_c4_0"),
    register!("RNDRRS" "s3_3_c2_c4_1"),
    // Second context number.
    register!("SCXTNUM_EL1" "s3_0_c13_c0_7"),
    register!("SCXTNUM_EL0" "s3_3_c13_c0_7"),
    // Profiling, trace, activity monitors, partitioning of memory resources.
    register!("PMSCR_EL1" "s3_0_c9_c9_0"),
    register!("PMSIDR_EL1" "s3_0_c9_c9_7"),
    register!("PMBLIMITR_EL1" "s3_0_c9_c10_0"),
    register!("TRBLIMITR_EL1" "s3_0_c9_c11_0"),
    register!("BRBCR_EL1" "s2_1_c9_c0_0"),
    register!("TRCSTATR" "s2_1_c0_c3_0"),
    register!("TRFCR_EL1" "s3_0_c1_c2_1"),
    register!("AMCR_EL0" "s3_3_c13_c2_0"),
    register!("AMEVCNTR00_EL0" "s3_3_c13_c4_0"),
    register!("MPAM0_EL1" "s3_0_c10_c5_1"),
    register!("MPAM1_EL1" "s3_0_c10_c5_0"),
    register!("MPAMIDR_EL1" "s3_0_c10_c4_4"),
    // What newer CPUs have added to stage 1 and to the levels below.
    register!("TCR2_EL1" "s3_0_c2_c0_3"),
    register!("SCTLR2_EL1" "s3_0_c1_c0_3"),
    register!("MAIR2_EL1" "s3_0_c10_c2_1"),
    register!("PIR_EL1" "s3_0_c10_c2_3"),
    register!("POR_EL1" "s3_0_c10_c2_4"),
    register!("GCSPR_EL1" "s3_0_c2_c5_1"),
    register!("ACCDATA_EL1" "s3_0_c13_c0_5"),
    register!("ALLINT" "s3_0_c4_c3_0"),
    register!("FPMR" "s3_3_c4_c4_2"),
    // The levels above.
    register!("HCR_EL2" "s3_4_c1_c1_0"),
    register!("VBAR_EL2" "s3_4_c12_c0_0"),
    register!("MDCR_EL2" "s3_4_c1_c1_1"),
    register!("CNTHP_CTL_EL2" "s3_4_c14_c2_1"),
    register!("CNTVOFF_EL2" "s3_4_c14_c0_3"),
    register!("ICH_HCR_EL2" "s3_4_c12_c11_0"),
    register!("SCTLR_EL12" "s3_5_c1_c0_0"),
    register!("SCR_EL3" "s3_6_c1_c1_0"),
    // Implementation defined, of the spaces for that.
    register!("S3_0_C11_C15_7" "s3_0_c11_c15_7"),
    register!("S3_7_C15_C15_7" "s3_7_c15_c15_7"),
];

/// An instruction.
struct Instruction {
    name: &'static str,
    run: fn(),
}

macro_rules! instruction {
    ($name:literal $word:literal) => {
        Instruction {
            name: $name,
            // SAFETY: what isn't refused changes these registers, or sixteen bytes at `x1`.
            run: || unsafe {
                let mut place = [0_u64; 16];
                asm!(concat!(".inst ", $word), inout("x0") 0_u64 => _,
                    inout("x1") place.as_mut_ptr() => _, inout("x2") place.as_ptr() => _,
                    out("x3") _, out("x4") _, out("x5") _, out("x6") _, out("x7") _);
            },
        }
    };
}

/// All but the first five belong to an extension.
const INSTRUCTIONS: &[Instruction] = &[
    instruction!("udf" "0x00000000"),
    instruction!("hlt" "0xd4400000"),
    instruction!("dcps1" "0xd4a00001"),
    instruction!("tlbi-alle2" "0xd50c871f"),
    instruction!("at-s12e1r" "0xd50c7880"),
    instruction!("rdvl" "0x04bf5020"),
    instruction!("ptrue" "0x2518e3e0"),
    instruction!("rdsvl" "0x04bf5820"),
    instruction!("smstart" "0xd503477f"),
    instruction!("pacga" "0x9ac23020"),
    instruction!("xpaci" "0xdac143e0"),
    instruction!("pacia" "0xdac10020"),
    instruction!("irg" "0x9adf1000"),
    instruction!("ldg" "0xd9600020"),
    instruction!("wfit" "0xd5031020"),
    // Until a time that is ahead: the address in `x1`, as one.
    instruction!("wfit-ahead" "0xd5031021"),
    instruction!("wfet" "0xd5031000"),
    instruction!("set-allint" "0xd501411f"),
    instruction!("ld64b" "0xf83fd020"),
    instruction!("tstart" "0xd5233060"),
    instruction!("cpyfp" "0x19020420"),
];

/// Tries all.
pub fn run(place: &Place) {
    for Register { name, read, write } in REGISTERS {
        place.begin_window();
        let (read, written) = (caught::during(read), caught::during(write));
        say!(place, "hidden case={name} result={read}, {written}");
    }
    for Instruction { name, run } in INSTRUCTIONS {
        place.begin_window();
        let result = caught::during(run);
        say!(place, "hidden case={name} result={result}");
    }
}
