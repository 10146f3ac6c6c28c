//! The registers' places (QA7, 4; BCM2835 ARM Peripherals, 7.5), and access to them.

use core::ptr::NonNull;

use paratia_config::address::MemoryRange;
use safe_mmio::fields::{ReadPure, ReadPureWrite, WriteOnly};
use safe_mmio::{field, field_shared};

use crate::refusal::Refusal;
use crate::registers;

/// CPUs of the chip.
pub(super) const CPUS: usize = 4;

/// The local controller.
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
pub(super) struct Local {
    reserved_00: [u32; 3],
    /// Bits 1:0: the CPU that gets the devices' interrupts as IRQ; 3:2: as FIQ.
    devices_route: ReadPureWrite<u32>,
    reserved_10: [u32; 12],
    /// Of each CPU, bits 3:0: timers that are signalled as IRQ.
    timer_control: [ReadPureWrite<u32>; CPUS],
    /// Of each CPU, bits 3:0: mailboxes that are signalled as IRQ.
    mailbox_control: [ReadPureWrite<u32>; CPUS],
    /// Of each CPU: what is signalled as IRQ. Bits 3:0 timers, 7:4 mailboxes, 8 devices.
    source: [ReadPure<u32>; CPUS],
    reserved_70: [u32; CPUS],
    /// Of each CPU, its mailboxes: what is written as 1 is set.
    mailbox_set: [[WriteOnly<u32>; 4]; CPUS],
    /// Of each CPU, its mailboxes: what is written as 1 is cleared.
    mailbox: [[ReadPureWrite<u32>; 4]; CPUS],
}

const _: () = assert!(size_of::<Local>() == 0x100);

/// The devices' controller, at the start of whose page other devices lie.
#[repr(C)]
#[cfg_attr(
    test,
    derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout)
)]
pub(super) struct Devices {
    reserved_000: [u32; 128],
    reserved_200: u32,
    /// Devices 0 to 63.
    pending: [ReadPure<u32>; 2],
    fiq_control: ReadPureWrite<u32>,
    enable: [ReadPureWrite<u32>; 2],
    reserved_218: u32,
    disable: [ReadPureWrite<u32>; 2],
    /// Bits 7:0: interrupts of Arm's side of the chip, unused here.
    disable_basic: ReadPureWrite<u32>,
}

const _: () = assert!(size_of::<Devices>() == 0x228);

/// Both controllers. Every access is a single one, to a register that is the CPU's own or where a
/// zero changes nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Controllers {
    local: NonNull<Local>,
    devices: NonNull<Devices>,
}

// SAFETY: device memory is the same for every CPU, and the type's doc says why shared use is sound.
unsafe impl Send for Controllers {}
// SAFETY: every access is a single one, to a register of the CPU's own or where a zero changes nothing, so that
// two CPUs at once don't disturb each other.
unsafe impl Sync for Controllers {}

/// The registers for one operation.
macro_rules! access {
    ($pointer:expr) => {
        // SAFETY: `locate` found the registers in place, and its caller promised that nothing but
        // values of this type uses them; the type's doc says why these may do so at once.
        unsafe { safe_mmio::UniqueMmioPointer::new($pointer) }
    };
}

impl Controllers {
    /// The registers in two ranges.
    ///
    /// # Safety
    ///
    /// The ranges must be the two controllers' pages, mapped as device memory at their physical
    /// addresses, and the registers be used by nothing else from now on.
    pub(super) unsafe fn locate(local: MemoryRange, devices: MemoryRange) -> Result<Self, Refusal> {
        Ok(Self {
            local: registers::locate(local, 0)?,
            devices: registers::locate(devices, 0)?,
        })
    }

    /// What is signalled to a CPU.
    #[inline]
    pub(super) fn source(self, cpu: usize) -> u32 {
        let local = access!(self.local);
        let source = field_shared!(local, source).get(cpu).map(|it| it.read());
        source.unwrap_or(0)
    }

