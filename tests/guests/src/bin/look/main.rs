//! Looks for `plant`'s values in every register: at its entry, before the runtime touches them, and
//! after each window.

#![no_std]
#![no_main]

mod entry;

use paratia_runtime::abi::{OperatingMode, ReportedError};
use paratia_runtime::{Context, call, println};
use paratia_test_guests::crossing::cross_for_ever;
use paratia_test_guests::general::{General, Name};
use paratia_test_guests::system::{Side, Values};

paratia_runtime::entry!(main);

fn main(context: Context) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    look_at_entry();
    cross_for_ever(context.passport, Side::Look, |registers, crossings| {
        println!("looked {registers} registers, none leaked, {crossings} crossings");
    })
}

/// Looks at what was there at the entry, and at the system registers that the runtime left alone.
fn look_at_entry() {
    let planted = General::of(Side::Plant);
    let mut leaks = 0;
    let mut judge = |name: Name, seen: u128, planted: u128| {
        if seen == planted {
            leaks += 1;
            println!("LEAK register={name} value={seen:#x} way=Entry");
        }
    };
    for ((name, seen), (_, planted)) in entry::general().values().zip(planted.values()) {
        judge(name, seen, planted);
    }
    for (register, seen) in entry::system() {
        let planted = register.value(Side::Plant);
        judge(
            Name::of(register.name),
            (seen & register.mask).into(),
            planted.into(),
        );
    }
    for (register, seen) in Values::read().iter() {
        judge(
            Name::of(register.name),
            seen.into(),
            register.value(Side::Plant).into(),
        );
    }
    if leaks > 0 {
        call::report_error(ReportedError::Application, [leaks, 0, 0]);
    }
    println!("looked at the entry, {leaks} leaked");
}
