//! A signal: where its bits lie, and what a count of it is.

use embedded_can::Id;

use crate::EncodeError;

/// The order of a signal's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The lowest byte first.
    Intel,
    /// The highest byte first.
    Motorola,
}

/// Where a signal's bits lie in 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    order: Order,
    /// How far above the lowest bit of the 8 bytes, taken as one number in this order.
    shift: u32,
    bits: u32,
}

impl Field {
    /// The field of 1 to 64 `bits`, so far above the lowest bit.
    ///
    /// # Panics
    /// If it isn't within 64 bits: when the crate is built.
    #[must_use]
    pub const fn new(order: Order, shift: u32, bits: u32) -> Self {
        assert!(bits >= 1 && shift <= 64 - bits, "a field within 8 bytes");
        Self { order, shift, bits }
    }

    /// The order of its bytes.
    #[must_use]
    pub const fn order(self) -> Order {
        self.order
    }

    /// How many bits it has, 1 to 64.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.bits
    }

    const fn mask(self) -> u64 {
        u64::MAX >> (64 - self.bits)
    }

    /// Its bits.
    #[must_use]
    pub const fn get(self, bytes: [u8; 8]) -> u64 {
        let word = match self.order {
            Order::Intel => u64::from_le_bytes(bytes),
            Order::Motorola => u64::from_be_bytes(bytes),
        };
        word >> self.shift & self.mask()
    }

    /// Its bits as a number in two's complement.
    #[must_use]
    pub const fn get_signed(self, bytes: [u8; 8]) -> i64 {
        let unused = 64 - self.bits;
        (self.get(bytes) << unused).cast_signed() >> unused
    }

    /// Puts in the lowest bits of `value`, as many as it has, and changes no others.
    pub const fn put(self, bytes: &mut [u8; 8], value: u64) {
        let (mask, bits) = (
            self.mask() << self.shift,
            (value & self.mask()) << self.shift,
        );
        *bytes = match self.order {
            Order::Intel => (u64::from_le_bytes(*bytes) & !mask | bits).to_le_bytes(),
            Order::Motorola => (u64::from_be_bytes(*bytes) & !mask | bits).to_be_bytes(),
        };
    }

    /// Puts a number in.
    ///
    /// # Errors
    /// [`EncodeError`] with this name if it has more bits; nothing is changed then.
    pub const fn put_unsigned(
        self,
        bytes: &mut [u8; 8],
        signal: &'static str,
        value: u64,
    ) -> Result<(), EncodeError> {
        if value > self.mask() {
            return Err(EncodeError { signal });
        }
        self.put(bytes, value);
        Ok(())
    }

    /// Puts a number in two's complement in.
    ///
    /// # Errors
    /// [`EncodeError`] with this name if it has more bits; nothing is changed then.
    pub const fn put_signed(
        self,
        bytes: &mut [u8; 8],
        signal: &'static str,
        value: i64,
    ) -> Result<(), EncodeError> {
        let unused = 64 - self.bits;
        if value << unused >> unused != value {
            return Err(EncodeError { signal });
        }
        self.put(bytes, value.cast_unsigned());
        Ok(())
    }
}

/// What a count of a signal is in physical units. Only of a signal that is an integer; a float is what it says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Physical units a count.
    pub factor: f64,
    /// The physical value of 0 counts.
    pub offset: f64,
    /// Least and greatest physical value, if there are such: the file's `[0|0]` says that there aren't.
    pub range: Option<(f64, f64)>,
    /// How many bits there are for counts, 1 to 53.
    pub bits: u32,
    /// Whether counts may be negative.
    pub is_signed: bool,
    /// The unit's name.
    pub unit: &'static str,
}

/// A physical value beyond the signal's range, or that its bits can't say, or no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl Scale {
    /// The physical value of a raw value.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts have at most 53 bits")]
    pub const fn physical(&self, raw: i64) -> f64 {
        raw as f64 * self.factor + self.offset
    }

    /// The raw value next to a physical value; of two that are equally near the even one (IEEE 754's
    /// `roundTiesToEven`, as cantools has it).
    ///
    /// # Errors
    /// [`OutOfRange`].
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "whole numbers of at most 53 bits"
    )]
    pub fn raw(&self, physical: f64) -> Result<i64, OutOfRange> {
        let counts = self.counts(physical);
        let (least, most) = if self.is_signed {
            (
                -((1_i64 << (self.bits - 1)) as f64),
                ((1_i64 << (self.bits - 1)) - 1) as f64,
            )
        } else {
            (0.0, ((1_i64 << self.bits) - 1) as f64)
        };
        // By counts, so that the limits themselves are within, however they come out as physical values.
        let within = self.range.is_none_or(|(one, other)| {
            let (one, other) = (self.counts(one), self.counts(other));
            (one.min(other)..=one.max(other)).contains(&counts)
        });
        if within && (least..=most).contains(&counts) {
            Ok(counts as i64)
        } else {
            Err(OutOfRange)
        }
    }

    fn counts(&self, physical: f64) -> f64 {
        round_ties_even((physical - self.offset) / self.factor)
    }
}

/// The whole number next to this one, of two the even one. `core` has none yet: from 2^52 on there are whole
/// numbers only, and the sum is rounded as the hardware rounds, to even.
fn round_ties_even(number: f64) -> f64 {
    const WHOLE: f64 = (1_u64 << 52) as f64;
    if number.abs() < WHOLE {
        let shift = WHOLE.copysign(number);
        number + shift - shift
    } else {
        number
    }
}

/// A signal of the DBC file, as data.
#[derive(Clone, Copy, Debug)]
pub struct Signal {
    /// Its message.
    pub message: &'static str,
    /// The message's identifier.
    pub id: Id,
    /// The message's length.
    pub bytes: usize,
    /// Its name.
    pub name: &'static str,
    /// Its start bit as it stands in the file.
    pub start: u32,
    /// Where its bits lie.
    pub field: Field,
    /// What a count is.
    pub scale: Scale,
    /// Whether its bits are a float (IEEE 754) instead, of 32 or 64 bits.
    pub is_float: bool,
    /// The multiplexor's value with which it is there, if there is one.
    pub multiplexed: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_even_count() {
        let scale = Scale {
            factor: 0.5,
            offset: 0.0,
            range: None,
            bits: 8,
            is_signed: true,
            unit: "",
        };
        let seen = [-1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 0.2499].map(|it| scale.raw(it));
        assert_eq!(seen, [-2, -2, 0, 0, 2, 2, 0].map(Ok));
        assert_eq!(scale.raw(63.5), Ok(127));
        for beyond in [63.75, -64.5, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(scale.raw(beyond), Err(OutOfRange), "{beyond}");
        }
    }

    #[test]
    fn rounding_is_that_of_the_standard_library() {
        for number in [
            0.0,
            -0.0,
            0.5,
            1.5,
            2.5,
            4_503_599_627_370_495.5,
            1e16,
            -0.500_000_1,
        ] {
            for number in [number, -number] {
                assert_eq!(round_ties_even(number), number.round_ties_even());
            }
        }
    }

    #[test]
    fn a_range_is_kept_whichever_way_the_factor_goes() {
        let scale = Scale {
            factor: -2.0,
            offset: 10.0,
            range: Some((-10.0, 10.0)),
            bits: 8,
            is_signed: false,
            unit: "",
        };
        assert_eq!((scale.raw(10.0), scale.raw(-10.0)), (Ok(0), Ok(10)));
        assert_eq!(
            (scale.raw(12.0), scale.raw(-12.0)),
            (Err(OutOfRange), Err(OutOfRange))
        );
    }
}
