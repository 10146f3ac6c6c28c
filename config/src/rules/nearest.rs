//! The name that someone may have meant: the nearest existing one, by edit distance.

use paratia_abi::passport::MAX_NAME_BYTES;

use super::report::Message;
use crate::each;
use crate::system::System;

/// Looks for the existing name that is nearest to an unknown one.
pub(super) struct Nearest<'a> {
    unknown: &'a str,
    best: Option<&'a str>,
    distance: usize,
}

impl<'a> Nearest<'a> {
    /// A search for a name like `unknown`: at most a third of its bytes differ, or one.
    pub(super) const fn to(unknown: &'a str) -> Self {
        let limit = unknown.len() / 3;
        Self {
            unknown,
            best: None,
            distance: if limit == 0 { 2 } else { limit + 1 },
        }
    }

    /// Considers an existing name.
    pub(super) const fn offer(mut self, name: &'a str) -> Self {
        let distance = distance(self.unknown.as_bytes(), name.as_bytes());
        if distance < self.distance {
            self.distance = distance;
            self.best = Some(name);
        }
        self
    }

    /// Ends a message by asking for the nearest name, or else by another remedy.
    pub(super) const fn remedy(self, message: Message, otherwise: &str) -> Message {
        match self.best {
            Some(name) => message.str("; did you mean ").name(name).str("?"),
            None => message.str("; ").str(otherwise),
        }
    }
}

/// A search for a partition with a name like this.
pub(super) const fn nearest_partition<'a>(system: &'a System, unknown: &'a str) -> Nearest<'a> {
    let mut nearest = Nearest::to(unknown);
    each! { partition in system.partitions => {
        nearest = nearest.offer(partition.name);
    }}
    nearest
}

/// Levenshtein distance: how many bytes to insert, delete or replace. Far for names that are longer
/// than names may be.
const fn distance(left: &[u8], right: &[u8]) -> usize {
    if left.len() > MAX_NAME_BYTES || right.len() > MAX_NAME_BYTES {
        return usize::MAX;
    }
    // row[column]: the distance between the part of `left` so far and the first bytes of `right`.
    let mut row = [0; MAX_NAME_BYTES + 1];
    let mut column = 0;
    while column <= right.len() {
        row[column] = column;
        column += 1;
    }
    let mut line = 0;
    while line < left.len() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        column = 0;
        while column < right.len() {
            let replace = diagonal + (left[line] != right[column]) as usize;
            diagonal = row[column + 1];
            let insert_or_delete = smaller(row[column], diagonal) + 1;
            row[column + 1] = smaller(replace, insert_or_delete);
            column += 1;
        }
        line += 1;
    }
    row[right.len()]
}

const fn smaller(left: usize, right: usize) -> usize {
    if left < right { left } else { right }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        assert_eq!(distance(b"speedometer", b"speedmeter"), 1);
        assert_eq!(distance(b"same", b"same"), 0);
        assert_eq!(distance(&[b'a'; 25], b"a"), usize::MAX);
    }

    #[test]
    fn only_a_near_name_is_offered() {
        let near = Nearest::to("speedmeter")
            .offer("vehicle")
            .offer("speedometer");
        let message = near.remedy(Message::new().str("unknown"), "declare it");
        assert_eq!(message.as_str(), "unknown; did you mean 'speedometer'?");
        let far = Nearest::to("radio").offer("vehicle").offer("speedometer");
        let message = far.remedy(Message::new().str("unknown"), "declare it");
        assert_eq!(message.as_str(), "unknown; declare it");
    }
}
