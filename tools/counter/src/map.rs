//! Where the hypervisor's functions lie, and what is special about some.
//!
//! A line a function, in the order of addresses: its first address in hexadecimal and its marks, a
//! number; then the end of the last function. Lines `kick ADDRESS` name the instructions that
//! interrupt another CPU.

/// The function belongs to a switch: a path through it is one.
pub const MARK_SWITCH: u8 = 1;
/// The function, and what it calls, is apart from the path that calls it: work on the log, sleep.
pub const MARK_APART: u8 = 2;

const INSTRUCTION_BYTES: u64 = 4;

/// The functions, by their index.
#[derive(Debug)]
pub struct Map {
    starts: Vec<u64>,
    marks: Vec<u8>,
    kicks: Vec<u64>,
    end: u64,
}

/// A place in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The function's index.
    pub function: usize,
    /// The instruction's index, from the first one of the first function.
    pub instruction: u32,
    /// Whether it is the function's first instruction.
    pub is_entry: bool,
    /// Whether it interrupts another CPU.
    pub is_kick: bool,
}

impl Place {
    /// As one word.
    pub fn to_word(self) -> usize {
        (self.instruction as usize) << 32
            | self.function << 2
            | usize::from(self.is_kick) << 1
            | usize::from(self.is_entry)
    }

    /// From one word.
    pub fn of_word(word: usize) -> Self {
        Self {
            function: (word & 0xFFFF_FFFF) >> 2,
            instruction: u32::try_from(word >> 32).unwrap_or(0),
            is_entry: word & 1 != 0,
            is_kick: word & 2 != 0,
        }
    }
}

impl Map {
    /// The map in a text; nothing if it isn't one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut map = Self {
            starts: Vec::new(),
            marks: Vec::new(),
            kicks: Vec::new(),
            end: 0,
        };
        let number = |word| u64::from_str_radix(word, 16).ok();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match (words.next()?, words.next()) {
                ("kick", address) => map.kicks.push(number(address?)?),
                (address, Some(marks)) => {
                    map.starts.push(number(address)?);
                    map.marks.push(marks.parse().ok()?);
                }
                (end, None) => map.end = number(end)?,
            }
        }
        let sorted = map.starts.is_sorted() && map.starts.last()? < &map.end;
        sorted.then_some(map)
    }

    /// The place of an address; nothing outside of the functions.
    pub fn place(&self, address: u64) -> Option<Place> {
        let function = self
            .starts
            .partition_point(|start| *start <= address)
            .checked_sub(1)?;
        let instruction = u32::try_from((address - self.starts[0]) / INSTRUCTION_BYTES).ok()?;
        (address < self.end).then(|| Place {
            function,
            instruction,
            is_entry: self.starts[function] == address,
            is_kick: self.kicks.contains(&address),
        })
    }

    /// The address of an instruction.
    pub fn address(&self, instruction: u32) -> u64 {
        let first = self.starts.first().copied().unwrap_or(0);
        first + u64::from(instruction) * INSTRUCTION_BYTES
    }

    /// A function's marks.
    pub fn marks(&self, function: usize) -> u8 {
        self.marks.get(function).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_the_function_that_starts_before_it() {
        let map = Map::parse("100 0\n140 3\n180\nkick 17c\n").unwrap();
        let place = |function, instruction, is_entry| {
            Some(Place {
                function,
                instruction,
                is_entry,
                is_kick: false,
            })
        };
        assert_eq!(map.place(0xFF), None);
        assert_eq!(map.place(0x100), place(0, 0, true));
        assert_eq!(map.place(0x13C), place(0, 15, false));
        assert_eq!(map.place(0x140), place(1, 16, true));
        assert_eq!(map.place(0x180), None);
        let kick = map.place(0x17C).unwrap();
        assert!(kick.is_kick && Place::of_word(kick.to_word()) == kick);
        assert_eq!(map.address(kick.instruction), 0x17C);
        assert_eq!(map.marks(1), MARK_SWITCH | MARK_APART);
        assert!(Map::parse("").is_none() && Map::parse("x").is_none());
    }
}
