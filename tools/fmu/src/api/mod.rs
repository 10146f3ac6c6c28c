//! FMI 3.0's C interface (FMI 3.0, 2.2, 2.3, 4.2; `fmi3FunctionTypes.h`): pointers become values here, panics become
//! `fmi3Error`, and why a call isn't done goes to the importer's logger.
//!
//! For all of them: `instance` is what an `Instantiate` function of ours returned and nobody has
//! freed, arrays have as many elements as the count beside them says, texts end with a zero byte. That is the
//! standard's demand on importers, and the `# Safety` of all that follows.

#![allow(non_snake_case, reason = "the names are the standard's")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the module's documentation has what all of them demand"
)]

mod absent;
mod values;

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::instance::{Answer, Instance, Refusal, Status, error};

/// What an importer's `instance` points to.
pub struct Component {
    instance: Instance,
    /// What the strings and binaries point to that were given last; they stay until the next are.
    strings: Vec<CString>,
    binaries: Vec<Vec<u8>>,
}

/// `fmi3LogMessageCallback`: environment, status, category, message.
pub type LogMessage =
    Option<unsafe extern "C" fn(*mut c_void, c_int, *const c_char, *const c_char)>;

/// Where an importer's messages go.
#[derive(Clone, Copy)]
struct Importer {
    environment: *mut c_void,
    log: LogMessage,
}

impl Importer {
    fn log(self, status: Status, category: &str, message: &str) {
        let text = |it: &str| CString::new(it.replace('\0', "\u{2400}")).unwrap_or_default();
        let (category, message) = (text(category), text(message));
        if let Some(log) = self.log {
            // SAFETY: the importer's own function with its own environment, which it keeps as long as the instance;
            // the texts live until it returns.
            unsafe {
                log(
                    self.environment,
                    status as c_int,
                    category.as_ptr(),
                    message.as_ptr(),
                );
            }
        }
    }
}

/// A text of the importer's; an empty one for none.
///
/// # Safety
/// Null, or a text that ends with a zero byte.
unsafe fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: the caller promises it.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_string_lossy().into_owned()
}

/// The elements of an array of the importer's.
///
/// # Safety
/// It has so many, unless it is null, and nobody changes them meanwhile.
unsafe fn array<'a, T>(pointer: *const T, count: usize) -> &'a [T] {
    if pointer.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: the caller promises them.
    unsafe { std::slice::from_raw_parts(pointer, count) }
}

/// Puts a value in a place of the importer's, if it gives one.
///
/// # Safety
/// Null, or a place for such a value that nobody uses meanwhile.
unsafe fn put<T>(place: *mut T, value: T) {
    // SAFETY: the caller promises it.
    if let Some(place) = unsafe { place.as_mut() } {
        *place = value;
    }
}

/// Does a call to an instance; whatever goes wrong in it is logged and becomes its status.
///
/// # Safety
/// `instance` is as the module demands.
unsafe fn call(
    instance: *mut Component,
    what: impl FnOnce(&mut Component) -> Answer<()>,
) -> Status {
    // SAFETY: the caller promises that it is one of ours, and an importer calls an instance from one thread at a
    // time (FMI 3.0, 2.3.1).
    let Some(component) = (unsafe { instance.as_mut() }) else {
        return Status::Error;
    };
    let done = catch_unwind(AssertUnwindSafe(|| what(component)));
    let answer = done.unwrap_or_else(|_| error("a mistake of the unit's own".to_owned()));
    match answer {
        Ok(()) => Status::Ok,
        Err(refusal) => {
            component.instance.complain(&refusal);
            refusal.0
        }
    }
}

#[unsafe(no_mangle)]
/// `fmi3GetVersion`: the standard's version.
pub extern "C" fn fmi3GetVersion() -> *const c_char {
    c"3.0".as_ptr()
}

#[unsafe(no_mangle)]
/// `fmi3SetDebugLogging`.
pub unsafe extern "C" fn fmi3SetDebugLogging(
    instance: *mut Component,
    is_logging: bool,
    count: usize,
    categories: *const *const c_char,
) -> Status {
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts.
    unsafe {
        call(instance, |it| {
            let all = array(categories, count).iter();
            let categories: Vec<String> = all.map(|category| text(*category)).collect();
            it.instance.set_logging(is_logging, &categories)
        })
    }
}

