//! One CPU at EL2: what guests may do by themselves, what is trapped, and the state per CPU that the
//! assembly knows.

use core::arch::asm;

use super::performance;
use super::registers::{read_register, write_register};
use crate::machine::inject::{self, Exception};
use crate::machine::mmio::Order;
use crate::machine::register_names as name;
use crate::machine::xen::stage1::Stage1;

/// Virtualisation on; interrupts, ID registers (those of the implementation, of tags and of streaming,
/// too), `WFI`, `SMC`, set/way maintenance, implementation defined and auxiliary registers, error
/// records and limited-ordering regions trapped; EL1 is AArch64; pointer authentication, tags and the
/// second context number trap by their bits being zero (Arm ARM DDI 0487, D19.2.48).
///
/// `FB` and `BSU` are zero: they would make each TLB and instruction cache invalidation that a guest
/// means for its own CPU, and its barriers, act on all CPUs. That is for hypervisors that move vCPUs
/// from CPU to CPU. Here a vCPU has one CPU for good, so what it invalidates locally is all that it can
/// have there; other vCPUs of its partition on the same CPU, whose translations bear the same VMID,
/// have nothing left from their windows when it comes ([`super::memory::forget_siblings`]), as each of
/// a guest's CPUs has a TLB of its own; and other partitions aren't held up by messages between CPUs.
const HCR_EL2: u64 = 1 // VM
    | 1 << 1 // SWIO
    | 1 << 2 // PTW: a guest's table walk in a device is a fault
    | 0b111 << 3 // FMO, IMO, AMO
    | 1 << 13 // TWI
    | 1 << 16 // TID1
    | 1 << 18 // TID3
    | 1 << 19 // TSC
    | 1 << 20 // TIDCP
    | 1 << 21 // TACR
    | 1 << 22 // TSW
    | 1 << 31 // RW
    | 1 << 35 // TLOR
    | 1 << 36 // TERR
    | 1 << 58; // TID5

/// The bits `HCR_EL2.VI` and `VF`: a virtual interrupt is pending.
const VI: u32 = 7;
const VF: u32 = 6;
/// The bit `HCR_EL2.TVM`: writes to the registers of stage 1 are trapped.
const TVM: u32 = 26;

/// Trace, activity monitors, SVE and SME trapped; FP and SIMD not (Arm ARM DDI 0487, D19.2.31).
const CPTR_EL2: u64 = 0x33FF & !(1 << 10) | 1 << 20 | 1 << 30;
/// `CPTR_EL2.TCPAC`: accesses to `CPACR_EL1` trapped.
const TCPAC: u64 = 1 << 31;

/// `CPACR_EL1.ZEN` and `SMEN`: whether EL1 traps SVE and SME before EL2 sees them.
const VECTOR_ACCESS: u64 = 0b11 << 16 | 0b11 << 24;

/// Debug, OS lock, PMU, profiling and trace filter registers trapped; what guests' counters may count
/// depends on the CPU ([`performance::control_at_el2`]; Arm ARM DDI 0487, D19.2.83).
const MDCR_EL2: u64 = 1 << 5 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 14 | 1 << 19;

/// The state of a CPU that the assembly knows, at the address in `TPIDR_EL2`.
#[repr(C)]
pub struct CpuAnchor {
    /// Top of the stack for last words.
    pub emergency_stack: u64,
    /// The CPU's index.
    pub index: u64,
}

/// Sets this CPU's traps: the same whichever guest runs, but for what one was granted
/// ([`crate::state::granted`]). `tests/registers.rs` has every value once more.
pub fn enable_traps() {
    let identity = read_register!("midr_el1");
    // SAFETY: these registers act on EL1 and EL0, where nothing runs yet.
    unsafe {
        write_register!("hcr_el2", HCR_EL2);
        write_register!("cptr_el2", CPTR_EL2 | if has_vectors() { TCPAC } else { 0 });
        write_register!("mdcr_el2", MDCR_EL2 | performance::control_at_el2());
        write_register!("hstr_el2", 0_u64);
        // EL1PCTEN, EL1PCEN zero: the physical counter and timer are not a guest's.
        write_register!("cnthctl_el2", 0_u64);
        write_register!("vpidr_el2", identity);
    }
    super::inherited::take_back();
    super::timer::isb();
}

