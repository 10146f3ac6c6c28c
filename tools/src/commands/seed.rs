//! `--seed NUMBER|board`: where a run's random numbers come from.

use std::str::FromStr;

use anyhow::anyhow;

/// A number, or none: the board has to have a source of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed(Option<u64>);

impl Seed {
    /// The number, if it is one.
    pub(super) fn number(self) -> Option<u64> {
        self.0
    }
}

impl FromStr for Seed {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if text == "board" {
            return Ok(Self(None));
        }
        let number = text
            .parse()
            .map_err(|_| anyhow!("it is neither a number from 0 to {} nor board", u64::MAX))?;
        Ok(Self(Some(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_read_or_refused_in_words() {
        assert_eq!("7".parse::<Seed>().unwrap().number(), Some(7));
        assert_eq!("board".parse::<Seed>().unwrap().number(), None);
        for text in ["-1", "bord", "18446744073709551616", ""] {
            assert_eq!(
                text.parse::<Seed>().unwrap_err().to_string(),
                "it is neither a number from 0 to 18446744073709551615 nor board"
            );
        }
    }
}
