//! The registers, and the way to them.

use core::fmt;

use safe_mmio::UniqueMmioPointer;
use safe_mmio::fields::ReadWrite;

/// A register by its place (UG1087, module `CAN`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Register {
    /// `SRR`.
    SoftwareReset = 0x00,
    /// `MSR`.
    ModeSelect = 0x04,
    /// `BRPR`.
    BaudRatePrescaler = 0x08,
    /// `BTR`.
    BitTiming = 0x0C,
    /// `ECR`.
    ErrorCounter = 0x10,
    /// `ESR`.
    ErrorStatus = 0x14,
    /// `SR`.
    Status = 0x18,
    /// `ISR`.
    InterruptStatus = 0x1C,
    /// `IER`.
    InterruptEnable = 0x20,
    /// `ICR`: a one clears.
    InterruptClear = 0x24,
    /// `TCR`.
    Timestamp = 0x28,
    /// `WIR`.
    Watermarks = 0x2C,
    /// `TXFIFO_ID`.
    TransmitId = 0x30,
    /// `TXFIFO_DLC`.
    TransmitLength = 0x34,
    /// `TXFIFO_DATA1`.
    TransmitFirst = 0x38,
    /// `TXFIFO_DATA2`; writing it queues the frame.
    TransmitSecond = 0x3C,
    /// `TXHPB_ID`: of one frame that goes before all others.
    FirstId = 0x40,
    /// `TXHPB_DLC`.
    FirstLength = 0x44,
    /// `TXHPB_DATA1`.
    FirstFirst = 0x48,
    /// `TXHPB_DATA2`; writing it queues the frame.
    FirstSecond = 0x4C,
    /// `RXFIFO_ID`; reading it takes the frame out.
    ReceiveId = 0x50,
    /// `RXFIFO_DLC`.
    ReceiveLength = 0x54,
    /// `RXFIFO_DATA1`.
    ReceiveFirst = 0x58,
    /// `RXFIFO_DATA2`.
    ReceiveSecond = 0x5C,
    /// `AFR`.
    FilterEnable = 0x60,
    /// `AFMR1`.
    FilterMask1 = 0x64,
    /// `AFIR1`.
    FilterId1 = 0x68,
    /// `AFMR2`.
    FilterMask2 = 0x6C,
    /// `AFIR2`.
    FilterId2 = 0x70,
    /// `AFMR3`.
    FilterMask3 = 0x74,
    /// `AFIR3`.
    FilterId3 = 0x78,
    /// `AFMR4`.
    FilterMask4 = 0x7C,
    /// `AFIR4`.
    FilterId4 = 0x80,
}

impl Register {
    /// All of them, by their places.
    pub const ALL: [Self; WORDS] = [
        Self::SoftwareReset,
        Self::ModeSelect,
        Self::BaudRatePrescaler,
        Self::BitTiming,
        Self::ErrorCounter,
        Self::ErrorStatus,
        Self::Status,
        Self::InterruptStatus,
        Self::InterruptEnable,
        Self::InterruptClear,
        Self::Timestamp,
        Self::Watermarks,
        Self::TransmitId,
        Self::TransmitLength,
        Self::TransmitFirst,
        Self::TransmitSecond,
        Self::FirstId,
        Self::FirstLength,
        Self::FirstFirst,
        Self::FirstSecond,
        Self::ReceiveId,
        Self::ReceiveLength,
        Self::ReceiveFirst,
        Self::ReceiveSecond,
        Self::FilterEnable,
        Self::FilterMask1,
        Self::FilterId1,
        Self::FilterMask2,
        Self::FilterId2,
        Self::FilterMask3,
        Self::FilterId3,
        Self::FilterMask4,
        Self::FilterId4,
    ];

    /// The mask of the acceptance filter with this index, the last one's for any beyond it.
    pub(super) const fn filter_mask(index: usize) -> Self {
        match index {
            0 => Self::FilterMask1,
            1 => Self::FilterMask2,
            2 => Self::FilterMask3,
            _ => Self::FilterMask4,
        }
    }

    /// Its identifier.
    pub(super) const fn filter_id(index: usize) -> Self {
        match index {
            0 => Self::FilterId1,
            1 => Self::FilterId2,
            2 => Self::FilterId3,
            _ => Self::FilterId4,
        }
    }
}

/// A way to one controller's registers: each access is made, once and in order, with 32 bits.
pub trait Port {
    /// Reads a register.
    fn read(&mut self, register: Register) -> u32;

    /// Writes a register.
    fn write(&mut self, register: Register, value: u32);
}

/// Words up to the last register.
const WORDS: usize = Register::FilterId4 as usize / size_of::<u32>() + 1;

/// Registers in memory.
pub struct Mmio {
    words: UniqueMmioPointer<'static, [ReadWrite<u32>; WORDS]>,
}

impl Mmio {
    /// # Safety
    ///
    /// As for [`super::ZynqmpCan::new`].
    pub(super) unsafe fn new(address: usize) -> Option<Self> {
        // SAFETY: the caller's promise, passed on.
        unsafe { crate::registers(address) }.map(|words| Self { words })
    }
}

impl Port for Mmio {
    fn read(&mut self, register: Register) -> u32 {
        let word = self.words.get(register as usize / size_of::<u32>());
        // Each register is one of the words.
        word.map_or(0, |mut word| word.read())
    }

    fn write(&mut self, register: Register, value: u32) {
        if let Some(mut word) = self.words.get(register as usize / size_of::<u32>()) {
            word.write(value);
        }
    }
}

// They lie one behind the other.
const _: () = {
    let mut index = 0;
    while index < WORDS {
        assert!(Register::ALL[index] as usize == index * size_of::<u32>());
        index += 1;
    }
};

impl fmt::Debug for Mmio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Mmio").finish()
    }
}