    /// Lets these timers through to a CPU.
    #[inline]
    pub(super) fn open_timers(self, cpu: usize, timers: u32) {
        let mut local = access!(self.local);
        if let Some(mut control) = field!(local, timer_control).get(cpu) {
            control.write(timers);
        }
    }

    /// Lets mailbox 0 through to a CPU, and no other.
    #[inline]
    pub(super) fn open_mailbox(self, cpu: usize, open: bool) {
        let mut local = access!(self.local);
        if let Some(mut control) = field!(local, mailbox_control).get(cpu) {
            control.write(u32::from(open));
        }
    }

    /// What is in a CPU's mailbox 0.
    #[inline]
    pub(super) fn mailbox(self, cpu: usize) -> u32 {
        let local = access!(self.local);
        let mailboxes = field_shared!(local, mailbox);
        let of_cpu = mailboxes.get(cpu);
        let first = of_cpu.and_then(|of_cpu| of_cpu.get(0).map(|mailbox| mailbox.read()));
        first.unwrap_or(0)
    }

    /// Puts bits into a CPU's mailbox 0.
    #[inline]
    pub(super) fn post(self, cpu: usize, bits: u32) {
        let mut local = access!(self.local);
        if let Some(mut of_cpu) = field!(local, mailbox_set).get(cpu)
            && let Some(mut mailbox) = of_cpu.get(0)
        {
            mailbox.write(bits);
        }
    }

    /// Takes bits out of a CPU's mailbox 0.
    #[inline]
    pub(super) fn unpost(self, cpu: usize, bits: u32) {
        let mut local = access!(self.local);
        if let Some(mut of_cpu) = field!(local, mailbox).get(cpu)
            && let Some(mut mailbox) = of_cpu.get(0)
        {
            mailbox.write(bits);
        }
    }

    /// Sends the devices' interrupts to a CPU, as IRQ.
    #[inline]
    pub(super) fn route_devices(self, cpu: usize) {
        let [low, ..] = (cpu & 3).to_le_bytes();
        let mut local = access!(self.local);
        field!(local, devices_route).write(u32::from(low));
    }

    /// Devices 32 `word` and up that assert their interrupts and are open.
    #[inline]
    pub(super) fn pending_devices(self, word: usize) -> u32 {
        let devices = access!(self.devices);
        let pending = field_shared!(devices, pending)
            .get(word)
            .map(|it| it.read());
        pending.unwrap_or(0)
    }

    /// Lets these of the devices 32 `word` and up through, and no others.
    #[inline]
    pub(super) fn open_devices(self, word: usize, open: u32) {
        let mut devices = access!(self.devices);
        if let Some(mut disable) = field!(devices, disable).get(word) {
            disable.write(!open);
        }
        if let Some(mut enable) = field!(devices, enable).get(word) {
            enable.write(open);
        }
    }

    /// No device is signalled as FIQ, nor any interrupt of Arm's side.
    pub(super) fn silence_others(self) {
        let mut devices = access!(self.devices);
        field!(devices, fiq_control).write(0);
        field!(devices, disable_basic).write(0xFF);
    }
}

#[cfg(test)]
pub(super) mod fake {
    use super::{Controllers, Devices, Local};
    use crate::fake::Registers;

    /// Registers that stand in for both controllers'.
    pub(in super::super) struct Machine {
        pub(in super::super) local: Registers<Local>,
        pub(in super::super) devices: Registers<Devices>,
        pub(in super::super) controllers: Controllers,
    }

    impl Machine {
        pub(in super::super) fn new() -> Self {
            let (mut local, mut devices) = (Registers::new(), Registers::new());
            let controllers = Controllers {
                local: local.pointer().ptr_nonnull(),
                devices: devices.pointer().ptr_nonnull(),
            };
            Self {
                local,
                devices,
                controllers,
            }
        }
    }
}
