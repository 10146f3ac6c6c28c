//! The devices that the hypervisor plays.

use paratia_config::machine::{CLOCK_BYTES, UART_BYTES, UART_INTERRUPT, WATCHDOG_FRAME_BYTES};
use vm_fdt::{Error, FdtWriter};

use super::{Guest, LEVEL_HIGH, SHARED, clocks, compatible, uart_name};

impl Guest<'_> {
    pub(super) fn uart(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let Some(base) = self.machine.uart else {
            return Ok(());
        };
        let uart = tree.begin_node(&uart_name(base.0))?;
        compatible(tree, &["arm,pl011", "arm,primecell"])?;
        tree.property_array_u64("reg", &[base.0, UART_BYTES])?;
        tree.property_array_u32("interrupts", &[SHARED, UART_INTERRUPT - 32, LEVEL_HIGH])?;
        clocks(tree, &["uartclk", "apb_pclk"])?;
        tree.end_node(uart)
    }

    /// The emulated clock, which has no alarm, so no interrupt.
    pub(super) fn clock(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let Some(base) = self.machine.clock else {
            return Ok(());
        };
        let node = tree.begin_node(&format!("rtc@{:x}", base.0))?;
        compatible(tree, &["arm,pl031", "arm,primecell"])?;
        tree.property_array_u64("reg", &[base.0, CLOCK_BYTES])?;
        clocks(tree, &["apb_pclk"])?;
        tree.end_node(node)
    }

    /// The emulated watchdog (`watchdog/arm,sbsa-gwdt.yaml`): the frame of control, then that of refreshing. Its
    /// first signal, which would be an interrupt, never comes.
    pub(super) fn watchdog(&self, tree: &mut FdtWriter) -> Result<(), Error> {
        let Some(base) = self.machine.watchdog else {
            return Ok(());
        };
        let node = tree.begin_node(&format!("watchdog@{:x}", base.0))?;
        compatible(tree, &["arm,sbsa-gwdt"])?;
        let refresh = base.0 + WATCHDOG_FRAME_BYTES;
        let frames = [base.0, WATCHDOG_FRAME_BYTES, refresh, WATCHDOG_FRAME_BYTES];
        tree.property_array_u64("reg", &frames)?;
        tree.property_u32("timeout-sec", self.watchdog_seconds)?;
        tree.end_node(node)
    }
}
