//! The check of the device tree against QEMU's own trees, built ones and broken ones.

mod messages;
mod mutations;
mod oracle;
mod trees;
