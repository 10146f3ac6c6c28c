//! Plants a value of its own in every register that a guest can write, and checks after each window
//! that they are all still there. Its neighbour is `look`.

#![no_std]
#![no_main]

use paratia_runtime::abi::OperatingMode;
use paratia_runtime::{Context, call, entry, println};
use paratia_test_guests::crossing::cross_for_ever;
use paratia_test_guests::system::Side;

entry!(main);

fn main(context: Context) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    cross_for_ever(context.passport, Side::Plant, |registers, crossings| {
        println!("held {registers} registers, none lost, {crossings} crossings");
    })
}
