//! Lists in order, made by `const fn`: names that are found in few steps, and ranges of which one pass
//! tells which may overlap another.
//!
//! The rules and the tables are constants of every image, so what they do is interpreted by the
//! compiler, a million steps a second or so. With these they take n log n steps instead of n².

use crate::address::MemoryRange;

/// Sorts the indices `0..count` into `order`, so that `$right` never precedes `$left` in it; equal ones
/// stay in their order. A merge sort from the bottom up; what is in order already takes one pass.
macro_rules! sort {
    ($order:expr, $count:expr, |$left:ident, $right:ident| $precedes:expr) => {{
        let count = $count;
        let mut at = 0;
        let mut is_sorted = true;
        while at < count {
            $order[at] = at;
            if at > 0 {
                let ($left, $right) = (at, at - 1);
                is_sorted &= !$precedes;
            }
            at += 1;
        }
        let mut width = if is_sorted { count } else { 1 };
        while width < count {
            let from = $order;
            let mut start = 0;
            while start < count {
                let middle = if start + width < count {
                    start + width
                } else {
                    count
                };
                let end = if middle + width < count {
                    middle + width
                } else {
                    count
                };
                let (mut left, mut right, mut to) = (start, middle, start);
                while to < end {
                    let takes_right = left == middle
                        || right < end && {
                            let ($left, $right) = (from[right], from[left]);
                            $precedes
                        };
                    if takes_right {
                        $order[to] = from[right];
                        right += 1;
                    } else {
                        $order[to] = from[left];
                        left += 1;
                    }
                    to += 1;
                }
                start = end;
            }
            width *= 2;
        }
    }};
}

pub(crate) use sort;

/// At most `N` names, to be found by a binary search.
pub struct Names<'a, const N: usize> {
    names: [&'a [u8]; N],
    order: [usize; N],
    count: usize,
}

impl<'a, const N: usize> Names<'a, N> {
    /// No name.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            names: [&[]; N],
            order: [0; N],
            count: 0,
        }
    }

    /// Adds a name behind the others; one that there is no room for is left out.
    pub const fn add(&mut self, name: &'a str) {
        if self.count < N {
            self.names[self.count] = name.as_bytes();
            self.count += 1;
        }
    }

    /// Sorts them, once all are there.
    pub const fn sort(&mut self) {
        let names = &self.names;
        sort!(self.order, self.count, |left, right| precedes(
            names[left],
            names[right]
        ));
    }

    /// The place at which a name was added; the first if it was more than once.
    #[must_use]
    pub const fn find(&self, name: &str) -> Option<usize> {
        let name = name.as_bytes();
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = (low + high) / 2;
            if precedes(self.names[self.order[middle]], name) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low < self.count && same(self.names[self.order[low]], name) {
            Some(self.order[low])
        } else {
            None
        }
    }

    /// By the place at which each was added: whether the name was added elsewhere, too.
    #[must_use]
    pub const fn repeated(&self) -> [bool; N] {
        let mut repeated = [false; N];
        let mut at = 1;
        while at < self.count {
            let (before, this) = (self.order[at - 1], self.order[at]);
            if same(self.names[before], self.names[this]) {
                repeated[before] = true;
                repeated[this] = true;
            }
            at += 1;
        }
        repeated
    }
}

impl<const N: usize> Default for Names<'_, N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Some order of texts, for searches: by length, then by the bytes from the last on, since the names in
/// a declaration mostly differ there. Plain loops, for a call is what costs a constant most.
const fn precedes(left: &[u8], right: &[u8]) -> bool {
    let length = left.len();
    if length != right.len() {
        return length < right.len();
    }
    let mut at = length;
    while at > 0 {
        at -= 1;
        if left[at] != right[at] {
            return left[at] < right[at];
        }
    }
    false
}

/// Whether neither precedes the other.
const fn same(left: &[u8], right: &[u8]) -> bool {
    !precedes(left, right) && !precedes(right, left)
}

