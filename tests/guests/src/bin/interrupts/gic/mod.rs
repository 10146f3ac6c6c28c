//! The interrupt controller as a program drives it, of either version: GICv3 (Arm IHI 0069) in Group
//! 1, GICv2 (Arm IHI 0048) in Group 0, which is what each has after reset or by custom.

mod interface;
mod system;

use core::sync::atomic::{AtomicUsize, Ordering};

use paratia_abi::passport::Passport;

/// Registers with a bit an interrupt, by their offset in the distributor.
#[derive(Clone, Copy)]
pub enum Bits {
    Group = 0x080,
    SetEnable = 0x100,
    ClearEnable = 0x180,
    SetPending = 0x200,
    ClearPending = 0x280,
    SetActive = 0x300,
    ClearActive = 0x380,
}

const TYPE: usize = 0x004;
const PRIORITY: usize = 0x400;
const TARGETS: usize = 0x800;
const CONFIGURATION: usize = 0xC00;
const CLEAR_SGI: usize = 0xF10;
const SET_SGI: usize = 0xF20;
const ROUTER: usize = 0x6000;
/// From a CPU's redistributor to the next one's.
const REDISTRIBUTOR_BYTES: usize = 0x2_0000;
/// From a redistributor to its frame of interrupts.
const SGI_FRAME: usize = 0x1_0000;
/// `GICR_WAKER` and `ChildrenAsleep`.
const WAKER: usize = 0x14;
const CHILDREN_ASLEEP: u32 = 1 << 2;

/// The first shared interrupt.
const SHARED: u32 = 32;

static CURRENT: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];

/// The interrupt controller.
#[derive(Clone, Copy)]
pub struct Gic {
    version: u32,
    distributor: usize,
    /// The redistributor, or GICv2's CPU interface.
    other: usize,
}

impl Gic {
    pub fn new(version: u32, [distributor, other]: [usize; 2]) -> Self {
        Self {
            version,
            distributor,
            other,
        }
    }

    /// The one that a partition was given, if it was.
    pub fn of(passport: &Passport) -> Option<Self> {
        match passport.gic_bases.map(usize::try_from) {
            [Ok(0) | Err(_), _] | [_, Ok(0) | Err(_)] => None,
            [Ok(distributor), Ok(other)] => {
                Some(Self::new(passport.gic_version, [distributor, other]))
            }
        }
    }

    /// As the vCPU with this number sees it: with its own redistributor, in GICv3.
    #[allow(dead_code, reason = "the cases are those of one CPU")]
    pub fn of_vcpu(self, number: usize) -> Self {
        let redistributors = if self.version == 3 { number } else { 0 };
        Self {
            other: self.other + redistributors * REDISTRIBUTOR_BYTES,
            ..self
        }
    }

    /// How many interrupts it has, those private to a CPU included.
    #[allow(dead_code, reason = "the cases use those that every controller has")]
    pub fn interrupts(self) -> u32 {
        32 * (1 + (read(self.distributor + TYPE) & 0x1F))
    }

    /// For [`Gic::current`].
    pub fn remember(self) {
        let [version, distributor, other] = &CURRENT;
        version.store(self.version as usize, Ordering::Relaxed);
        distributor.store(self.distributor, Ordering::Relaxed);
        other.store(self.other, Ordering::Relaxed);
    }

    /// The one that was remembered: for the handler.
    pub fn current() -> Self {
        let [version, distributor, other] = CURRENT.each_ref().map(|it| it.load(Ordering::Relaxed));
        Self {
            version: if version == 2 { 2 } else { 3 },
            distributor,
            other,
        }
    }

    pub fn version(self) -> u32 {
        self.version
    }

    /// Turned on: the distributor, this CPU's part of it, the CPU interface; all interrupts in one
    /// group, disabled, neither pending nor active, of one priority, and nothing masked.
    pub fn set_up(self, priority: u8) {
        if self.version == 3 {
            system::enable();
            self.set_groups(false);
            write(self.other + WAKER, 0);
            while read(self.other + WAKER) & CHILDREN_ASLEEP != 0 {}
        }
        self.set_groups(true);
        for first in (0..128).step_by(32) {
            self.write_word(Bits::ClearEnable, first, u32::MAX);
            self.write_word(Bits::ClearPending, first, u32::MAX);
            self.write_word(Bits::ClearActive, first, u32::MAX);
            let group = if self.version == 3 { u32::MAX } else { 0 };
            self.write_word(Bits::Group, first, group);
        }
        for id in (0..128).step_by(4) {
            write(
                self.place(PRIORITY + id as usize, id),
                u32::from_le_bytes([priority; 4]),
            );
        }
        self.set_split_end(false);
        self.set_binary_point(3);
        self.set_mask(0xF0);
        self.set_interface(true);
    }

