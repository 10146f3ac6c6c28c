//! Anything that a guest can do to what is emulated for it: device accesses as the hardware reports
//! them, trapped registers, power calls, between devices that raise and lower their lines. Nothing
//! panics, nothing hangs, and the state stays sound.
//!
//! The inputs are the same in every run. A few hundred thousand by default; by hand, as many as one
//! likes:
//!
//! ```text
//! PARATIA_FUZZ_INPUTS=50000000 cargo test -p paratia-hypervisor --test fuzz -- --nocapture
//! ```

mod generator;
mod guest;
mod machine;

use generator::Generator;
use machine::Machine;
use paratia_hypervisor::machine::vgic::Model;

/// Inputs a run, unless the environment says otherwise.
const INPUTS: u64 = 400_000;
/// Inputs from a reset to the next.
const EPISODE: u64 = 2_000;

fn inputs() -> u64 {
    std::env::var("PARATIA_FUZZ_INPUTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(INPUTS)
}

fn run(model: Model) {
    let (mut taken, mut left) = (0, 0);
    for episode in 0..inputs().div_ceil(EPISODE) {
        let mut generator = Generator::new(episode);
        let lists = 1 + generator.below(4);
        let mut machine = Machine::new(model, lists);
        for _ in 0..EPISODE {
            taken += u64::from(guest::act(&mut machine, &mut generator));
        }
        left += machine.drain();
    }
    println!(
        "{model:?}: {} inputs, {taken} interrupts taken, {left} left",
        inputs()
    );
    // It isn't much of a guest that takes none.
    assert!(taken * 50 > inputs());
}

#[test]
fn a_guest_with_a_gicv3_does_no_harm() {
    run(Model::V3);
}

#[test]
fn a_guest_with_a_gicv2_does_no_harm() {
    run(Model::V2);
}