/// At most `N` ranges of memory, to be told which may overlap another.
pub struct Ranges<const N: usize> {
    ranges: [MemoryRange; N],
    count: usize,
}

impl<const N: usize> Ranges<N> {
    /// No range.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            ranges: [MemoryRange::new(crate::address::Pa(0), 0); N],
            count: 0,
        }
    }

    /// Adds a range behind the others; of one that there is no room for nothing can be told.
    pub const fn add(&mut self, range: MemoryRange) {
        if self.count < N {
            self.ranges[self.count] = range;
        }
        self.count += 1;
    }

    /// By the place at which each was added: whether it may overlap another. One that does is always
    /// among them. If there are more than `N`, all of them may.
    #[must_use]
    pub const fn crowded(&self) -> [bool; N] {
        if self.count > N {
            return [true; N];
        }
        let mut order = [0; N];
        let ranges = &self.ranges;
        sort!(order, self.count, |left, right| ranges[left].base.0
            < ranges[right].base.0);
        let mut crowded = [false; N];
        // The one that reaches farthest of those so far: by their bases, whatever overlaps an earlier
        // one overlaps it, too, or came when the earlier one was it.
        let mut farthest = 0;
        let mut at = 1;
        while at < self.count {
            let this = order[at];
            let before = order[farthest];
            if ranges[this].base.0 < ranges[before].end().0 {
                crowded[this] = true;
                crowded[before] = true;
            }
            if ranges[this].end().0 > ranges[before].end().0 {
                farthest = at;
            }
            at += 1;
        }
        crowded
    }
}

impl<const N: usize> Default for Ranges<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::address::Pa;

    proptest! {
        #[test]
        fn a_name_is_found_where_it_first_is(names in prop::collection::vec("[ab]{0,10}", 0..40)) {
            let mut sorted: Names<40> = Names::new();
            for name in &names {
                sorted.add(name);
            }
            sorted.sort();
            let repeated = sorted.repeated();
            for (place, name) in names.iter().enumerate() {
                let first = names.iter().position(|other| other == name);
                prop_assert_eq!(sorted.find(name), first);
                let count = names.iter().filter(|other| *other == name).count();
                prop_assert_eq!(repeated[place], count > 1);
            }
            prop_assert_eq!(sorted.find("abc"), None);
        }

        #[test]
        fn whatever_overlaps_is_crowded(
            list in prop::collection::vec((0u64..60, 0u64..12), 0..24),
            at_the_end in any::<bool>(),
        ) {
            let base = if at_the_end { u64::MAX - 40 } else { 0 };
            let list: Vec<_> = list
                .into_iter()
                .map(|(at, size)| MemoryRange::new(Pa(base.saturating_add(at)), size))
                .collect();
            let mut ranges: Ranges<24> = Ranges::new();
            for range in &list {
                ranges.add(*range);
            }
            let crowded = ranges.crowded();
            for (place, one) in list.iter().enumerate() {
                let overlaps = list.iter().enumerate()
                    .any(|(other, also)| other != place && one.overlaps(also));
                prop_assert!(crowded[place] || !overlaps, "{:?} {:?}", place, list);
            }
        }
    }

    #[test]
    fn of_what_there_is_no_room_for_all_is_possible() {
        let mut ranges: Ranges<1> = Ranges::new();
        ranges.add(MemoryRange::new(Pa(0), 1));
        assert_eq!(ranges.crowded(), [false]);
        ranges.add(MemoryRange::new(Pa(8), 1));
        assert_eq!(ranges.crowded(), [true]);
    }

    #[test]
    fn the_order_is_by_length_first() {
        assert!(precedes(b"b", b"aa") && !precedes(b"aa", b"b"));
        assert!(precedes(b"ba", b"ab") && !precedes(b"ab", b"ba"));
        assert!(same(b"same", b"same") && !same(b"same", b"lame"));
    }
}
