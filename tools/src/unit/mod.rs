//! A board as a unit for co-simulation, by FMI 3.0: its variables, its description, its file. `tools/fmu` is the
//! library in it, which importers load, and `tools/stepper` the plugin that holds QEMU at their communication points;
//! `docs/co-simulation.md` tells all of it.

mod description;
mod package;
pub mod variables;

pub use description::{LOG_CONSOLE, LOG_EVENTS, MODEL, description};
pub use package::Package;
pub use variables::{Meaning, Variable, variables};

use serde::{Deserialize, Serialize};

/// What the library finds in the unit's resources beside the image: which board and system it is about.
#[derive(Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Manifest {
    /// The board's name.
    pub board: String,
    /// The system's name.
    pub system: String,
    /// What the importer has to repeat from the description, so that both are of one unit.
    pub token: String,
}

/// The manifest's name in the unit's resources.
pub const MANIFEST: &str = "unit.json";
/// The image's name there, as the board starts from it.
pub const IMAGE: &str = "image";
/// The image's name there with its names, which decode the log.
pub const NAMES: &str = "image.elf";
/// The plugin's name there.
pub const STEPPER: &str = "stepper.so";
