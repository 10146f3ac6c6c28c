//! The partition: its status, and its operating mode (ARINC 653 P1-3, 3.2).

use a653rs::bindings::{
    ApexPartitionP4, ApexPartitionStatus, ApexSystemTime, ErrorReturnCode, INFINITE_TIME_VALUE,
    OperatingMode,
};
use paratia_runtime::abi::OperatingMode as Mode;
use paratia_runtime::call;

use super::Paratia;
use super::kernel::service;

impl ApexPartitionP4 for Paratia {
    fn get_partition_status() -> ApexPartitionStatus {
        service(|kernel, _| {
            let windows = kernel.passport.windows().iter();
            let duration = windows.map(|window| window.length_ns).sum();
            ApexPartitionStatus {
                period: time(kernel.passport.major_frame_ns),
                duration: time(duration),
                identifier: kernel.passport.partition.into(),
                lock_level: kernel.processes.lock_level(),
                operating_mode: mode(kernel.processes.is_normal()),
                start_condition: kernel.start_condition,
                num_assigned_cores: 1,
            }
        })
    }

    /// Idle stops the partition for good. A start of either kind restarts it with its pristine image and
    /// scrubbed memory, which is a cold start. None of them returns, nor does normal mode, in which the
    /// main process has nothing left to do.
    fn set_partition_mode(operating_mode: OperatingMode) -> Result<(), ErrorReturnCode> {
        let is_normal = service(|kernel, _| kernel.processes.is_normal());
        match operating_mode {
            OperatingMode::Normal if is_normal => Err(ErrorReturnCode::NoAction),
            OperatingMode::Normal => {
                tell(Mode::Normal);
                service(|kernel, now| kernel.processes.enter_normal(now))
            }
            OperatingMode::WarmStart if !is_normal => Err(ErrorReturnCode::InvalidMode),
            OperatingMode::ColdStart | OperatingMode::WarmStart => call::restart(),
            OperatingMode::Idle => {
                tell(Mode::Idle);
                unreachable!("an idle partition has no windows")
            }
        }
    }
}

/// Tells the hypervisor.
fn tell(mode: Mode) {
    // A call with a mode that exists is never refused.
    let _ = call::set_mode(mode);
}

/// A start is always a cold one: nothing of the life before is there.
fn mode(is_normal: bool) -> OperatingMode {
    if is_normal {
        OperatingMode::Normal
    } else {
        OperatingMode::ColdStart
    }
}

fn time(nanoseconds: u64) -> ApexSystemTime {
    ApexSystemTime::try_from(nanoseconds).unwrap_or(INFINITE_TIME_VALUE)
}
