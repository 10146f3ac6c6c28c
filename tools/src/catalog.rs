//! Boards and systems by name.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::workspace;
use paratia_board_support::list::{BOARDS, Listed};
use paratia_config::{BoardFacts, System};

/// A system on a board.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The board with all that is known of it here.
    pub listed: &'static Listed,
    /// The board's facts.
    pub board: &'static BoardFacts,
    /// The system as declared for this board.
    pub system: &'static System,
    /// The system's name on the command line.
    pub name: &'static str,
    /// Whether it runs [a person's own files](crate::own) in place of those declared.
    pub is_own: bool,
}

impl Choice {
    /// Its bootable image. One with a person's own files lies apart from the declared one.
    #[must_use]
    pub fn image(&self) -> PathBuf {
        let board = self.board.name;
        if self.is_own {
            workspace::own_image(board, self.name)
        } else {
            workspace::image(board, self.name)
        }
    }

    /// The index of its partition called `name`.
    ///
    /// # Errors
    /// If there is none: with those that there are.
    pub fn partition(&self, name: &str) -> anyhow::Result<usize> {
        let index = self.system.partition_index(name);
        index.with_context(|| {
            let all = self.system.partitions.iter();
            let names: Vec<&str> = all.map(|it| it.name).collect();
            format!(
                "system '{}' has no partition '{name}'; it has: {}",
                self.name,
                names.join(", ")
            )
        })
    }
}

/// The systems with which every board is tested.
pub const ESSENTIALS: [&str; 7] = [
    "cluster",
    "hello",
    "telltale",
    "test-cpus-4",
    "test-interrupts",
    "test-registers",
    "test-timer",
];

/// Every board.
#[must_use]
pub fn boards() -> &'static [Listed] {
    BOARDS
}

/// Every system that a board has the parts for, as declared for it.
pub fn systems(board: &Listed) -> impl Iterator<Item = (&'static str, &'static System)> {
    let all = board.systems.iter().copied();
    all.filter(|(_, system)| board.has_parts_of(system))
}

/// The board called `name`.
///
/// # Errors
/// A message with the nearest name and the list, if there is none.
pub fn board(name: &str) -> anyhow::Result<&'static Listed> {
    let names: Vec<&str> = boards().iter().map(|board| board.facts.name).collect();
    Listed::find(name).ok_or_else(|| unknown("board", name, &names))
}

/// The system called `system` on the board called `board`.
///
/// # Errors
/// A message with the nearest name and the list, if there is none.
pub fn choose(board: &str, system: &str) -> anyhow::Result<Choice> {
    let listed = self::board(board)?;
    let names: Vec<&str> = listed.systems.iter().map(|(name, _)| *name).collect();
    let (name, system) = *listed
        .systems
        .iter()
        .find(|(name, _)| *name == system)
        .ok_or_else(|| unknown("system", system, &names))?;
    Ok(Choice {
        listed,
        board: listed.facts,
        system,
        name,
        is_own: false,
    })
}

/// `system 'clutser' doesn't exist; did you mean 'cluster'? Systems: cluster, hello`.
fn unknown(kind: &str, name: &str, names: &[&str]) -> anyhow::Error {
    let hint = nearest(name, names).map_or_else(
        || ".".to_owned(),
        |near| format!("; did you mean '{near}'?"),
    );
    anyhow::anyhow!(
        "{kind} '{name}' doesn't exist{hint} The {kind}s are: {}",
        names.join(", ")
    )
}

/// The name most like `name`, unless none is.
pub(crate) fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let distance = |other: &&str| strsim::damerau_levenshtein(name, other);
    let best = names.iter().copied().min_by_key(distance)?;
    (distance(&best) <= name.len().div_ceil(2)).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cluster_exists_on_qemu_virt() {
        let choice = choose("qemu-virt", "cluster").unwrap();
        assert_eq!(choice.system.name, "cluster");
        assert_eq!(choice.board.name, "qemu-virt");
    }

    #[test]
    fn every_board_has_the_cluster() {
        for board in boards() {
            let name = board.facts.name;
            assert!(systems(board).any(|(name, _)| name == "cluster"), "{name}");
            assert_eq!(choose(name, "cluster").unwrap().board.name, name);
        }
    }

    #[test]
    fn a_typo_gets_the_nearest_name_and_the_list() {
        let message = choose("qemu-virt", "clutser").unwrap_err().to_string();
        assert!(message.starts_with("system 'clutser' doesn't exist; did you mean 'cluster'?"));
        assert!(message.contains("The systems are: "));
        let message = board("qemu_virt").unwrap_err().to_string();
        assert!(message.contains("did you mean 'qemu-virt'?"), "{message}");
    }

    #[test]
    fn something_else_gets_the_list_alone() {
        let message = choose("qemu-virt", "xyzzyxyzzy").unwrap_err().to_string();
        assert!(!message.contains("did you mean"), "{message}");
    }
}