/// Whether the CPU has SVE or SME.
fn has_vectors() -> bool {
    read_register!("id_aa64pfr0_el1") >> 32 & 0xF != 0
        || read_register!("id_aa64pfr1_el1") >> 24 & 0xF != 0
}

/// What is in `CPACR_EL1` when a guest writes `value`.
///
/// Where there are SVE and SME, EL1 never traps them: their instructions then come to EL2 and are
/// undefined, as on a CPU that has neither. The register itself is trapped there.
#[must_use]
pub fn access_control(value: u64) -> u64 {
    value | if has_vectors() { VECTOR_ACCESS } else { 0 }
}

/// The guest's `CPACR_EL1`, as it sees it.
#[must_use]
pub fn guest_access_control() -> u64 {
    read_register!("cpacr_el1") & !VECTOR_ACCESS
}

/// Writes the guest's `CPACR_EL1`.
pub fn set_guest_access_control(value: u64) {
    // SAFETY: CPACR_EL1 acts on EL1 and EL0 alone, where only the guest that is loaded runs.
    unsafe { write_register!("cpacr_el1", access_control(value)) };
}

/// `REVIDR_EL1`.
#[must_use]
pub fn revision() -> u64 {
    read_register!("revidr_el1")
}

/// `AIDR_EL1`.
#[must_use]
pub fn auxiliary_identity() -> u64 {
    read_register!("s3_1_c0_c0_7")
}

/// `ID_AA64MMFR0_EL1.FGT`.
fn has_fine_traps() -> bool {
    read_register!("id_aa64mmfr0_el1") >> 56 & 0xF != 0
}

/// Whether a guest can reach `TPIDR2_EL0`, which comes with SME and is trapped by `HFGRTR_EL2` alone.
/// The architecture has no SME without these traps, but QEMU 7.2's `max` has.
#[must_use]
pub fn has_second_thread_id() -> bool {
    read_register!("id_aa64pfr1_el1") >> 24 & 0xF != 0 && !has_fine_traps()
}

/// Whether the CPU has RAS, and so a deferred error register that guests can write.
#[must_use]
pub fn has_ras() -> bool {
    read_register!("id_aa64pfr0_el1") >> 28 & 0xF != 0
}

/// Bits of the CPU's physical addresses, as `TCR` and `VTCR` encode them, at most 48 bits.
#[must_use]
pub fn physical_address_range() -> u64 {
    (read_register!("id_aa64mmfr0_el1") & 0xF).min(5)
}

/// Makes `vttbr` the stage 2 of the guest that runs next.
pub fn set_stage2(vttbr: u64) {
    // SAFETY: the root is one of the constant tables; no guest runs until the next `eret`.
    unsafe { write_register!("vttbr_el2", vttbr) };
}

/// Sets the translation granule and sizes of stage 2, once a CPU.
pub fn set_stage2_control(vtcr: u64) {
    // SAFETY: boot calls this before any guest runs on this CPU, and stage 2 concerns guests alone.
    unsafe { write_register!("vtcr_el2", vtcr) };
    super::timer::isb();
}

/// The affinity of this CPU.
#[must_use]
pub fn affinity() -> u64 {
    read_register!("mpidr_el1") & 0xFF_00FF_FFFF
}

/// The syndrome of the exit.
#[must_use]
pub fn syndrome() -> u64 {
    read_register!("esr_el2")
}

/// The virtual address of a faulting access.
#[must_use]
pub fn fault_address() -> u64 {
    read_register!("far_el2")
}

/// The guest-physical address of a stage 2 fault; 0 if the CPU doesn't say it.
///
/// `HPFAR_EL2` holds its page unless it was a permission fault of the access itself (Arm ARM DDI
/// 0487, D19.2.66). Then it is the virtual address where the guest's stage 1 is off, and else only
/// `AT S1E1R` could find it out. No such instruction is in the image: some CPUs execute one
/// speculatively with the registers of two guests mixed in a switch, and keep what they found for
/// the wrong one (Arm's errata notices: Cortex-A57 1319537, Cortex-A72 1319367, Cortex-A55 1530923,
/// Cortex-A76 1165522). Without one in what EL2 may execute there is nothing to speculate on, and a
/// switch needs no barriers against it. `tests/instructions.rs` looks for them.
#[must_use]
pub fn fault_ipa() -> u64 {
    const PERMISSION_FAULT: u64 = 0b0011;
    const MMU: u64 = 1;
    let (esr, far) = (syndrome(), fault_address());
    if esr >> 2 & 0xF != PERMISSION_FAULT || esr & DURING_TABLE_WALK != 0 {
        return (read_register!("hpfar_el2") & 0xFFF_FFFF_FFF0) << 8 | far & 0xFFF;
    }
    if system_control() & MMU == 0 { far } else { 0 }
}

