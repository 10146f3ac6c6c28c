//! Text of bounded size, written by `const fn`: messages that a constant can stop the build with.

use core::time::Duration;

/// At most `N` bytes of text. What doesn't fit is cut off.
///
/// Each writing method takes the text and returns it longer, so that a message reads in its order.
#[derive(Clone, Copy)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    /// No text.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: [0; N],
            length: 0,
        }
    }

    /// The text so far. Where a cut fell within a character, without that character.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let used = self.bytes.split_at(self.length).0;
        match core::str::from_utf8(used) {
            Ok(text) => text,
            Err(error) => match core::str::from_utf8(used.split_at(error.valid_up_to()).0) {
                Ok(text) => text,
                Err(_) => "",
            },
        }
    }

    /// Adds a string.
    #[must_use]
    pub const fn str(mut self, text: &str) -> Self {
        let (_, room) = self.bytes.split_at_mut(self.length);
        let count = if text.len() < room.len() {
            text.len()
        } else {
            room.len()
        };
        let (fitting, _) = text.as_bytes().split_at(count);
        room.split_at_mut(count).0.copy_from_slice(fitting);
        self.length += count;
        self
    }

    /// Adds a name in single quotes.
    #[must_use]
    pub const fn name(self, name: &str) -> Self {
        self.str("'").str(name).str("'")
    }

    /// Adds a decimal number.
    #[must_use]
    pub const fn number(self, value: u64) -> Self {
        let text = if value >= 10 {
            self.number(value / 10)
        } else {
            self
        };
        text.digit(value % 10)
    }

    /// Adds a decimal number that counts something in memory.
    #[must_use]
    pub const fn count(self, value: usize) -> Self {
        self.number(value as u64)
    }

    /// Adds an address as `0x4800_0000`: at least eight digits, in groups of four.
    #[must_use]
    pub const fn hex(self, value: u64) -> Self {
        let mut text = self.str("0x");
        let mut groups = 4;
        while groups > 2 && value >> (16 * (groups - 1)) == 0 {
            groups -= 1;
        }
        let mut digits = 4 * groups;
        while digits > 0 {
            digits -= 1;
            text = text.digit((value >> (4 * digits)) & 0xF);
            if digits % 4 == 0 && digits > 0 {
                text = text.str("_");
            }
        }
        text
    }

    /// Adds a range as `0x4800_0000..0x4810_0000`, its end one past the last byte.
    #[must_use]
    pub const fn range(self, base: u64, size_bytes: u64) -> Self {
        self.hex(base)
            .str("..")
            .hex(base.saturating_add(size_bytes))
    }

    /// Adds a duration in the largest of s, ms, µs and ns of which it is a whole number.
    #[must_use]
    pub const fn duration(self, duration: Duration) -> Self {
        let (seconds, nanoseconds) = (duration.as_secs(), duration.subsec_nanos() as u64);
        if nanoseconds == 0 && seconds > 0 {
            self.number(seconds).str(" s")
        } else if nanoseconds % 1_000_000 == 0 {
            self.number(
                seconds
                    .saturating_mul(1_000)
                    .saturating_add(nanoseconds / 1_000_000),
            )
            .str(" ms")
        } else if nanoseconds % 1_000 == 0 {
            self.number(
                seconds
                    .saturating_mul(1_000_000)
                    .saturating_add(nanoseconds / 1_000),
            )
            .str(" µs")
        } else {
            self.number(
                seconds
                    .saturating_mul(1_000_000_000)
                    .saturating_add(nanoseconds),
            )
            .str(" ns")
        }
    }

    const fn digit(mut self, digit: u64) -> Self {
        if self.length < N {
            self.bytes[self.length] = b"0123456789abcdef"[(digit & 0xF) as usize];
            self.length += 1;
        }
        self
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> core::fmt::Display for Text<N> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl<const N: usize> core::fmt::Debug for Text<N> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(self.as_str(), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_grouped_by_four() {
        let text: Text<64> = Text::new().hex(0x1000).str(" ").hex(0x12_3456_789A);
        assert_eq!(text.as_str(), "0x0000_1000 0x0012_3456_789a");
        let text: Text<64> = Text::new().hex(u64::MAX);
        assert_eq!(text.as_str(), "0xffff_ffff_ffff_ffff");
        let text: Text<64> = Text::new().range(0x4800_0000, 0x10_0000);
        assert_eq!(text.as_str(), "0x4800_0000..0x4810_0000");
    }

    #[test]
    fn durations_use_the_largest_whole_unit() {
        let show = |duration| Text::<32>::new().duration(duration).as_str().to_owned();
        assert_eq!(show(Duration::ZERO), "0 ms");
        assert_eq!(show(Duration::from_secs(2)), "2 s");
        assert_eq!(show(Duration::from_millis(1_200)), "1200 ms");
        assert_eq!(show(Duration::from_micros(2_050)), "2050 µs");
        assert_eq!(show(Duration::from_nanos(7)), "7 ns");
    }

    #[test]
    fn numbers_have_no_leading_zeros() {
        let text: Text<64> = Text::new().number(0).str(" ").number(u64::MAX);
        assert_eq!(text.as_str(), "0 18446744073709551615");
    }

    #[test]
    fn what_does_not_fit_is_cut_between_characters() {
        assert_eq!(Text::<4>::new().str("abcdef").number(1).as_str(), "abcd");
        assert_eq!(Text::<4>::new().str("abcµ").as_str(), "abc");
    }
}
