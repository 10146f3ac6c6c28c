//! The image: the core, linked at the board's place. On the host there is nothing to run.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
use paratia_hypervisor as _;

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("this program runs at EL2 of a board: build and start it with `cargo paratia run`");
}
