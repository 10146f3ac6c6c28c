//! What the hypervisor and the tool agree on about partitions' consoles.
//!
//! A line has its partition's name before it. Control characters are replaced by their symbols, so
//! that they can't pass for anything else, and can be turned back.

/// The end of a line that goes on with the partition's next one: the symbol for a unit's end.
pub const UNFINISHED: &str = "\u{241F}";
/// The control character that a symbol stands for: those of 0 to 0x1F lie in a row, that of 0x7F
/// apart.
#[must_use]
pub const fn control_character(symbol: char) -> Option<u8> {
    match symbol {
        '\u{2400}'..='\u{241F}' => Some((symbol as u32 & 0x1F) as u8),
        '\u{2421}' => Some(0x7F),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_stand_for_control_characters() {
        assert_eq!(control_character('\u{241B}'), Some(0x1B));
        assert_eq!(control_character('\u{2400}'), Some(0));
        assert_eq!(control_character('\u{2421}'), Some(0x7F));
        assert_eq!(control_character('\u{2420}'), None);
        assert_eq!(control_character('a'), None);
    }
}
