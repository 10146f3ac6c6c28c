//! Short words for what many declarations say.

use core::time::Duration;

use crate::address::Ipa;
use crate::image::File;
use crate::machine::{Forbidden, GicVersion, Stray, VirtualGic, VirtualMachine};
use crate::system::{Action, HealthTable, RestartLimit, Window};

impl Window {
    /// The window of the first vCPU of `partition` from `start_us` for `length_us` microseconds.
    #[must_use]
    pub const fn us(partition: &'static str, start_us: u64, length_us: u64) -> Self {
        Self {
            partition,
            vcpu: 0,
            start: Duration::from_micros(start_us),
            length: Duration::from_micros(length_us),
        }
    }

    /// This window for another vCPU of the partition.
    #[must_use]
    pub const fn of_vcpu(self, vcpu: u32) -> Self {
        Self { vcpu, ..self }
    }
}

impl HealthTable {
    /// Halt on every fault, a missed heartbeat included: a start to edit from. Text that finds no room on
    /// the console is no fault: it is dropped and counted.
    pub const HALT: Self = Self::uniform(Action::Halt);

    /// Restart on every fault, a missed heartbeat included, at most `count` times within `period`. Text
    /// that finds no room on the console is no fault: it is dropped and counted. Who asks to be switched
    /// off is halted.
    #[must_use]
    pub const fn restart(count: u32, period: Duration) -> Self {
        let mut table = Self::uniform(Action::Restart);
        table.restart_limit = RestartLimit { count, period };
        table
    }

    const fn uniform(action: Action) -> Self {
        Self {
            stray_access: action,
            stray_fetch: action,
            forbidden_instruction: action,
            undescribed_access: action,
            refused_calls: action,
            missed_heartbeat: action,
            console_overflow: Action::Ignore,
            application_error: action,
            unhandled_exception: action,
            shutdown: Action::Halt,
            reset: action,
            system_error: action,
            restart_limit: RestartLimit {
                count: 0,
                period: Duration::ZERO,
            },
        }
    }
}

impl VirtualMachine {
    /// One vCPU, an interrupt controller like the board's, and no forgiveness: for programs that
    /// are written for Paratia.
    pub const PLAIN: Self = Self {
        vcpus: 1,
        gic: VirtualGic::AS_BOARD,
        uart: None,
        stray: Stray::HealthEvent,
        forbidden: Forbidden::HealthEvent,
        stolen_time: None,
        pmu: false,
        debug: false,
        entropy: false,
        clock: None,
        watchdog: None,
    };

    /// A small standard Arm machine, for systems that know nothing of Paratia.
    pub const VIRT: Self = Self {
        uart: Some(Ipa(0x0900_0000)),
        stray: Stray::ExternalAbort,
        forbidden: Forbidden::Undefined,
        stolen_time: Some(Ipa(0x090F_0000)),
        entropy: true,
        clock: Some(Ipa(0x0901_0000)),
        ..Self::PLAIN
    };

    /// As [`Self::VIRT`] without a UART: for systems that are built for Xen on Arm. Their console is in the
    /// pages that their partition's region of kind [`RegionKind::Xen`](crate::system::RegionKind::Xen) has.
    pub const XEN: Self = Self {
        uart: None,
        ..Self::VIRT
    };

    /// As [`Self::PLAIN`], with its interrupt controller out of a unikernel's way: such has its memory from 0 on.
    pub const UNIKERNEL: Self = Self {
        gic: VirtualGic {
            distributor: Ipa(0x7800_0000),
            redistributors: Ipa(0x7810_0000),
            cpu_interface: Ipa(0x7820_0000),
            ..VirtualGic::AS_BOARD
        },
        ..Self::PLAIN
    };

    /// This machine with `vcpus` vCPUs.
    #[must_use]
    pub const fn with_vcpus(self, vcpus: u32) -> Self {
        Self { vcpus, ..self }
    }

    /// This machine with performance monitors and debug registers of its own.
    #[must_use]
    pub const fn with_monitors(self) -> Self {
        Self {
            pmu: true,
            debug: true,
            ..self
        }
    }

    /// This machine with a watchdog, whose feeding is its partition's heartbeat.
    #[must_use]
    pub const fn with_watchdog(self) -> Self {
        Self {
            watchdog: Some(Ipa(0x090E_0000)),
            ..self
        }
    }

    /// This machine with an interrupt controller of `version`.
    #[must_use]
    pub const fn with_gic(mut self, version: GicVersion) -> Self {
        self.gic.version = version;
        self
    }
}

impl File {
    /// Debian's kernel for virtual machines: few drivers, all that a partition needs.
    pub const LINUX_CLOUD: Self = Self::linux("linux-image-cloud-arm64");
    /// Debian's kernel with all drivers.
    pub const LINUX: Self = Self::linux("linux-image-arm64");
    /// Debian's kernel with the real-time patches (`PREEMPT_RT`).
    pub const LINUX_RT: Self = Self::linux("linux-image-rt-arm64");
    /// Debian's U-Boot for QEMU's `virt` machine.
    pub const U_BOOT: Self = Self::Debian {
        package: "u-boot-qemu",
        path: "usr/lib/u-boot/qemu_arm64/u-boot.bin",
    };

    /// The kernel of one of Debian's kernel packages.
    #[must_use]
    pub const fn linux(package: &'static str) -> Self {
        Self::Debian {
            package,
            path: "boot/vmlinuz-*",
        }
    }
}
