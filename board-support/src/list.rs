//! The list of boards: the only place beside a board's own module that names it.
//!
//! The hypervisor's build script and the tool find a board here by its name, with everything that
//! they need; so neither names one.

use paratia_config::{BoardFacts, System, rules, systems};

use crate::host::{Card, QemuMachine};

/// A board, as tools on the host see it.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Its facts.
    pub facts: &'static BoardFacts,
    /// How QEMU is asked for it.
    pub qemu: QemuMachine,
    /// What goes onto its card, if it starts from one.
    pub card: Option<Card>,
    /// Its type, as a path in Rust.
    pub type_path: &'static str,
    /// Every system as declared for it, by name.
    pub systems: &'static [(&'static str, &'static System)],
}

impl Listed {
    /// The board called `name`.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        BOARDS.iter().find(|board| board.facts.name == name)
    }

    /// Whether the board has what a system asks for by name: the devices of its partitions, and a
    /// GICv3 where one is to be seen. A system that isn't for this board is broken in no other way.
    #[must_use]
    pub fn has_parts_of(&self, system: &'static System) -> bool {
        rules::findings(system, self.facts, &[])
            .all(|finding| !matches!(finding.rule, "device_exists" | "gic_version_on_board"))
    }
}

/// Makes the list, and a module for each board.
macro_rules! boards {
    ($($module:ident::$board:ident,)+) => {
        /// Every board.
        pub const BOARDS: &[Listed] = &[$(Listed {
            facts: &<crate::$module::$board as paratia_config::Board>::FACTS,
            qemu: <crate::$module::$board as crate::host::Hosted>::QEMU,
            card: <crate::$module::$board as crate::host::Hosted>::CARD,
            type_path: concat!(
                "paratia_board_support::", stringify!($module), "::", stringify!($board)
            ),
            systems: &const { systems::all::<crate::$module::$board>() },
        }),+];
    };
}

boards! {
    qemu_virt::QemuVirt,
    qemu_virt_gicv2::QemuVirtGicV2,
    raspi3b::Raspi3b,
    raspi4b::Raspi4b,
    zcu102::Zcu102,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        let names: BTreeSet<_> = BOARDS.iter().map(|board| board.facts.name).collect();
        assert_eq!(names.len(), BOARDS.len());
        for name in names {
            assert_eq!(Listed::find(name).unwrap().facts.name, name);
        }
        assert!(Listed::find("raspi5").is_none());
    }

    /// Facts that contradict each other, or that a system doesn't fit on, show here.
    #[test]
    fn every_system_keeps_every_rule_on_every_board_that_has_its_parts() {
        for board in BOARDS {
            let fitting = board
                .systems
                .iter()
                .filter(|(_, system)| board.has_parts_of(system));
            for (name, system) in fitting {
                let mut findings = rules::findings(system, board.facts, &[]);
                let first = findings.next().map(|it| it.message.as_str().to_owned());
                assert_eq!(first, None, "{name} on {}", board.facts.name);
            }
        }
    }

    #[test]
    fn a_system_with_a_device_is_for_boards_that_have_it() {
        let carries = |board: &str, system: &str| {
            let board = Listed::find(board).unwrap();
            let (_, system) = board
                .systems
                .iter()
                .find(|(name, _)| *name == system)
                .unwrap();
            board.has_parts_of(system)
        };
        assert!(carries("qemu-virt", "test-clock") && !carries("raspi3b", "test-clock"));
        assert!(
            BOARDS
                .iter()
                .all(|board| carries(board.facts.name, "cluster"))
        );
    }

    #[test]
    fn a_machine_has_the_memory_of_its_facts() {
        for board in BOARDS {
            let facts: u64 = board.facts.ram.iter().map(|range| range.size_bytes).sum();
            assert!(facts <= board.qemu.memory_mib << 20, "{}", board.facts.name);
        }
    }
}
