//! What a test bench tells partitions while they run, and how it lies in memory.
//!
//! A partition that takes part has a region called [`REGION`]. Its first word, little-endian, holds all that it is
//! told, so that a partition has all of it by one load, whenever the bench writes. After a start the region is all
//! zero, which says nothing.

use crate::message::{SpeedMessage, Telltales};
use crate::units::MillimetresPerSecond;

/// The region's name in a system's declaration.
pub const REGION: &str = "inputs";

/// What the vehicle is told.
///
/// | Bits | Field | Unit |
/// |---|---|---|
/// | 0..32 | speed | mm/s, at most [`SpeedMessage::TOP_SPEED`] |
/// | 32..48 | telltales | bits of [`Telltales`] |
/// | 48 | ignition | 1 is on |
/// | 63 | something is told | 1 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VehicleInputs {
    /// How fast it is.
    pub speed: MillimetresPerSecond,
    /// Which lamps it asks for.
    pub telltales: Telltales,
    /// Whether it is switched on: else it says nothing to anybody.
    pub ignition: bool,
}

const IGNITION: u64 = 1 << 48;
const TOLD: u64 = 1 << 63;

impl VehicleInputs {
    /// The word for it.
    #[must_use]
    pub fn to_word(self) -> u64 {
        let ignition = if self.ignition { IGNITION } else { 0 };
        u64::from(self.speed.0) | u64::from(self.telltales.bits()) << 32 | ignition | TOLD
    }

    /// What a word says; nothing if it says nothing, or what can't be: a speed beyond the top speed, a lamp that
    /// isn't there, or more bits.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "fields are cut out of the word"
    )]
    pub fn of_word(word: u64) -> Option<Self> {
        let inputs = Self {
            speed: MillimetresPerSecond(word as u32),
            telltales: Telltales::from_bits((word >> 32) as u16)?,
            ignition: word & IGNITION != 0,
        };
        (inputs.to_word() == word && inputs.speed <= SpeedMessage::TOP_SPEED).then_some(inputs)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_word_survives_the_way_there_and_back(
            speed in 0..=SpeedMessage::TOP_SPEED.0, telltales: u16, ignition: bool,
        ) {
            let inputs = VehicleInputs {
                speed: MillimetresPerSecond(speed),
                telltales: Telltales::from_bits_truncate(telltales),
                ignition,
            };
            prop_assert_eq!(VehicleInputs::of_word(inputs.to_word()), Some(inputs));
        }

        #[test]
        fn any_word_is_read_or_refused(word: u64) {
            if let Some(inputs) = VehicleInputs::of_word(word) {
                prop_assert_eq!(inputs.to_word(), word);
            }
        }
    }

    #[test]
    fn the_layout_is_told_and_nothing_is_nothing() {
        let told = VehicleInputs {
            speed: MillimetresPerSecond(0x1234),
            telltales: Telltales::TURN_RIGHT,
            ignition: true,
        };
        assert_eq!(told.to_word(), 0x8001_0002_0000_1234);
        for nothing in [
            0,
            0x8001_0020_0000_0000,
            0x8001_0000_0001_86A1,
            0x8002_0000_0000_0000,
        ] {
            assert_eq!(VehicleInputs::of_word(nothing), None, "{nothing:#x}");
        }
    }
}
