//! What holds of every image, whatever was declared: asked of the matrix itself.

use super::declared::{Declaration, Span, cover};
use super::expected::Places;
use super::finding::{About, Finding};
use super::matrix::{Access, Row, what};
use super::memory::{Memory, Rights};
use super::regimes::Whose;
use super::shares::{self, Share};

/// Which of it doesn't hold.
#[must_use]
pub fn findings(matrix: &[Row], declared: &Declaration, places: &Places) -> Vec<Finding> {
    let ask = Ask {
        declared,
        places,
        shares: shares::of(declared),
    };
    let rules = [
        Ask::one_partition,
        Ask::nothing_of_the_hypervisor,
        Ask::tables_are_read_only,
        Ask::written_or_executed,
        Ask::seen_once,
        Ask::one_type,
        Ask::no_master,
        Ask::something_of_the_board,
    ];
    let mut findings = Vec::new();
    for row in matrix {
        for rule in rules {
            if let Some(fact) = rule(&ask, row) {
                findings.push(ask.finding(row, fact));
            }
        }
    }
    findings
}

struct Ask<'a> {
    declared: &'a Declaration,
    places: &'a Places,
    shares: Vec<Share>,
}

impl Ask<'_> {
    fn finding(&self, row: &Row, fact: String) -> Finding {
        let place = format!(
            "{:#x}..{:#x} ({})",
            row.span.base,
            row.span.end(),
            what(row.span, self.declared, self.places)
        );
        Finding::new(About::Separation, place, fact)
    }

    fn shown(&self, access: &Access) -> String {
        format!(
            "{} ({} at {:#x})",
            access.whose.name(self.declared),
            access.rights,
            access.input
        )
    }

    fn listed(&self, accesses: &[&Access]) -> String {
        let all: Vec<String> = accesses.iter().map(|access| self.shown(access)).collect();
        all.join(" and ")
    }

    fn is_lent(&self, span: Span) -> bool {
        self.declared
            .board
            .lent_registers
            .is_some_and(|lent| lent.has(span))
    }

    /// Whether the declaration gives these bytes to the partition with just these rights, as an end of a
    /// channel that has memory of its own.
    fn is_declared_shared(&self, span: Span, access: &Access) -> bool {
        let Whose::Partition(partition) = access.whose else {
            return false;
        };
        let mut shares = self.shares.iter().filter(|share| share.span.has(span));
        shares.any(|share| {
            let mut ends = share.ends.iter();
            ends.any(|end| end.partition == partition && end.rights == access.rights)
        })
    }

    /// No byte is reached by two partitions, but registers of which each CPU has its own, and what a channel
    /// has of memory: that by its ends, and no more than declared.
    fn one_partition(&self, row: &Row) -> Option<String> {
        let of: Vec<&Access> = partitions(row).collect();
        let is_shared = of.iter().any(|access| access.whose != of[0].whose);
        let mut all = of.iter();
        let is_declared = all.all(|access| self.is_declared_shared(row.span, access));
        (is_shared && !is_declared && !self.is_lent(row.span)).then(|| {
            format!(
                "is reached by {}; no channel, region or message window is declared that both have",
                self.listed(&of)
            )
        })
    }

    /// Of the hypervisor's memory a partition reads its own passport and records, nothing else.
    fn nothing_of_the_hypervisor(&self, row: &Row) -> Option<String> {
        let memory = self.declared.board.hypervisor_memory;
        let is_own = |access: &&Access| {
            let Whose::Partition(index) = access.whose else {
                return true;
            };
            let record = self.places.record(self.declared, index);
            let is_told = self.places.passport(index).has(row.span)
                || record.is_some_and(|record| record.has(row.span));
            is_told && access.rights == Rights::READ
        };
        let others: Vec<&Access> = partitions(row).filter(|access| !is_own(access)).collect();
        (memory.meets(row.span) && !others.is_empty()).then(|| {
            format!(
                "is the hypervisor's, but reached by {}",
                self.listed(&others)
            )
        })
    }

    fn tables_are_read_only(&self, row: &Row) -> Option<String> {
        let writers: Vec<&Access> = row
            .accesses
            .iter()
            .filter(|access| access.rights.write || access.rights.execute)
            .collect();
        (self.places.tables.meets(row.span) && !writers.is_empty()).then(|| {
            format!(
                "has tables, which nobody may write or execute, but {} may",
                self.listed(&writers)
            )
        })
    }

    fn written_or_executed(&self, row: &Row) -> Option<String> {
        let mut own = row
            .accesses
            .iter()
            .filter(|access| access.whose == Whose::Hypervisor);
        // Two ways to the same bytes count as one.
        let all = own
            .clone()
            .fold((false, false), |(write, execute), access| {
                (write | access.rights.write, execute | access.rights.execute)
            });
        let is_foreign = own.any(|access| access.rights.execute) && !self.places.text.has(row.span);
        if all == (true, true) {
            return Some("is both written and executed by the hypervisor".to_owned());
        }
        is_foreign.then(|| {
            let text = self.places.text;
            format!(
                "is executed by the hypervisor, whose instructions lie at {:#x}..{:#x}",
                text.base,
                text.end()
            )
        })
    }

    /// No alias: nobody reaches a byte at two input addresses.
    fn seen_once(&self, row: &Row) -> Option<String> {
        let pair = row
            .accesses
            .windows(2)
            .find(|pair| pair[0].whose == pair[1].whose)?;
        Some(format!(
            "is reached by {} at {:#x} and at {:#x}, but nobody may have two ways to one byte",
            pair[0].whose.name(self.declared),
            pair[0].input,
            pair[1].input
        ))
    }

    /// Whoever reaches memory reaches it as the same type, so that caches stay coherent.
    fn one_type(&self, row: &Row) -> Option<String> {
        let first = row.accesses.first()?;
        let other = row
            .accesses
            .iter()
            .find(|access| access.memory != first.memory)?;
        Some(format!(
            "is {} for {}, but {} for {}",
            first.memory,
            first.whose.name(self.declared),
            other.memory,
            other.whose.name(self.declared)
        ))
    }

    /// What writes memory by itself would go round every table.
    fn no_master(&self, row: &Row) -> Option<String> {
        let of: Vec<&Access> = partitions(row).collect();
        let first = of.first()?;
        let masters = self
            .declared
            .board
            .devices
            .iter()
            .filter(|device| device.bus_master);
        let spans = masters.map(|device| (&device.name, device.span));
        let own = &self.declared.board.hypervisor_registers;
        let mut spans = spans.chain(
            own.iter()
                .map(|registers| (&registers.name, registers.span)),
        );
        let (name, _) = spans.find(|(_, span)| span.meets(row.span))?;
        Some(format!(
            "is of '{name}', which is the hypervisor's or writes memory by itself, but reached by {}",
            self.shown(first)
        ))
    }

    /// All RAM is memory, all else that is reached is registers that the board's facts name.
    fn something_of_the_board(&self, row: &Row) -> Option<String> {
        let board = &self.declared.board;
        let is_ram = cover(&board.ram, row.span);
        let devices = board.devices.iter().map(|device| device.span);
        let own = board
            .hypervisor_registers
            .iter()
            .map(|registers| registers.span);
        let registers: Vec<Span> = devices.chain(own).chain(board.lent_registers).collect();
        let is_registers = cover(&registers, row.span);
        let as_device = row
            .accesses
            .iter()
            .find(|access| matches!(access.memory, Memory::Device(_)));
        let as_memory = row
            .accesses
            .iter()
            .find(|access| !matches!(access.memory, Memory::Device(_)));
        if !is_ram && !is_registers {
            return Some(format!(
                "isn't of the board, but reached by {}",
                self.shown(row.accesses.first()?)
            ));
        }
        let wrong = if is_registers { as_memory } else { as_device }?;
        Some(format!(
            "{}, but is {} for {}",
            if is_registers {
                "has registers"
            } else {
                "is RAM"
            },
            wrong.memory,
            self.shown(wrong)
        ))
    }
}

fn partitions(row: &Row) -> impl Iterator<Item = &Access> {
    row.accesses
        .iter()
        .filter(|access| access.whose != Whose::Hypervisor)
}

#[cfg(test)]
mod tests;