    /// The distributor forwards the group that is used, or nothing.
    pub fn set_groups(self, on: bool) {
        let value = match (self.version, on) {
            // Affinity routing, Group 1.
            (3, true) => 1 << 4 | 1 << 1,
            (3, false) => 1 << 4,
            _ => u32::from(on),
        };
        write(self.distributor, value);
    }

    fn frame(self, id: u32) -> usize {
        if self.version == 3 && id < SHARED {
            self.other + SGI_FRAME
        } else {
            self.distributor
        }
    }

    fn place(self, offset: usize, id: u32) -> usize {
        self.frame(id) + offset
    }

    /// The register of the 32 interrupts around `id`.
    fn word(self, bits: Bits, id: u32) -> usize {
        self.place(bits as usize + id as usize / 32 * 4, id)
    }

    pub fn write_word(self, bits: Bits, id: u32, value: u32) {
        write(self.word(bits, id), value);
    }

    /// Writes a one for `id`, zeros for the others.
    pub fn set(self, bits: Bits, id: u32) {
        self.write_word(bits, id, 1 << (id % 32));
    }

    /// Reads the bit of `id`.
    pub fn is(self, bits: Bits, id: u32) -> u32 {
        read(self.word(bits, id)) >> (id % 32) & 1
    }

    pub fn enable(self, id: u32) {
        self.set(Bits::SetEnable, id);
    }

    /// Into the group that is used, or the other one.
    pub fn set_group(self, id: u32, used: bool) {
        let rest = read(self.word(Bits::Group, id)) & !(1 << (id % 32));
        let one = u32::from(used == (self.version == 3));
        self.write_word(Bits::Group, id, rest | one << (id % 32));
    }

    /// Makes `id` pending, by the register that its kind has.
    pub fn set_pending(self, id: u32) {
        if self.version == 2 && id < 16 {
            write_byte(self.distributor + SET_SGI + id as usize, 1);
        } else {
            self.set(Bits::SetPending, id);
        }
    }

    /// No longer pending.
    pub fn clear_pending(self, id: u32) {
        if self.version == 2 && id < 16 {
            write_byte(self.distributor + CLEAR_SGI + id as usize, 0xFF);
        } else {
            self.set(Bits::ClearPending, id);
        }
    }

    /// One byte of the priorities.
    pub fn set_priority(self, id: u32, priority: u8) {
        write_byte(self.place(PRIORITY + id as usize, id), priority);
    }

    pub fn priority(self, id: u32) -> u8 {
        read_byte(self.place(PRIORITY + id as usize, id))
    }

    /// The word of priorities around `id`.
    pub fn priority_word(self, id: u32) -> usize {
        self.place(PRIORITY + id as usize / 4 * 4, id)
    }

    /// The word of configurations around `id`.
    pub fn configuration_word(self, id: u32) -> usize {
        self.place(CONFIGURATION + id as usize / 16 * 4, id)
    }

    pub fn set_edge(self, id: u32, edge: bool) {
        let register = self.configuration_word(id);
        let bit = 2 << (id % 16 * 2);
        let rest = read(register) & !bit;
        write(register, if edge { rest | bit } else { rest });
    }

    /// What the distributor itself has where GICv2 has private interrupts.
    pub fn distributor_word(self, bits: Bits) -> usize {
        self.distributor + bits as usize
    }

    /// The targets of `id`, in GICv2.
    pub fn targets(self, id: u32) -> usize {
        self.distributor + TARGETS + id as usize
    }

    /// The route of `id`, in GICv3.
    pub fn router(self, id: u32) -> usize {
        self.distributor + ROUTER + 8 * id as usize
    }
}

pub fn read(address: usize) -> u32 {
    // SAFETY: a register of this guest's interrupt controller.
    unsafe { core::ptr::with_exposed_provenance::<u32>(address).read_volatile() }
}

pub fn read_byte(address: usize) -> u8 {
    // SAFETY: a register of this guest's interrupt controller.
    unsafe { core::ptr::with_exposed_provenance::<u8>(address).read_volatile() }
}

pub fn write(address: usize, value: u32) {
    // SAFETY: a register of this guest's interrupt controller; interrupts that it lets through go to this
    // guest's handler.
    unsafe { core::ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(value) };
}

pub fn write_byte(address: usize, value: u8) {
    // SAFETY: a register of this guest's interrupt controller; interrupts that it lets through go to this
    // guest's handler.
    unsafe { core::ptr::with_exposed_provenance_mut::<u8>(address).write_volatile(value) };
}
