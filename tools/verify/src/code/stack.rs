//! How deep the stack gets.

use std::collections::BTreeMap;

use super::flow::{Block, Function, Program};
use super::text::Text;

/// What an instruction does to `SP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Nothing.
    Not,
    /// It moves by this many bytes; down is negative.
    By(i64),
    /// It gets a value that isn't a constant away from the one it had.
    Anywhere,
}

/// What a word does to `SP` (Arm ARM, C4.1: the classes whose register 31 is `SP`).
#[must_use]
pub fn moved(word: u32) -> Moved {
    let field = |lowest: u32, bits: u32| word >> lowest & ((1 << bits) - 1);
    let (written, base) = (field(0, 5) == 31, field(5, 5) == 31);
    // "Add/subtract (immediate)" without flags; "with tags" is next to it.
    if field(23, 6) == 0b10_0010 && field(29, 1) == 0 && written {
        if !base || word >> 31 == 0 {
            return Moved::Anywhere;
        }
        let bytes = (field(10, 12) as i64) << (12 * field(22, 1));
        return Moved::By(if field(30, 1) == 1 { -bytes } else { bytes });
    }
    let is_extended = field(21, 8) == 0b0101_1001 && field(29, 1) == 0;
    let is_logical = field(23, 6) == 0b10_0100 && field(29, 2) != 0b11;
    let is_tagged = field(23, 6) == 0b10_0011;
    if (is_extended || is_logical || is_tagged) && written {
        return Moved::Anywhere;
    }
    if !base {
        return Moved::Not;
    }
    // "Load/store register pair", post- and pre-indexed: the offset is in units of a register.
    if field(27, 3) == 0b101 && field(23, 1) == 1 && field(25, 1) == 0 {
        let unit = match (field(26, 1), field(30, 2)) {
            (0, 0b00) => 4,
            (0, 0b01) => 4,
            (0, _) => 8,
            (_, opc) => 4 << opc,
        };
        return Moved::By(signed(field(15, 7), 7) * unit);
    }
    // "Load/store register (immediate post-indexed)" and pre-indexed.
    let is_single = field(27, 3) == 0b111 && field(24, 2) == 0b00 && field(21, 1) == 0;
    if is_single && field(10, 1) == 1 {
        return Moved::By(signed(field(12, 9), 9));
    }
    // Vectors of structures, post-indexed; authenticated loads with writeback.
    let is_structures = field(27, 3) == 0b001 && field(26, 1) == 1 && field(23, 1) == 1;
    let is_authenticated =
        field(27, 3) == 0b111 && field(24, 2) == 0b00 && field(21, 1) == 1 && field(10, 2) == 0b11;
    if is_structures || is_authenticated {
        return Moved::Anywhere;
    }
    Moved::Not
}

/// A number of so many bits, with its sign.
pub(crate) const fn signed(value: u32, bits: u32) -> i64 {
    ((value << (32 - bits)).cast_signed() >> (32 - bits)) as i64
}

/// What the stack analysis finds in one function.
#[derive(Debug, Default)]
pub struct Frame {
    /// Depth in bytes at each call, before it, and at each continuation elsewhere.
    pub at_calls: Vec<(u64, Vec<u64>)>,
    /// The greatest of all.
    pub deepest: u64,
    /// Instructions that put `SP` anywhere.
    pub set_at: Vec<u64>,
    /// Instructions at which the depth depends on the way there, is less than nothing, or
    /// isn't given back.
    pub uneven_at: Vec<u64>,
}

