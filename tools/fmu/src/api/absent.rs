//! What the unit's description says that it hasn't: other kinds of units, states to save, clocks, derivatives, modes of
//! configuration and of events. Each function is there, and refuses.

use std::ffi::{c_char, c_int, c_void};

use super::{Component, Importer, LogMessage, call};
use crate::instance::{Status, error};

macro_rules! absent {
    ($($name:ident($($type:ty),*);)*) => {$(
        #[unsafe(no_mangle)]
        #[doc = concat!("`", stringify!($name), "`: refused.")]
        pub unsafe extern "C" fn $name(instance: *mut Component $(, _: $type)*) -> Status {
            // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts.
            unsafe {
                call(instance, |_| {
                    error(concat!(stringify!($name), " isn't for this unit, as its description says").to_owned())
                })
            }
        }
    )*};
}

absent! {
    fmi3SetBinary(*const u32, usize, *const usize, *const *const u8, usize);
    fmi3GetClock(*const u32, usize, *mut bool);
    fmi3SetClock(*const u32, usize, *const bool);
    fmi3GetNumberOfVariableDependencies(u32, *mut usize);
    fmi3GetVariableDependencies(u32, *mut usize, *mut u32, *mut usize, *mut c_int, usize);
    fmi3GetFMUState(*mut *mut c_void);
    fmi3SetFMUState(*mut c_void);
    fmi3FreeFMUState(*mut *mut c_void);
    fmi3SerializedFMUStateSize(*mut c_void, *mut usize);
    fmi3SerializeFMUState(*mut c_void, *mut u8, usize);
    fmi3DeserializeFMUState(*const u8, usize, *mut *mut c_void);
    fmi3GetDirectionalDerivative(*const u32, usize, *const u32, usize, *const f64, usize, *mut f64, usize);
    fmi3GetAdjointDerivative(*const u32, usize, *const u32, usize, *const f64, usize, *mut f64, usize);
    fmi3EnterConfigurationMode();
    fmi3ExitConfigurationMode();
    fmi3EnterEventMode();
    fmi3EnterStepMode();
    fmi3GetIntervalDecimal(*const u32, usize, *mut f64, *mut c_int);
    fmi3GetIntervalFraction(*const u32, usize, *mut u64, *mut u64, *mut c_int);
    fmi3GetShiftDecimal(*const u32, usize, *mut f64);
    fmi3GetShiftFraction(*const u32, usize, *mut u64, *mut u64);
    fmi3SetIntervalDecimal(*const u32, usize, *const f64);
    fmi3SetIntervalFraction(*const u32, usize, *const u64, *const u64);
    fmi3SetShiftDecimal(*const u32, usize, *const f64);
    fmi3SetShiftFraction(*const u32, usize, *const u64, *const u64);
    fmi3EvaluateDiscreteStates();
    fmi3UpdateDiscreteStates(*mut bool, *mut bool, *mut bool, *mut bool, *mut bool, *mut f64);
    fmi3GetOutputDerivatives(*const u32, usize, *const i32, *mut f64, usize);
    fmi3EnterContinuousTimeMode();
    fmi3CompletedIntegratorStep(bool, *mut bool, *mut bool);
    fmi3SetTime(f64);
    fmi3SetContinuousStates(*const f64, usize);
    fmi3GetContinuousStateDerivatives(*mut f64, usize);
    fmi3GetEventIndicators(*mut f64, usize);
    fmi3GetContinuousStates(*mut f64, usize);
    fmi3GetNominalsOfContinuousStates(*mut f64, usize);
    fmi3GetNumberOfEventIndicators(*mut usize);
    fmi3GetNumberOfContinuousStates(*mut usize);
    fmi3ActivateModelPartition(u32, f64);
}

/// Says that the unit is none of this kind.
fn no(environment: *mut c_void, log: LogMessage) -> *mut Component {
    let why = "the unit is for co-simulation alone, as its description says";
    Importer { environment, log }.log(Status::Error, "logStatusError", why);
    std::ptr::null_mut()
}

#[unsafe(no_mangle)]
/// `fmi3InstantiateModelExchange`: refused.
pub unsafe extern "C" fn fmi3InstantiateModelExchange(
    _name: *const c_char,
    _token: *const c_char,
    _resources: *const c_char,
    _visible: bool,
    _is_logging: bool,
    environment: *mut c_void,
    log: LogMessage,
) -> *mut Component {
    no(environment, log)
}

#[unsafe(no_mangle)]
/// `fmi3InstantiateScheduledExecution`: refused.
pub unsafe extern "C" fn fmi3InstantiateScheduledExecution(
    _name: *const c_char,
    _token: *const c_char,
    _resources: *const c_char,
    _visible: bool,
    _is_logging: bool,
    environment: *mut c_void,
    log: LogMessage,
    _clock_update: *mut c_void,
    _lock_preemption: *mut c_void,
    _unlock_preemption: *mut c_void,
) -> *mut Component {
    no(environment, log)
}
