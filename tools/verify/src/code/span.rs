//! Lengths of ways, and of the stretches into which waits divide them.
//!
//! What a guest or a window's tick is waited for is nobody's path: time is counted anew from each `WFI` on.
//! So of all ways between two places four lengths are kept: of those without a wait, up to the first wait,
//! from the last one on, and the longest from one wait to the next.

use std::collections::BTreeMap;

/// A way's length, and what lies on it: instructions by function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Instructions in all.
    pub instructions: u64,
    /// Of these, by the function's first address.
    pub parts: BTreeMap<u64, u64>,
}

impl Way {
    /// This way, `times` over.
    #[must_use]
    pub fn times(&self, times: u64) -> Self {
        let parts = self
            .parts
            .iter()
            .map(|(of, count)| (*of, count.saturating_mul(times)));
        Self {
            instructions: self.instructions.saturating_mul(times),
            parts: parts.collect(),
        }
    }

    /// This way and then another.
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        let mut whole = self.clone();
        whole.instructions = whole.instructions.saturating_add(other.instructions);
        for (of, count) in &other.parts {
            let part = whole.parts.entry(*of).or_default();
            *part = part.saturating_add(*count);
        }
        whole
    }

    /// So many instructions of a function.
    #[must_use]
    pub fn of(function: u64, instructions: u64) -> Self {
        Self {
            instructions,
            parts: [(function, instructions)].into(),
        }
    }

    fn longer(self, other: Self) -> Self {
        if other.instructions > self.instructions {
            other
        } else {
            self
        }
    }
}

/// All ways between two places, by their longest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Without a wait.
    pub through: Option<Way>,
    /// Up to the first wait.
    pub head: Option<Way>,
    /// From the last wait on.
    pub tail: Option<Way>,
    /// From one wait to the next.
    pub inner: Option<Way>,
}

fn longer(one: Option<Way>, other: Option<Way>) -> Option<Way> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.longer(other)),
        (one, other) => one.or(other),
    }
}

fn joined(one: Option<&Way>, other: Option<&Way>) -> Option<Way> {
    Some(one?.then(other?))
}

impl Span {
    /// No instruction.
    #[must_use]
    pub fn nothing() -> Self {
        Self::straight(Way::default())
    }

    /// A way without a wait.
    #[must_use]
    pub fn straight(way: Way) -> Self {
        Self {
            through: Some(way),
            ..Self::default()
        }
    }

    /// A wait, from which time is counted anew.
    #[must_use]
    pub fn wait() -> Self {
        Self {
            through: None,
            head: Some(Way::default()),
            tail: Some(Way::default()),
            inner: None,
        }
    }

    /// Whether there is no way.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.through.is_none() && self.head.is_none() && self.tail.is_none()
    }

    /// These ways and then others.
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        let through = self.through.as_ref();
        Self {
            through: joined(through, other.through.as_ref()),
            head: longer(self.head.clone(), joined(through, other.head.as_ref())),
            tail: longer(
                other.tail.clone(),
                joined(self.tail.as_ref(), other.through.as_ref()),
            ),
            inner: longer(
                longer(self.inner.clone(), other.inner.clone()),
                joined(self.tail.as_ref(), other.head.as_ref()),
            ),
        }
    }

    /// These ways or others.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            through: longer(self.through, other.through),
            head: longer(self.head, other.head),
            tail: longer(self.tail, other.tail),
            inner: longer(self.inner, other.inner),
        }
    }

    /// These ways again and again, at most `rounds` times in a row without a wait, or not at all.
    #[must_use]
    pub fn repeated(&self, rounds: u64) -> Self {
        let again = Self {
            through: self.through.as_ref().map(|way| way.times(rounds)),
            ..Self::default()
        };
        let again = Self::nothing().or(again);
        let with_waits = Self {
            through: None,
            ..self.clone()
        };
        // Up to the first wait, from the last one on, and between two, there may be that many without one.
        let once = again.then(&with_waits).then(&again);
        let between = joined(once.tail.as_ref(), with_waits.head.as_ref());
        let inner = longer(once.inner.clone(), between);
        again.or(Self { inner, ..once })
    }

    /// The longest stretch of all.
    #[must_use]
    pub fn longest(&self) -> Way {
        let all = [&self.through, &self.head, &self.tail, &self.inner];
        let all = all.into_iter().flatten().cloned();
        all.reduce(Way::longer).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(instructions: u64) -> Way {
        Way::of(0, instructions)
    }

    fn lengths(span: &Span) -> [Option<u64>; 4] {
        let all = [&span.through, &span.head, &span.tail, &span.inner];
        all.map(|way| way.as_ref().map(|way| way.instructions))
    }

    #[test]
    fn a_wait_divides_a_way() {
        let (five, seven) = (Span::straight(way(5)), Span::straight(way(7)));
        let divided = five.then(&Span::wait()).then(&seven);
        assert_eq!(lengths(&divided), [None, Some(5), Some(7), None]);
        assert_eq!(divided.longest().instructions, 7);
        let twice = divided.then(&divided);
        assert_eq!(lengths(&twice), [None, Some(5), Some(7), Some(12)]);
        let either = divided.or(Span::straight(way(20)));
        assert_eq!(lengths(&either), [Some(20), Some(5), Some(7), None]);
        assert_eq!(
            lengths(&either.then(&five)),
            [Some(25), Some(5), Some(12), None]
        );
    }

    #[test]
    fn rounds_add_up_between_waits_alone() {
        let straight = Span::straight(way(5));
        assert_eq!(lengths(&straight.repeated(3)), [Some(15), None, None, None]);
        let divided = straight.then(&Span::wait()).then(&Span::straight(way(7)));
        assert_eq!(
            lengths(&divided.repeated(0)),
            [Some(0), Some(5), Some(7), Some(12)]
        );
        let either = divided.or(Span::straight(way(2)));
        assert_eq!(
            lengths(&either.repeated(3)),
            [Some(6), Some(11), Some(13), Some(18)]
        );
    }
}