/// The address at which the guest will go on.
#[must_use]
pub fn return_address() -> u64 {
    read_register!("elr_el2")
}

/// `SPSR_EL2.BTYPE`, which says that the last instruction was a branch.
const BRANCH_TYPE: u64 = 0b11 << 10;
/// `SPSR_EL2.SS`, by which the next instruction is to be stepped over.
const SOFTWARE_STEP: u64 = 1 << 21;

/// Lets the guest go on after the instruction that was trapped, as if the CPU had completed it: that
/// clears both bits (Arm ARM DDI 0487, `PSTATE.BTYPE`; "Software Step exceptions").
#[inline]
pub fn skip_instruction() {
    let state = read_register!("spsr_el2") & !BRANCH_TYPE & !SOFTWARE_STEP;
    let next = return_address().wrapping_add(4);
    // SAFETY: both registers say where and how the guest goes on that is loaded, and nothing at EL2 depends on
    // them; AArch64 instructions have 4 bytes.
    unsafe {
        write_register!("spsr_el2", state);
        write_register!("elr_el2", next);
    }
}

/// Lets the return address be that of the instruction by which the guest came, and not the one behind it.
pub fn return_to_instruction() {
    let instruction = return_address().wrapping_sub(4);
    // SAFETY: it says where the guest goes on that is loaded, and nothing at EL2 depends on it.
    unsafe { write_register!("elr_el2", instruction) };
}

/// The order of bytes in the access that trapped.
#[must_use]
pub fn byte_order() -> Order {
    Order::of(system_control(), read_register!("spsr_el2"))
}

/// The level of the guest's table that lies where nothing is, if the walk of its tables ended there by the
/// exit's syndrome.
#[must_use]
pub fn walk_level(esr: u64) -> Option<u64> {
    if esr & DURING_TABLE_WALK == 0 {
        return None;
    }
    let far = fault_address();
    let (upper, control) = (far >> 55 & 1 != 0, read_register!("tcr_el1"));
    let root = if upper {
        read_register!("ttbr1_el1")
    } else {
        read_register!("ttbr0_el1")
    };
    let page = (fault_page() & 0xFFF_FFFF_FFF0) << 8;
    Some(inject::walk_level(control, upper, root, page))
}

/// `ESR_EL2.S1PTW`: a fault of stage 2 in the walk of the guest's own tables.
const DURING_TABLE_WALK: u64 = 1 << 7;

/// Makes the guest take an exception at EL1 instead of the instruction that was trapped.
pub fn take_exception(exception: Exception) {
    let (spsr, sctlr) = (read_register!("spsr_el2"), read_register!("sctlr_el1"));
    let entry = inject::entry(exception, spsr, sctlr);
    let vector = read_register!("vbar_el1").wrapping_add(entry.vector_offset);
    let (from, address) = (return_address(), fault_address());
    // SAFETY: those of EL1 are the guest's that is loaded, as an exception would change them; the others say
    // where it goes on. Nothing at EL2 depends on any.
    unsafe {
        write_register!("elr_el1", from);
        write_register!("spsr_el1", spsr);
        write_register!("esr_el1", entry.esr);
        if exception != Exception::Undefined {
            write_register!("far_el1", address);
        }
        write_register!("elr_el2", vector);
        write_register!("spsr_el2", entry.pstate);
    }
}

