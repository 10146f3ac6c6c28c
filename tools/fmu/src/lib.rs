//! A board on QEMU as a unit for co-simulation: FMI 3.0's functions, for importers to load.
//!
//! `api` is the C interface, one function for each of the standard's; `instance` is the standard's state machine and
//! knows no pointer; `board` is the stepped QEMU, `wire` what it says through the gate of `tools/stepper`; `display`
//! looks at the frame buffer; `counts` at the log. The board is moved by [`api::fmi3DoStep`] alone: to the moment of
//! board time that is the communication point aimed at, rounded once to a nanosecond, which is an instruction.
//! Nothing here adds steps up, so nothing drifts.
//!
//! There is no state but an instance's, so a process can have as many as it likes. An instance's QEMU ends with it,
//! and with the process whatever ends that: the gate's connection closes.
//!
//! **Why our own functions.** `fmi-export` (0.3) makes them from a `struct` whose fields are the variables; ours are
//! known when a system is chosen, and its schema loses enumerations (`findings/fmi-schema-variables.sh`). The
//! interface is some eighty prototypes that don't change any more.

pub mod api;
mod board;
mod counts;
mod display;
mod instance;
mod wire;
