//! The two controllers behind one set of names, each by its driver.

use core::ptr::NonNull;

use arm_gic::gicv2::GicV2;
use arm_gic::gicv3::registers::{Gicd, GicrSgi};
use arm_gic::gicv3::{GicCpuInterface, GicDistributor, GicRedistributor};
use arm_gic::{IntId, InterruptGroup, Trigger, UniqueMmioPointer};
use cortex_a::registers::{MPIDR_EL1, Readable};
use safe_mmio::fields::ReadPureWrite;

pub(super) use arm_gic::{irq_disable as mask, irq_enable as unmask};

use crate::passport;

/// `GICD_ITARGETSR` (Arm IHI 0048, 4.3.12), which the driver doesn't have.
const TARGETS: usize = 0x800;
/// Affinity 3 and 2 to 0 in `MPIDR_EL1`.
const AFFINITY: u64 = 0xFF_00FF_FFFF;
/// The lowest one, by which a partition's CPUs are numbered.
const NUMBER: u64 = 0xFF;

/// What the passport says of the interrupt controller.
#[derive(Clone, Copy)]
pub(super) struct Controller {
    version: Version,
    timer: u32,
}

#[derive(Clone, Copy)]
enum Version {
    /// GICv3: distributor and the first redistributor.
    V3(usize, usize),
    /// GICv2: distributor and CPU interface.
    V2(usize, usize),
    /// GICv3's CPU interface alone: what is the partition's is enabled from the start.
    InterfaceOnly,
}

impl Controller {
    /// The partition's own.
    pub(super) fn of_passport() -> Self {
        let passport = passport::own();
        let bases = passport.gic_bases.map(usize::try_from);
        let version = match (passport.gic_version, bases) {
            (_, [Ok(0) | Err(_), _] | [_, Ok(0) | Err(_)]) => Version::InterfaceOnly,
            (2, [Ok(distributor), Ok(interface)]) => Version::V2(distributor, interface),
            (_, [Ok(distributor), Ok(redistributors)]) => Version::V3(distributor, redistributors),
        };
        Self {
            version,
            timer: passport.timer_interrupt,
        }
    }

    /// The virtual timer's interrupt.
    pub(super) fn timer(self) -> IntId {
        IntId::try_from(self.timer).unwrap_or(IntId::SPECIAL_NONE)
    }

    /// Turns on the distributor, this CPU's part of it and its CPU interface; nothing is masked.
    pub(super) fn set_up(self) {
        match self.version {
            Version::V2(distributor, interface) => return gicv2(distributor, interface).setup(),
            Version::V3(distributor, redistributors) => {
                GicCpuInterface::enable_system_register_el1();
                gicv3_distributor(distributor).configure_default_settings();
                let mut redistributor = gicv3_redistributor(redistributors);
                // It may be awake already.
                let _ = redistributor.mark_core_awake();
                redistributor.configure_default_settings();
            }
            Version::InterfaceOnly => {}
        }
        GicCpuInterface::set_priority_mask(0xFF);
        GicCpuInterface::enable_group1(true);
    }

    /// Enables or disables an interrupt. One that the controller hasn't got stays as it is.
    pub(super) fn enable(self, interrupt: IntId, on: bool) {
        match self.version {
            Version::V2(distributor, interface) => {
                target_this_cpu(distributor, interrupt);
                // The only error is that it can't be enabled.
                let _ = gicv2(distributor, interface).enable_interrupt(interrupt, on);
            }
            Version::V3(_, redistributors) if interrupt.is_private() => {
                let _ = gicv3_redistributor(redistributors).enable_interrupt(interrupt, on);
            }
            Version::V3(distributor, _) => {
                let mut distributor = gicv3_distributor(distributor);
                let _ = distributor.set_routing(interrupt, Some(MPIDR_EL1.get() & AFFINITY));
                let _ = distributor.enable_interrupt(interrupt, on);
            }
            Version::InterfaceOnly => {}
        }
    }

    /// Makes a shared interrupt edge-triggered.
    pub(super) fn set_edge(self, interrupt: IntId) {
        match self.version {
            Version::V2(distributor, interface) => {
                gicv2(distributor, interface).set_trigger(interrupt, Trigger::Edge);
            }
            Version::V3(distributor, _) => {
                // The only error is that there is no such one.
                let _ = gicv3_distributor(distributor).set_trigger(interrupt, Trigger::Edge);
            }
            Version::InterfaceOnly => {}
        }
    }

    /// Takes what is pending, handles and ends it.
    pub(super) fn handle(self, handler: impl Fn(IntId)) {
        match self.version {
            Version::V2(distributor, interface) => {
                // Without Security Extensions everything is in Group 0 (the driver's `setup`).
                let group = InterruptGroup::Group0;
                let mut gic = gicv2(distributor, interface);
                let Some(taken) = gic.get_and_acknowledge_interrupt(group) else {
                    return;
                };
                // An SGI's sender stands above its number, and is to be told at its end.
                let number = taken.raw_value() & 0x3FF;
                if let Ok(interrupt) = IntId::try_from(number) {
                    handler(interrupt);
                }
                gic.end_interrupt(taken, group);
            }
            Version::V3(..) | Version::InterfaceOnly => {
                GicCpuInterface::handle_interrupt(InterruptGroup::Group1, handler);
            }
        }
    }
}

fn gicv2(distributor: usize, interface: usize) -> GicV2<'static> {
    let distributor = core::ptr::with_exposed_provenance_mut(distributor);
    let interface = core::ptr::with_exposed_provenance_mut(interface);
    // SAFETY: the passport says that both are there, mapped as devices. The partition is one
    // thread; its handler uses the CPU interface's acknowledge and end registers alone, which the
    // thread doesn't touch.
    unsafe { GicV2::new(distributor, interface) }
}

fn gicv3_distributor(base: usize) -> GicDistributor<'static> {
    GicDistributor::new(registers::<Gicd>(base))
}

/// This CPU's redistributor: they lie in the order of the partition's CPUs.
fn gicv3_redistributor(first: usize) -> GicRedistributor<'static> {
    let cpu = usize::try_from(MPIDR_EL1.get() & NUMBER).unwrap_or(0);
    GicRedistributor::new(registers::<GicrSgi>(first + cpu * size_of::<GicrSgi>()))
}

/// A shared interrupt comes to this CPU.
fn target_this_cpu(distributor: usize, interrupt: IntId) {
    if !interrupt.is_spi() {
        return;
    }
    let place = distributor + TARGETS + interrupt.raw_value() as usize;
    registers::<ReadPureWrite<u8>>(place).write(1 << (MPIDR_EL1.get() & 7));
}

fn registers<T>(base: usize) -> UniqueMmioPointer<'static, T> {
    let base = core::ptr::with_exposed_provenance_mut(base);
    let base = NonNull::new(base).expect("a controller isn't at address 0");
    // SAFETY: the passport says that a controller is there, mapped as a device. The partition is one thread, and its
    // handler uses system registers only.
    unsafe { UniqueMmioPointer::new(base) }
}
