//! Sizes of the image of `cluster`, and lines of what runs privileged.

use anyhow::Context as _;
use object::{Object as _, ObjectSection as _};

use super::{BOARD, Values};
use crate::{count, workspace};

/// The sections that are the hypervisor's memory, beside its tables and the partitions' images.
const RAM: [&str; 8] = [
    ".text",
    ".run_parameters",
    ".rodata",
    ".passports",
    ".data",
    ".bss",
    ".crash",
    ".stacks",
];

/// The figures.
pub(super) fn measure() -> anyhow::Result<Values> {
    let bytes = std::fs::read(workspace::image(BOARD, "cluster"))?;
    let file = object::File::parse(bytes.as_slice())?;
    let size = |name: &str| {
        let section = file.section_by_name(name);
        section
            .map(|section| section.size())
            .with_context(|| format!("the image has no section {name}"))
    };
    let ram = RAM
        .iter()
        .map(|name| size(name))
        .sum::<anyhow::Result<u64>>()?;
    let linked = count::linked_lines()?;
    Ok(Values::from([
        ("text", size(".text")?),
        ("own-ram", ram),
        ("tables", size(".tables")?),
        ("lines", count::privileged_lines()?),
        ("lines-running", linked.running),
        ("lines-declared", linked.declarations),
    ]))
}
