//! The registers of the firmware configuration, and the DMA port's protocol.

use core::ptr::read_volatile;

use cortex_a::asm::barrier::{SY, dsb};
use paratia_config::address::MemoryRange;
use safe_mmio::fields::{ReadOnly, ReadPureWrite, WriteOnly};
use safe_mmio::{UniqueMmioPointer, field, field_shared};

use super::{DIRECTORY, DmaBuffer, File, SIGNATURE, decode_control, encode_write, find};
use crate::refusal::{Reason, Refusal};
use crate::registers;

/// The register block on Arm machines.
#[repr(C, align(8))]
struct Registers {
    /// The next four bytes of the selected item, in the order of memory.
    data: ReadOnly<u32>,
    reserved_04: u32,
    /// The key of the item to select, big-endian.
    selector: WriteOnly<u16>,
    reserved_0a: [u16; 3],
    /// Reads as the signature; a write of a physical address starts the access described there.
    dma: ReadPureWrite<u64>,
}

/// How often an access is looked at. QEMU finishes it within the write that starts it.
const MAX_POLLS: u32 = 10_000;

/// The firmware configuration with its DMA port.
pub struct FwCfg<'a> {
    registers: UniqueMmioPointer<'static, Registers>,
    buffer: &'a mut DmaBuffer,
}

impl<'a> FwCfg<'a> {
    /// The firmware configuration at `range`, whose accesses go through `buffer`.
    ///
    /// # Errors
    ///
    /// The range is too small, or what answers has no DMA port.
    ///
    /// # Safety
    ///
    /// `range` must be a device, mapped as device memory at its physical address and used by
    /// nothing else; `buffer` must be mapped at its physical address.
    pub unsafe fn open(range: MemoryRange, buffer: &'a mut DmaBuffer) -> Result<Self, Refusal> {
        // SAFETY: the caller's promise, passed on; reading these registers of another device than
        // a firmware configuration is the only thing done before the signature is checked.
        let registers: UniqueMmioPointer<'static, Registers> =
            unsafe { registers::claim(range, 0) }?;
        let found = u64::from_be(field_shared!(registers, dma).read());
        if found != SIGNATURE {
            return Err(Reason::NoFwCfg.with(found, 0, 0));
        }
        Ok(Self { registers, buffer })
    }

    /// Looks for the file `name`.
    pub fn find(&mut self, name: &str) -> Option<File> {
        field!(self.registers, selector).write(DIRECTORY.to_be());
        find(|| field!(self.registers, data).read().to_ne_bytes(), name)
    }

    /// Writes `record` over all of `file`.
    ///
    /// # Errors
    ///
    /// The record isn't as long as the file (or longer than a [`DmaBuffer`] carries), or QEMU
    /// refuses or doesn't finish the access.
    pub fn write(&mut self, file: File, record: &[u8]) -> Result<(), Refusal> {
        let size = Reason::FwCfgSize.with(record.len() as u64, file.size_bytes.into(), 0);
        if u32::try_from(record.len()) != Ok(file.size_bytes) {
            return Err(size);
        }
        let payload = self.buffer.payload.get_mut(..record.len()).ok_or(size)?;
        payload.copy_from_slice(record);
        let payload = payload.as_mut_ptr().expose_provenance() as u64;
        self.buffer.access = encode_write(file.key, file.size_bytes, payload);
        self.run()
    }

    /// Starts the access that the buffer describes, and waits for its end.
    fn run(&mut self) -> Result<(), Refusal> {
        let access = &raw mut self.buffer.access;
        // What the device reads must be in memory before it is told; it is coherent, so that a
        // barrier does and no cache is cleaned.
        dsb(SY);
        field!(self.registers, dma).write((access.expose_provenance() as u64).to_be());
        (0..MAX_POLLS)
            .find_map(|_| {
                dsb(SY);
                // SAFETY: `access` is the buffer's, alive and readable; volatile because the
                // device writes there too.
                let [c0, c1, c2, c3, ..] = unsafe { read_volatile(access) };
                decode_control(u32::from_be_bytes([c0, c1, c2, c3]))
            })
            .unwrap_or(Err(Reason::FwCfgStuck.into()))
    }
}
