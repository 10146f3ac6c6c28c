//! What a partition's machine has beside its CPU's registers.

use core::arch::asm;

use paratia_abi::call::{PSCI_FEATURES, PV_TIME_FEATURES, PV_TIME_ST, SMCCC_ARCH_FEATURES};
use paratia_abi::passport::Passport;

use crate::caught;
use crate::paratia;
use crate::pause::spin;
use crate::place::Place;
use crate::say;

/// Nothing is there, bare or in the partition (QEMU 7.2, hw/arm/virt.c, base_memmap).
pub const NOTHING: usize = 0x0B00_0000;
/// Words of memory that set/way maintenance must leave alone.
const WORDS: usize = 1024;

/// Tries what this partition has to die of, if its run argument says so.
pub fn die(passport: &Passport, run_argument: u64) {
    let [distributor, _] = passport.gic_bases;
    // SAFETY: the interrupt controller's first registers, which nothing else uses.
    unsafe {
        match run_argument {
            1 => asm!("ldp {}, {}, [{}]", out(reg) _, out(reg) _, in(reg) distributor),
            2 => asm!("stp xzr, xzr, [{}]", in(reg) distributor),
            _ => {}
        }
    }
}

/// `TPIDR2_EL0`, where nothing can trap it: what is there at the first instruction, and whether a value
/// stays over windows in which another partition does the same.
pub fn look_at_second_thread_id(place: &Place) {
    let (mut entry, mut seen): (u64, u64) = (0, 0);
    // SAFETY: nobody else here uses it, or it is undefined and caught.
    let there = caught::during(|| unsafe { asm!("mrs {}, s3_3_c13_c0_5", out(reg) entry) });
    if there.count > 0 {
        return say!(place, "machine case=second-thread-id absent");
    }
    let own: u64;
    // SAFETY: nobody else here uses it, and it is there. The time is not the same for two.
    unsafe { asm!("mrs {0}, cntvct_el0", "msr s3_3_c13_c0_5, {0}", out(reg) own) };
    for _ in 0..3 {
        place.begin_window();
    }
    // SAFETY: nobody else here uses it, and it is there.
    let _ = caught::during(|| unsafe { asm!("mrs {}, s3_3_c13_c0_5", out(reg) seen) });
    let kept = seen == own;
    say!(
        place,
        "machine case=second-thread-id entry={entry} kept={kept}"
    );
}

/// What is the same on the bare machine.
pub fn run_anywhere(place: &Place) {
    place.begin_window();
    hidden_fields(place);
    let address = core::ptr::with_exposed_provenance_mut::<u32>(NOTHING);
    // SAFETY: nothing is there, and the abort is caught.
    let abort = caught::during(|| unsafe {
        address.read_volatile();
    });
    say!(
        place,
        "hidden case=read-nothing result={abort} at {:#x}",
        abort.far
    );
    // SAFETY: nothing is there, and the abort is caught.
    let abort = caught::during(|| unsafe { address.write_volatile(0) });
    say!(
        place,
        "hidden case=write-nothing result={abort} at {:#x}",
        abort.far
    );
    let abort = caught::during(jump_to_nothing);
    say!(
        place,
        "hidden case=fetch-nothing result={abort} at {:#x}",
        abort.far
    );
    place.begin_window();
    let after = caught::during(branch_to_trapped).spsr >> 10 & 0b11;
    say!(
        place,
        "hidden case=branch-to-trapped result=BTYPE {after} after it"
    );
    // SAFETY: an event is set first, so that the wait is none.
    let wait = caught::during(|| unsafe { asm!("sevl", "wfe", options(nostack)) });
    say!(place, "hidden case=wfe result={wait}");
    let timer = physical_timer();
    say!(place, "hidden case=physical-timer result={timer}");
    place.begin_window();
    let kept = maintain_by_set_and_way();
    say!(
        place,
        "hidden case=set-way result={kept} of {WORDS} words kept"
    );
}

