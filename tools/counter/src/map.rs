//! Where the hypervisor's functions lie, and what is special about some.
//!
//! A line a function, in the order of addresses: its first address in hexadecimal and its marks, a
//! number; the last line is the end of the last function.

/// The function belongs to a switch: a path through it is one.
pub const MARK_SWITCH: u8 = 1;
/// The function, and what it calls, is apart from the path that calls it: work on the log, sleep.
pub const MARK_APART: u8 = 2;

/// The functions, by their index.
#[derive(Debug)]
pub struct Map {
    starts: Vec<u64>,
    marks: Vec<u8>,
    end: u64,
}

/// A place in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The function's index.
    pub function: usize,
    /// Whether it is the function's first instruction.
    pub is_entry: bool,
}

impl Place {
    /// As one word.
    pub fn to_word(self) -> usize {
        self.function << 1 | usize::from(self.is_entry)
    }

    /// From one word.
    pub fn of_word(word: usize) -> Self {
        Self {
            function: word >> 1,
            is_entry: word & 1 != 0,
        }
    }
}

impl Map {
    /// The map in a text; nothing if it isn't one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut map = Self {
            starts: Vec::new(),
            marks: Vec::new(),
            end: 0,
        };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let address = u64::from_str_radix(words.next()?, 16).ok()?;
            match words.next() {
                Some(marks) => {
                    map.starts.push(address);
                    map.marks.push(marks.parse().ok()?);
                }
                None => map.end = address,
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
        (address < self.end).then(|| Place {
            function,
            is_entry: self.starts[function] == address,
        })
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
        let map = Map::parse("100 0\n140 3\n180\n").unwrap();
        let place = |function, is_entry| Some(Place { function, is_entry });
        assert_eq!(map.place(0xFF), None);
        assert_eq!(map.place(0x100), place(0, true));
        assert_eq!(map.place(0x13C), place(0, false));
        assert_eq!(map.place(0x140), place(1, true));
        assert_eq!(map.place(0x180), None);
        assert_eq!(map.marks(1), MARK_SWITCH | MARK_APART);
        assert!(Map::parse("").is_none() && Map::parse("x").is_none());
    }
}
