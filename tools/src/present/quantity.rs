//! Quantities as people write them.

use std::time::Duration;

/// An address in groups of four digits: `0x4000_0000`.
pub(crate) fn address(value: u64) -> String {
    let digits = format!("{value:08x}");
    let split = digits.len() % 4;
    let mut groups = vec![digits[..split].to_owned()];
    groups.extend(
        digits.as_bytes()[split..]
            .chunks(4)
            .map(|it| String::from_utf8_lossy(it).into()),
    );
    groups.retain(|group| !group.is_empty());
    format!("0x{}", groups.join("_"))
}

/// A range of addresses, its end excluded: `0x4000_0000..0x4020_0000`.
pub(crate) fn range(base: u64, size_bytes: u64) -> String {
    format!(
        "{}..{}",
        address(base),
        address(base.saturating_add(size_bytes))
    )
}

/// A size in the largest unit that divides it: `2 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
        if bytes != 0 && bytes.is_multiple_of(1 << shift) {
            return format!("{} {unit}", bytes >> shift);
        }
    }
    format!("{bytes} B")
}

/// A time in milliseconds to the last nanosecond, without needless digits: `2`, `0.05`. In whole numbers,
/// because few fractions of a second are a floating-point number's.
pub(crate) fn milliseconds(time: Duration) -> String {
    let nanoseconds = time.as_nanos();
    let (whole, rest) = (nanoseconds / 1_000_000, nanoseconds % 1_000_000);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = format!("{rest:06}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        assert_eq!(address(0x0900_0000), "0x0900_0000");
        assert_eq!(address(0xF_0000_0000), "0xf_0000_0000");
        assert_eq!(range(0x4000_0000, 0x20_0000), "0x4000_0000..0x4020_0000");
        assert_eq!(
            [size(2 << 20), size(96 << 10), size(1000), size(0)],
            ["2 MiB", "96 KiB", "1000 B", "0 B"]
        );
        assert_eq!(milliseconds(Duration::from_micros(50)), "0.05");
        assert_eq!(milliseconds(Duration::from_millis(12)), "12");
    }

    /// Whatever can be declared prints as it is: no digit more, none less.
    #[test]
    fn milliseconds_are_exact() {
        assert_eq!(milliseconds(Duration::from_micros(4_047)), "4.047");
        for nanoseconds in (0..40_000_000).step_by(997) {
            let text = milliseconds(Duration::from_nanos(nanoseconds));
            let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
            let said: u64 = format!("{whole}{rest:0<6}").parse().unwrap();
            assert_eq!(said, nanoseconds, "{text}");
            assert!(!rest.ends_with('0'), "{text}");
        }
    }
}