/// Fields of ID registers that say of what is hidden: `RAS`, `SVE`, `MPAM`, `AMU`; `MTE`, `SME`;
/// pointer authentication; `LO`; `RNDR`.
fn hidden_fields(place: &Place) {
    let [pfr0, pfr1, isar0, isar1, mmfr1]: [u64; 5];
    // SAFETY: constants.
    unsafe {
        let (a, b, c, d, e);
        asm!("mrs {}, id_aa64pfr0_el1", "mrs {}, id_aa64pfr1_el1", "mrs {}, id_aa64isar0_el1",
            "mrs {}, id_aa64isar1_el1", "mrs {}, id_aa64mmfr1_el1",
            out(reg) a, out(reg) b, out(reg) c, out(reg) d, out(reg) e, options(nostack));
        [pfr0, pfr1, isar0, isar1, mmfr1] = [a, b, c, d, e];
    }
    let shown = pfr0 & 0xFFFF_F000_0000
        | pfr1 & 0xF00_0F00
        | isar0 & 0xF << 60
        | isar1 & 0xFF00_0FF0
        | mmfr1 & 0xF_0000;
    say!(place, "hidden case=id-registers result={shown:#x}");
}

fn jump_to_nothing() {
    // SAFETY: the abort of the fetch goes on after the jump.
    unsafe {
        asm!("adr {after}, 2f", "str {after}, [{go_on}]", "br {nothing}", "2:",
            after = out(reg) _, go_on = in(reg) caught::place_of_next(), nothing = in(reg) NOTHING);
    }
}

/// A trapped instruction as a branch's target, then one that is undefined.
fn branch_to_trapped() {
    // SAFETY: what is undefined is caught.
    unsafe {
        asm!("adr x16, 2f", "br x16", "2:", "mrs x16, id_aa64mmfr0_el1", "udf #0", out("x16") _);
    }
}

/// Whether the physical timer is due when, and only when, its time has come.
fn physical_timer() -> &'static str {
    let status = || {
        let status: u64;
        // SAFETY: this guest's own timer, whose interrupt is masked.
        unsafe { asm!("isb", "mrs {}, cntp_ctl_el0", out(reg) status, options(nostack)) };
        status
    };
    let ticks = 1000_u64;
    // SAFETY: this guest's own timer, whose interrupt is masked.
    unsafe { asm!("msr cntp_tval_el0, {}", "msr cntp_ctl_el0, {}", in(reg) ticks, in(reg) 1_u64) };
    let early = status();
    let (from, mut now): (u64, u64);
    // SAFETY: reads.
    unsafe { asm!("isb", "mrs {}, cntpct_el0", out(reg) from) };
    loop {
        // SAFETY: reads.
        unsafe { asm!("isb", "mrs {}, cntpct_el0", out(reg) now) };
        if now.wrapping_sub(from) > ticks {
            break;
        }
    }
    let late = status();
    // SAFETY: this guest's own timer, whose interrupt is masked.
    unsafe { asm!("msr cntp_ctl_el0, xzr") };
    match (early, late, status()) {
        (0b001, 0b101, 0) => "due in time",
        _ => "wrong",
    }
}

/// How many words of memory are as they were after maintenance of all caches by set and way, with
/// caches turned on and off around it.
fn maintain_by_set_and_way() -> usize {
    let mut words = [0_u64; WORDS];
    for (index, word) in words.iter_mut().enumerate() {
        // SAFETY: a word of this array, written before its maintenance.
        unsafe { core::ptr::from_mut(word).write_volatile(index as u64 ^ 0x5A5A_5A5A) };
    }
    for set in 0..64_u64 {
        for way in 0..4_u64 {
            let line = way << 30 | set << 6;
            // SAFETY: memory is not cached here; on a machine that keeps its word this loses
            // nothing.
            unsafe { asm!("dc cisw, {0}", "dc csw, {0}", in(reg) line, options(nostack)) };
        }
    }
    // SAFETY: SCTLR_EL1.I is turned on and off again, of which nothing but time depends.
    unsafe {
        asm!("dsb sy", "mrs {0}, sctlr_el1", "orr {1}, {0}, #(1 << 12)", "msr sctlr_el1, {1}", "isb",
            "msr sctlr_el1, {0}", "isb", out(reg) _, out(reg) _, options(nostack));
    }
    words
        .iter()
        .enumerate()
        // SAFETY: a word of the array.
        .filter(|(index, word)| unsafe {
            core::ptr::from_ref(*word).read_volatile() == *index as u64 ^ 0x5A5A_5A5A
        })
        .count()
}

