//! Accesses that stage 2 doesn't allow: to an emulated device, or to nothing.

use paratia_board_support::interrupt::CpuInterface as _;
use paratia_config::machine::Stray;
use paratia_config::system::HealthEvent;

use crate::arch::{cpu as arch_cpu, timer};
use crate::base::total;
use crate::built::chosen::{ANY, SOME_SOFTWARE, run_clock};
use crate::exits::{fault, tender, watchdog};
use crate::interrupts::{links, lists, shortcut, terminal};
use crate::machine::device_map::{self, EmulatedDevice};
use crate::machine::inject::Exception;
use crate::machine::mmio::{self, AccessKind};
use crate::machine::rtc;
use crate::machine::vgic::{Done, Frame, VcpuSet, low};
use crate::machine::vuart;
use crate::state::decision::Decision;
use crate::state::event::Details;
use crate::state::partition::Partition;
use crate::state::running::Guest;
use crate::state::vcpu::Vcpu;

/// Does an access of a whole word to the interrupt controller after which nobody has to look, in a few
/// instructions. Nothing if it isn't such an access, and then nothing has changed. `holds` asks whether
/// the controller is still to be told of an interrupt ([`shortcut::holds`]).
#[inline]
pub fn access_shortly(
    esr: u64,
    vcpu: &mut Vcpu,
    partition: &mut Partition,
    holds: impl Fn(&Vcpu) -> bool,
) -> Option<()> {
    let (far, hpfar) = (arch_cpu::fault_address(), arch_cpu::fault_page());
    let word = mmio::decode_word(esr, far, hpfar, arch_cpu::system_control())?;
    let (frame, offset) = device_map::find_gic(partition.facts.places, word.ipa)?;
    let register = partition.gic.plain(frame, vcpu.number, offset)?;
    if !word.write {
        let value = register.read(|| holds(vcpu))?;
        vcpu.set_general(word.register, value.into());
    } else if holds(vcpu) || !register.write(low(vcpu.general(word.register))) {
        return None;
    }
    arch_cpu::skip_instruction();
    Some(())
}

/// A data access that trapped.
pub fn access(guest: &mut Guest, esr: u64) -> Decision {
    let access = mmio::decode(esr, arch_cpu::fault_address(), arch_cpu::fault_page());
    let place = access.and_then(|access| find(&guest.partition, access.ipa));
    let described = access.filter(|access| access.kind != AccessKind::Unknown);
    let Some((access, (device, offset))) = described.zip(place) else {
        return not_carried_out(guest, esr, place.is_some());
    };
    arch_cpu::skip_instruction();
    let order = arch_cpu::byte_order();
    let given = access.outgoing(guest.vcpu.general(access.register), order);
    let transfer = Transfer {
        offset,
        width: access.width,
        written: (access.kind == AccessKind::Write).then_some(given),
    };
    if ANY.watchdog && device == EmulatedDevice::Watchdog {
        let (value, decision) = watchdog::access(guest, offset, access.width, transfer.written);
        if transfer.written.is_none() {
            let value = access.incoming(value, order);
            guest.vcpu.set_general(access.register, value);
        }
        return decision;
    }
    let value = match device {
        EmulatedDevice::Gic(frame) => gic(guest, frame, transfer),
        EmulatedDevice::CpuInterface if SOME_SOFTWARE => cpu_interface(guest, transfer),
        EmulatedDevice::Uart if ANY.uart => uart(guest, transfer),
        EmulatedDevice::Clock if ANY.clock => clock(transfer),
        EmulatedDevice::CpuInterface
        | EmulatedDevice::Uart
        | EmulatedDevice::Clock
        | EmulatedDevice::Watchdog => 0,
    };
    if transfer.written.is_none() {
        let value = access.incoming(value, order);
        guest.vcpu.set_general(access.register, value);
    }
    Decision::Resume
}

/// What isn't one plain access to a device's register; `is_device` says whether a device is there.
fn not_carried_out(guest: &mut Guest, esr: u64, is_device: bool) -> Decision {
    if mmio::is_maintenance(esr) {
        // On the bare machine it goes on.
        arch_cpu::skip_instruction();
        return Decision::Resume;
    }
    if is_device {
        // An abort would be a lie; what it should do isn't known.
        return raise(guest, HealthEvent::UndescribedAccess);
    }
    let exception = Exception::DataAbort {
        write: esr >> 6 & 1 != 0,
        maintenance: esr >> 8 & 1 != 0,
        walk: arch_cpu::walk_level(esr),
    };
    if ANY.tender && tender::calls(guest, esr) {
        return Decision::Resume;
    }
    stray(guest, HealthEvent::StrayAccess, exception)
}

