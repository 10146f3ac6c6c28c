//! `--argument PARTITION=NUMBER`: a number that a partition finds at its entry.

use std::str::FromStr;

use anyhow::Context as _;
use paratia::catalog::Choice;
use paratia::run::Run;

/// A partition, and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunArgument {
    partition: String,
    number: u64,
}

impl FromStr for RunArgument {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let parts = text.split_once('=');
        let (partition, number) = parts.context("write PARTITION=NUMBER, such as middle=2")?;
        let number = number
            .parse()
            .with_context(|| format!("'{number}' is no number from 0 to {}", u64::MAX))?;
        Ok(Self {
            partition: partition.to_owned(),
            number,
        })
    }
}

/// Hands each number to its partition.
///
/// # Errors
/// If there is no such partition.
pub(super) fn hand(
    mut run: Run,
    choice: &Choice,
    arguments: &[RunArgument],
) -> anyhow::Result<Run> {
    for RunArgument { partition, number } in arguments {
        choice.partition(partition)?;
        run = run.argument(partition, *number);
    }
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_or_refused_in_words() {
        let read: RunArgument = "middle=2".parse().unwrap();
        assert_eq!((read.partition.as_str(), read.number), ("middle", 2));
        for (text, why) in [
            ("middle", "write PARTITION=NUMBER, such as middle=2"),
            (
                "middle=two",
                "'two' is no number from 0 to 18446744073709551615",
            ),
            (
                "middle=-1",
                "'-1' is no number from 0 to 18446744073709551615",
            ),
        ] {
            assert_eq!(text.parse::<RunArgument>().unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn a_partition_that_is_not_there_is_named() {
        let choice = paratia::catalog::choose("qemu-virt", "cluster").unwrap();
        let arguments = ["vehicel=1".parse().unwrap()];
        let error = hand(Run::of(choice), &choice, &arguments)
            .map(drop)
            .unwrap_err();
        assert!(
            error.to_string().contains("it has: vehicle, speedometer"),
            "{error}"
        );
    }
}
