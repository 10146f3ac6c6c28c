//! The image that a command is about.

use std::path::PathBuf;

use paratia::build::Builder;
use paratia::catalog::Choice;
use paratia::setup;

use crate::present::Status;

/// Sets up what is missing, builds the programs and the image of a system, and says where the image is. A
/// command that wants broken rules told before programs are built asks for them before.
pub(super) fn image(choice: &Choice) -> anyhow::Result<PathBuf> {
    let toolchain = setup::ready(&mut Status::new())?;
    let mut status = Status::new();
    let mut builder = Builder::new(toolchain, &mut status)?;
    builder.guests_of(choice)?;
    builder.hypervisor(choice)
}