/// An access to a device's register.
#[derive(Clone, Copy)]
struct Transfer {
    offset: u64,
    /// In bytes.
    width: u32,
    /// The value that is written, if it is a write.
    written: Option<u64>,
}

/// The emulated device at a guest-physical address, and the place in its registers.
fn find(partition: &Partition, ipa: u64) -> Option<(EmulatedDevice, u64)> {
    let places = partition.facts.places;
    if ANY.uart || ANY.clock || ANY.watchdog || SOME_SOFTWARE {
        return device_map::find(places, ipa);
    }
    let (frame, offset) = device_map::find_gic(places, ipa)?;
    Some((EmulatedDevice::Gic(frame), offset))
}

/// An instruction fetch that trapped.
pub fn stray_fetch(guest: &mut Guest, esr: u64) -> Decision {
    let walk = arch_cpu::walk_level(esr);
    let exception = Exception::InstructionAbort { walk };
    stray(guest, HealthEvent::StrayFetch, exception)
}

fn stray(guest: &mut Guest, event: HealthEvent, exception: Exception) -> Decision {
    match guest.partition.declaration().machine.stray {
        Stray::ExternalAbort if ANY.aborts => {
            total::add(&mut guest.partition.totals.aborts, 1);
            arch_cpu::take_exception(exception);
            Decision::Resume
        }
        Stray::HealthEvent | Stray::ExternalAbort => raise(guest, event),
    }
}

#[inline(never)]
fn raise(guest: &mut Guest, event: HealthEvent) -> Decision {
    fault::raise(guest, event, Details::of_exit(arch_cpu::fault_ipa()))
}

/// An access to the interrupt controller: what is read.
fn gic(guest: &mut Guest, frame: Frame, transfer: Transfer) -> u64 {
    let (offset, width) = (transfer.offset, transfer.width);
    if let Some(value) = transfer.written {
        lists::change(guest, |gic, number| {
            gic.write(frame, number, offset, width, value)
        });
        return 0;
    }
    shortcut::tell(guest);
    let number = guest.vcpu.number;
    let read = guest.partition.gic.read(frame, number, offset, width);
    if read.attention == VcpuSet::NONE {
        return read.value | links::high(guest, read.levels);
    }
    lists::attend(guest, read.attention);
    let read = guest.partition.gic.read(frame, number, offset, width);
    read.value | links::high(guest, read.levels)
}

/// An access to the emulated CPU interface: what is read.
fn cpu_interface(guest: &mut Guest, transfer: Transfer) -> u64 {
    let Some(interface) = guest.vcpu.software_mut() else {
        return 0;
    };
    let mut read = 0;
    let done = match transfer.written {
        Some(value) => interface.write(transfer.offset, transfer.width, value),
        None => {
            read = interface.read(transfer.offset, transfer.width);
            Done::Nothing
        }
    };
    match done {
        Done::Nothing => {}
        Done::Physical(id) => guest.cpu.interface.deactivate(id),
        Done::Unlisted(id) => lists::change(guest, |gic, number| gic.deactivate(number, id)),
    }
    lists::attend_software(guest);
    read
}

/// An access to the clock, which can't be changed: what is read.
fn clock(transfer: Transfer) -> u64 {
    let passed = timer::nanoseconds(timer::guest_now()) / 1_000_000_000;
    let seconds = run_clock().wrapping_add(passed);
    match transfer.written {
        Some(_) => 0,
        None => rtc::read(transfer.offset, transfer.width, seconds),
    }
}

/// An access to the UART: what is read.
fn uart(guest: &mut Guest, transfer: Transfer) -> u64 {
    let (offset, width) = (transfer.offset, transfer.width);
    let mut read = 0;
    if let Some(value) = transfer.written {
        let effect = guest.partition.uart.write(offset, width, value);
        if let vuart::UartEffect::Transmit(byte) = effect {
            terminal::send(guest.cpu, &mut guest.partition, byte);
        }
    } else {
        terminal::receive(&mut guest.partition);
        read = guest.partition.uart.read(offset, width);
    }
    let attention = terminal::set_line(guest.vcpu, &mut guest.partition);
    lists::attend(guest, attention);
    read
}
