//! Module schedules (ARINC 653 P2, 3.4): there is one, named as the system, since the schedule's epoch.

use a653rs::bindings::{
    ApexScheduleP2, ApexScheduleStatus, ErrorReturnCode, ScheduleId, ScheduleName,
};

use super::Paratia;
use super::kernel::service;

const ONLY: ScheduleId = 1;

impl ApexScheduleP2 for Paratia {
    fn set_module_schedule(schedule_id: ScheduleId) -> Result<(), ErrorReturnCode> {
        match schedule_id {
            ONLY => Err(ErrorReturnCode::NoAction),
            _ => Err(ErrorReturnCode::InvalidParam),
        }
    }

    fn get_module_schedule_status() -> Result<ApexScheduleStatus, ErrorReturnCode> {
        Ok(ApexScheduleStatus {
            time_of_last_schedule_switch: 0,
            current_schedule: ONLY,
            next_schedule: ONLY,
        })
    }

    fn get_module_schedule_id(schedule_name: ScheduleName) -> Result<ScheduleId, ErrorReturnCode> {
        let end = schedule_name.iter().position(|byte| *byte == 0);
        let name = &schedule_name[..end.unwrap_or(schedule_name.len())];
        let system = service(|kernel, _| kernel.passport.system);
        if system.as_str().as_bytes() == name {
            Ok(ONLY)
        } else {
            Err(ErrorReturnCode::InvalidConfig)
        }
    }
}
