//! The device tree that makes Xen start a guest by itself ("dom0less"): QEMU's `virt` board as far
//! as Xen looks at it, and the guest in `/chosen`.
//!
//! Written anew rather than edited, since it is short; addresses as in QEMU 7.2 `hw/arm/virt.c`.

use vm_fdt::{Error, FdtWriter};

/// Where the guest's image lies in RAM until Xen copies it.
pub const GUEST_IMAGE: u64 = 0x4A00_0000;
const GUEST_MEMORY_KIB: u64 = 64 << 10;
const UART: &str = "pl011@9000000";
const GIC: u32 = 1;

/// The tree for a guest image of so many bytes.
///
/// # Errors
/// None for these nodes; the writer checks their form.
pub fn tree(guest_bytes: u64) -> Result<Vec<u8>, Error> {
    let mut tree = FdtWriter::new()?;
    let root = begin(&mut tree, "", 2)?;
    tree.property_string("compatible", "linux,dummy-virt")?;
    tree.property_u32("interrupt-parent", GIC)?;
    cpus(&mut tree)?;
    devices(&mut tree)?;
    chosen(&mut tree, guest_bytes)?;
    tree.end_node(root)?;
    tree.finish()
}

/// Begins a node whose children have addresses of so many cells, and sizes of as many.
fn begin(tree: &mut FdtWriter, name: &str, cells: u32) -> Result<vm_fdt::FdtWriterNode, Error> {
    let node = tree.begin_node(name)?;
    tree.property_u32("#address-cells", cells)?;
    tree.property_u32("#size-cells", cells)?;
    Ok(node)
}

fn cpus(tree: &mut FdtWriter) -> Result<(), Error> {
    let psci = tree.begin_node("psci")?;
    compatible(tree, &["arm,psci-1.0", "arm,psci-0.2"])?;
    tree.property_string("method", "smc")?;
    tree.end_node(psci)?;

    let cpus = tree.begin_node("cpus")?;
    tree.property_u32("#address-cells", 1)?;
    tree.property_u32("#size-cells", 0)?;
    let cpu = tree.begin_node("cpu@0")?;
    tree.property_string("device_type", "cpu")?;
    tree.property_string("compatible", "arm,cortex-a53")?;
    tree.property_string("enable-method", "psci")?;
    tree.property_u32("reg", 0)?;
    tree.end_node(cpu)?;
    tree.end_node(cpus)
}

fn devices(tree: &mut FdtWriter) -> Result<(), Error> {
    let timer = tree.begin_node("timer")?;
    tree.property_string("compatible", "arm,armv8-timer")?;
    // Secure, non-secure, virtual, hypervisor: PPIs, level high.
    let interrupts: Vec<u32> = [13, 14, 11, 10].iter().flat_map(|id| [1, *id, 4]).collect();
    tree.property_array_u32("interrupts", &interrupts)?;
    tree.end_node(timer)?;

    let gic = begin(tree, "intc@8000000", 2)?;
    tree.property_string("compatible", "arm,gic-v3")?;
    tree.property_null("interrupt-controller")?;
    tree.property_u32("#interrupt-cells", 3)?;
    tree.property_array_u64("reg", &[0x0800_0000, 0x1_0000, 0x080A_0000, 0xF6_0000])?;
    tree.property_array_u32("interrupts", &[1, 9, 4])?;
    tree.property_phandle(GIC)?;
    tree.end_node(gic)?;

    let uart = tree.begin_node(UART)?;
    compatible(tree, &["arm,pl011", "arm,primecell"])?;
    tree.property_array_u64("reg", &[0x0900_0000, 0x1000])?;
    tree.property_array_u32("interrupts", &[0, 1, 4])?;
    tree.end_node(uart)
}

/// Xen's own arguments are its defaults but for the console, and for the scrubbing of free memory
/// whenever it is idle, which would multiply the worst case of waking up.
fn chosen(tree: &mut FdtWriter, guest_bytes: u64) -> Result<(), Error> {
    let chosen = begin(tree, "chosen", 2)?;
    tree.property_string(
        "xen,xen-bootargs",
        &format!("console=dtuart dtuart=/{UART} bootscrub=no"),
    )?;
    let guest = begin(tree, "domU1", 2)?;
    tree.property_string("compatible", "xen,domain")?;
    tree.property_u32("cpus", 1)?;
    tree.property_u64("memory", GUEST_MEMORY_KIB)?;
    tree.property_null("vpl011")?;
    let kernel = tree.begin_node(&format!("module@{GUEST_IMAGE:x}"))?;
    compatible(tree, &["multiboot,kernel", "multiboot,module"])?;
    tree.property_array_u64("reg", &[GUEST_IMAGE, guest_bytes])?;
    tree.end_node(kernel)?;
    tree.end_node(guest)?;
    tree.end_node(chosen)
}

fn compatible(tree: &mut FdtWriter, names: &[&str]) -> Result<(), Error> {
    let names = names.iter().map(ToString::to_string).collect();
    tree.property_string_list("compatible", names)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_can_be_written() {
        let tree = super::tree(0x1000).unwrap();
        assert_eq!(tree[..4], [0xD0, 0x0D, 0xFE, 0xED]);
    }
}