#[unsafe(no_mangle)]
/// `fmi3InstantiateCoSimulation`: nothing if it can't be, and the logger has why.
pub unsafe extern "C" fn fmi3InstantiateCoSimulation(
    name: *const c_char,
    token: *const c_char,
    resources: *const c_char,
    _visible: bool,
    is_logging: bool,
    is_event_mode_used: bool,
    _is_early_return_allowed: bool,
    _intermediate_variables: *const u32,
    intermediate_count: usize,
    environment: *mut c_void,
    log: LogMessage,
    _intermediate_update: *mut c_void,
) -> *mut Component {
    let importer = Importer { environment, log };
    // SAFETY: texts, as the module demands.
    let [name, token, resources] = unsafe { [text(name), text(token), text(resources)] };
    let instantiate = || {
        if is_event_mode_used || intermediate_count > 0 {
            return error(
                "the unit has neither an event mode nor intermediate updates, as its description says"
                    .to_owned(),
            );
        }
        let logger = Box::new(move |status, category: &str, message: &str| {
            importer.log(status, category, message);
        });
        Instance::new(Path::new(&resources), &token, is_logging, logger)
    };
    let made = catch_unwind(AssertUnwindSafe(instantiate));
    let made = made.unwrap_or_else(|_| error("a mistake of the unit's own".to_owned()));
    match made {
        Ok(instance) => Box::into_raw(Box::new(Component {
            instance,
            strings: Vec::new(),
            binaries: Vec::new(),
        })),
        Err(Refusal(status, why)) => {
            let why = format!("'{name}' can't be instantiated: {why}");
            importer.log(status, "logStatusError", &why);
            std::ptr::null_mut()
        }
    }
}

#[unsafe(no_mangle)]
/// `fmi3FreeInstance`: its QEMU has ended when this returns.
pub unsafe extern "C" fn fmi3FreeInstance(instance: *mut Component) {
    if instance.is_null() {
        return;
    }
    // SAFETY: what an Instantiate function made, and nobody uses it any more.
    let component = unsafe { Box::from_raw(instance) };
    // There is nobody to tell.
    let _ = catch_unwind(AssertUnwindSafe(move || drop(component)));
}

#[unsafe(no_mangle)]
/// `fmi3EnterInitializationMode`.
pub unsafe extern "C" fn fmi3EnterInitializationMode(
    instance: *mut Component,
    _has_tolerance: bool,
    _tolerance: f64,
    start: f64,
    has_stop: bool,
    stop: f64,
) -> Status {
    let stop = has_stop.then_some(stop);
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts.
    unsafe { call(instance, |it| it.instance.enter_initialization(start, stop)) }
}

#[unsafe(no_mangle)]
/// `fmi3ExitInitializationMode`.
pub unsafe extern "C" fn fmi3ExitInitializationMode(instance: *mut Component) -> Status {
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts.
    unsafe { call(instance, |it| it.instance.exit_initialization()) }
}

#[unsafe(no_mangle)]
/// `fmi3DoStep`: the board is at the communication point aimed at when this returns `fmi3OK`.
pub unsafe extern "C" fn fmi3DoStep(
    instance: *mut Component,
    from: f64,
    size: f64,
    _keeps_no_state_before: bool,
    needs_event_handling: *mut bool,
    has_ended: *mut bool,
    has_returned_early: *mut bool,
    last_time: *mut f64,
) -> Status {
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts; each of the places is the importer's, or null.
    unsafe {
        call(instance, |it| {
            put(needs_event_handling, false);
            put(has_ended, false);
            put(has_returned_early, false);
            put(last_time, from);
            let ended = it.instance.step(from, size)?;
            put(has_ended, ended);
            put(last_time, from + size);
            Ok(())
        })
    }
}

#[unsafe(no_mangle)]
/// `fmi3Terminate`.
pub unsafe extern "C" fn fmi3Terminate(instance: *mut Component) -> Status {
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts.
    unsafe { call(instance, |it| it.instance.terminate()) }
}

#[unsafe(no_mangle)]
/// `fmi3Reset`.
pub unsafe extern "C" fn fmi3Reset(instance: *mut Component) -> Status {
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts.
    unsafe {
        call(instance, |it| {
            it.instance.reset();
            Ok(())
        })
    }
}