/// What only a partition has.
pub fn run(place: &Place, passport: &Passport) {
    place.begin_window();
    let [features_st, features_self, features_other] =
        [PV_TIME_ST, PV_TIME_FEATURES, 0xC500_0022].map(|id| call(PV_TIME_FEATURES, id.into()));
    let arch = call(SMCCC_ARCH_FEATURES, PV_TIME_FEATURES.into());
    say!(
        place,
        "machine case=pv-time-features st={features_st} self={features_self} other={features_other} arch={arch}"
    );
    psci(place);
    let record = call(PV_TIME_ST, 0);
    let Ok(record) = usize::try_from(record) else {
        return say!(place, "machine case=stolen-time absent");
    };
    let frame = passport.major_frame_ns;
    let (spent, waited) = (stolen_during(record, || spin(3 * frame)), {
        stolen_during(record, || {
            for _ in 0..3 {
                paratia::wait_for_window();
            }
        })
    });
    say!(
        place,
        "machine case=stolen-time busy={spent} waiting={waited}"
    );
}

fn psci(place: &Place) {
    const AFFINITY_INFO: u32 = 0xC400_0004;
    const CPU_ON: u32 = 0xC400_0003;
    const CPU_SUSPEND: u32 = 0xC400_0001;
    const SMC64: u32 = 1 << 30;
    let answers = [
        (PSCI_FEATURES, [CPU_ON.into(), 0, 0]),
        (PSCI_FEATURES, [0x8400_0013, 0, 0]),
        (AFFINITY_INFO, [0, 0, 0]),
        (AFFINITY_INFO, [1, 0, 0]),
        (AFFINITY_INFO, [0, 4, 0]),
        (CPU_ON, [0, 0x4000_0000, 0]),
        (CPU_ON, [1, 0x4000_0000, 0]),
        (CPU_ON, [1 << 32, 0x4000_0000, 0]),
        (CPU_SUSPEND, [0xFFFF_FFFF, 0, 0]),
        (0x8400_0006, [0, 0, 0]),
        (0x8400_0013, [0, 0, 0]),
    ]
    .map(|(id, [x1, x2, x3])| paratia::call(id, [x1, x2, x3, 0, 0, 0]).0);
    say!(place, "machine case=psci {answers:?}");
    // The 32-bit forms: what is negative has its sign in all of x0.
    let answers = [
        (CPU_ON & !SMC64, [0, 0x4000_0000, 0]),
        (AFFINITY_INFO & !SMC64, [0, 4, 0]),
        (PSCI_FEATURES, [0x8400_0013, 0, 0]),
        (0x8400_0014, [0, 0, 0]),
        (0x8500_0000, [0, 0, 0]),
    ]
    .map(|(id, [x1, x2, x3])| paratia::call(id, [x1, x2, x3, 0, 0, 0]).0);
    say!(place, "machine case=psci-32 {answers:?}");
}

fn call(id: u32, argument: u64) -> i64 {
    paratia::call(id, [argument, 0, 0, 0, 0, 0]).0
}

/// Nanoseconds that were stolen from a window's start on.
fn stolen_during(record: usize, spend: impl FnOnce()) -> u64 {
    // Revision and attributes are before it (DEN0057, 3.2.2).
    let stolen = core::ptr::with_exposed_provenance::<u64>(record + 8);
    paratia::wait_for_window();
    // SAFETY: the record that the hypervisor has named.
    let before = unsafe { stolen.read_volatile() };
    spend();
    // SAFETY: the record that the hypervisor has named.
    unsafe { stolen.read_volatile() }.wrapping_sub(before)
}