/// Makes the guest go on at `entry`, at EL1 on `SP_EL0` with all masked, instead of the access that was trapped: as
/// an exception would, but for the place and the syndrome, which has the access as EL2 is told it.
pub fn enter_tender(entry: u64, syndrome: u64) {
    let (from, spsr, address) = (return_address(), read_register!("spsr_el2"), fault_ipa());
    // SAFETY: those of EL1 are the guest's that is loaded, as an exception would change them; the others say
    // where it goes on, at EL1 as before. Nothing at EL2 depends on any.
    unsafe {
        write_register!("elr_el1", from);
        write_register!("spsr_el1", spsr);
        write_register!("esr_el1", syndrome);
        write_register!("far_el1", address);
        write_register!("elr_el2", entry);
        write_register!("spsr_el2", inject::TENDER);
    }
}

/// `HPFAR_EL2`, the page of a guest-physical address whose translation failed.
#[must_use]
pub fn fault_page() -> u64 {
    read_register!("hpfar_el2")
}

/// The value of an ID register that [`crate::machine::id_registers`] knows; 0 for all others.
#[must_use]
pub fn id_register(register: u16) -> u64 {
    // The assembler doesn't know the two newest by their names.
    match register {
        name::ID_AA64PFR0_EL1 => read_register!("id_aa64pfr0_el1"),
        name::ID_AA64PFR1_EL1 => read_register!("id_aa64pfr1_el1"),
        name::ID_AA64DFR0_EL1 => read_register!("id_aa64dfr0_el1"),
        name::ID_AA64ISAR0_EL1 => read_register!("id_aa64isar0_el1"),
        name::ID_AA64ISAR1_EL1 => read_register!("id_aa64isar1_el1"),
        name::ID_AA64ISAR2_EL1 => read_register!("s3_0_c0_c6_2"),
        name::ID_AA64MMFR0_EL1 => read_register!("id_aa64mmfr0_el1"),
        name::ID_AA64MMFR1_EL1 => read_register!("id_aa64mmfr1_el1"),
        name::ID_AA64MMFR2_EL1 => read_register!("s3_0_c0_c7_2"),
        _ => 0,
    }
}

/// The guest's `SCTLR_EL1`.
#[must_use]
pub fn system_control() -> u64 {
    read_register!("sctlr_el1")
}

/// The guest's stage 1.
#[must_use]
pub fn guest_stage1() -> Stage1 {
    Stage1 {
        control: system_control(),
        translation: read_register!("tcr_el1"),
        tables: [read_register!("ttbr0_el1"), read_register!("ttbr1_el1")],
    }
}

/// Sets the guest's `SCTLR_EL1`.
pub fn set_system_control(value: u64) {
    // SAFETY: SCTLR_EL1 acts on EL1 and EL0 alone, where only the guest that is loaded runs.
    unsafe { write_register!("sctlr_el1", value) };
}

/// A value of `HCR_EL2`, with all that every guest is confined by.
#[derive(Clone, Copy, Debug)]
pub struct HypervisorControl(u64);

impl HypervisorControl {
    /// Nothing further.
    pub const PLAIN: Self = Self(HCR_EL2);

    /// With accesses to the registers of caches and tables trapped, and with interrupts signalled, IRQ and
    /// FIQ.
    #[must_use]
    pub fn of(watches_caches: bool, signals: [bool; 2]) -> Self {
        let [interrupt, fast] = signals.map(u64::from);
        let watches = u64::from(watches_caches);
        Self(HCR_EL2 | watches << TVM | interrupt << VI | fast << VF)
    }

    /// Sets it for the guest that is loaded.
    #[inline]
    pub fn set(self) {
        // SAFETY: the value has all that every guest is confined by (`HCR_EL2`); beside that it only adds traps
        // and signals interrupts to the guest.
        unsafe { write_register!("hcr_el2", self.0) };
    }
}

/// Stops this CPU for good. Its timers are turned off; whoever has its interrupt interface lets nothing
/// through before.
pub fn park() -> ! {
    // SAFETY: this CPU's EL2 timer is the hypervisor's own, and this CPU waits for nothing any more.
    unsafe { write_register!("cnthp_ctl_el2", 0_u64) };
    super::timer::stop_guest_timer();
    loop {
        // SAFETY: everything stays masked; `wfi` only waits.
        unsafe { asm!("msr daifset, #15", "isb", "wfi", options(nomem, nostack)) };
    }
}

const _: () = assert!(core::mem::offset_of!(CpuAnchor, emergency_stack) == 0);