/// The frame of a function: the depth of `SP` below its value at the entry, instruction by instruction. One
/// that sets `SP` begins a stack of its own there.
#[must_use]
pub fn frame(text: &Text, program: &Program, function: &Function) -> Frame {
    let mut frame = Frame::default();
    let mut depths: BTreeMap<u64, u64> = BTreeMap::new();
    let mut open = vec![(function.entry, 0)];
    while let Some((start, depth)) = open.pop() {
        if let Some(known) = depths.get(&start) {
            if *known != depth {
                frame.uneven_at.push(start);
            }
            continue;
        }
        depths.insert(start, depth);
        let Some(block) = function.blocks.get(&start) else {
            continue;
        };
        let depth = through(text, block, depth, &mut frame);
        let onward: Vec<u64> = block.calls.iter().chain(&block.tails).copied().collect();
        // Whoever comes back, by itself or by another, has given its frame back.
        let comes_back = |tail: &u64| program.returning.contains(tail);
        if depth != 0 && (block.returns || block.tails.iter().any(comes_back)) {
            frame.uneven_at.push(block.last());
        }
        if !onward.is_empty() {
            frame.at_calls.push((depth, onward));
        }
        open.extend(block.next.iter().map(|next| (*next, depth)));
    }
    frame
}

/// The depth after a block.
fn through(text: &Text, block: &Block, mut depth: u64, frame: &mut Frame) -> u64 {
    for address in (block.start..block.end).step_by(4) {
        let Some(instruction) = text.at(address) else {
            continue;
        };
        match moved(instruction.bits) {
            Moved::Not => {}
            Moved::By(bytes) => match depth.checked_add_signed(-bytes) {
                Some(moved) => depth = moved,
                None => frame.uneven_at.push(address),
            },
            Moved::Anywhere => {
                frame.set_at.push(address);
                depth = 0;
            }
        }
        frame.deepest = frame.deepest.max(depth);
    }
    depth
}

/// The greatest depth from a function's entry, with all that it calls, and the way to it. The call graph
/// has no circles.
#[must_use]
pub fn deepest(
    frames: &BTreeMap<u64, Frame>,
    entry: u64,
    known: &mut BTreeMap<u64, (u64, Option<u64>)>,
) -> u64 {
    if let Some((depth, _)) = known.get(&entry) {
        return *depth;
    }
    let Some(frame) = frames.get(&entry) else {
        return 0;
    };
    let mut most = (frame.deepest, None);
    for (depth, callees) in &frame.at_calls {
        for callee in callees {
            let whole = depth + deepest(frames, *callee, known);
            if whole > most.0 {
                most = (whole, Some(*callee));
            }
        }
    }
    known.insert(entry, most);
    most.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as an assembler makes them.
    #[test]
    fn moves_of_the_stack_pointer_are_told() {
        for (word, expected, spelled) in [
            (0xD101_43FF, Moved::By(-80), "sub sp, sp, #80"),
            (0x9101_43FF, Moved::By(80), "add sp, sp, #80"),
            (0xD140_07FF, Moved::By(-4096), "sub sp, sp, #1, lsl #12"),
            (0xA9BF_7BFD, Moved::By(-16), "stp x29, x30, [sp, #-16]!"),
            (0xA8C1_7BFD, Moved::By(16), "ldp x29, x30, [sp], #16"),
            (0xF81F_0FFE, Moved::By(-16), "str x30, [sp, #-16]!"),
            (0xF841_07FE, Moved::By(16), "ldr x30, [sp], #16"),
            (0xADBF_07E0, Moved::By(-32), "stp q0, q1, [sp, #-32]!"),
            (0x9100_005F, Moved::Anywhere, "mov sp, x2"),
            (0xCB20_63FF, Moved::Anywhere, "sub sp, sp, x0"),
            (0x927C_EC1F, Moved::Anywhere, "and sp, x0, #~15"),
            (0xA900_07E0, Moved::Not, "stp x0, x1, [sp]"),
            (0xF900_03E0, Moved::Not, "str x0, [sp]"),
            (0x9100_43E0, Moved::Not, "add x0, sp, #16"),
            (0xEB01_001F, Moved::Not, "cmp x0, x1"),
            (0xF100_041F, Moved::Not, "cmp x0, #1"),
            (0xEA01_001F, Moved::Not, "tst x0, x1"),
            (0xF240_001F, Moved::Not, "tst x0, #1"),
        ] {
            assert_eq!(moved(word), expected, "{spelled}");
        }
    }
}
