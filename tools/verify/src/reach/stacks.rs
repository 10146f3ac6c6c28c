//! EL2's stacks: each has an unmapped page below it, so that an overflow faults.
//!
//! A CPU's share of the area has two stacks, the smaller one for last words: page, stack, page, stack. How
//! large each is, isn't said anywhere in the file; that two pages and no more are unmapped, each below a
//! stack, and that all CPUs' shares are alike, is what is checked.

use super::declared::Span;
use super::expected::PAGE;
use super::finding::{About, Finding};
use super::memory::{Memory, Rights};
use super::walk::Mapping;

/// What is wrong with the map of the stacks of so many CPUs.
#[must_use]
pub fn findings(derived: &[Mapping], stacks: Span, cpu_count: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let cpus = cpu_count as u64;
    let share = stacks.bytes / cpus.max(1);
    if share * cpus != stacks.bytes || !share.is_multiple_of(PAGE) {
        let fact = format!(
            "has {:#x} bytes, which aren't shares of whole pages for {cpus} CPUs",
            stacks.bytes
        );
        return vec![Finding::new(About::Layout, ".stacks", fact)];
    }
    let first = holes(
        derived,
        Span {
            base: stacks.base,
            bytes: share,
        },
    );
    for cpu in 0..cpus {
        let area = Span {
            base: stacks.base + cpu * share,
            bytes: share,
        };
        let place = format!("stacks of CPU {cpu}, {:#x}..{:#x}", area.base, area.end());
        let holes = holes(derived, area);
        let last = share / PAGE - 1;
        let is_good =
            matches!(holes[..], [0, second] if second > 1 && second < last) && holes == first;
        if !is_good {
            let fact = format!(
                "the pages that EL2 doesn't map are {holes:?}, which must be 0 and one more, not next to it nor the \
                 last, and alike for all CPUs"
            );
            findings.push(Finding::new(About::Separation, place.clone(), fact));
        }
        for mapping in within(derived, area) {
            let is_stack = mapping.input == mapping.output
                && mapping.rights == Rights::READ_WRITE
                && mapping.memory == Memory::WRITE_BACK;
            if !is_stack {
                let fact = format!(
                    "EL2 maps {:#x}..{:#x} to {:#x} {} as {}, which must be to itself rw- as {}",
                    mapping.input,
                    mapping.end(),
                    mapping.output,
                    mapping.rights,
                    mapping.memory,
                    Memory::WRITE_BACK
                );
                findings.push(Finding::new(About::Tables, place.clone(), fact));
            }
        }
    }
    findings
}

fn within(derived: &[Mapping], area: Span) -> impl Iterator<Item = Mapping> {
    derived
        .iter()
        .filter_map(move |mapping| mapping.within(area.base, area.end()))
}

/// The pages of an area that aren't mapped, by their place in it.
fn holes(derived: &[Mapping], area: Span) -> Vec<u64> {
    let is_mapped = |page: u64| {
        let at = area.base + page * PAGE;
        within(
            derived,
            Span {
                base: at,
                bytes: PAGE,
            },
        )
        .next()
        .is_some()
    };
    (0..area.bytes / PAGE)
        .filter(|page| !is_mapped(*page))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Span = Span {
        base: 0x10_0000,
        bytes: 14 * PAGE,
    };

    /// Two CPUs' shares of seven pages with these pages unmapped.
    fn map(holes: [&[u64]; 2]) -> Vec<Mapping> {
        let pages = (0..14).filter(|page| !holes[page / 7].contains(&(*page as u64 % 7)));
        pages
            .map(|page| Mapping {
                input: AREA.base + page as u64 * PAGE,
                output: AREA.base + page as u64 * PAGE,
                bytes: PAGE,
                rights: Rights::READ_WRITE,
                memory: Memory::WRITE_BACK,
            })
            .collect()
    }

    #[test]
    fn each_stack_has_an_unmapped_page_below() {
        assert_eq!(findings(&map([&[0, 2], &[0, 2]]), AREA, 2), []);
        for holes in [
            // A guard page that is mapped, a stack's page that isn't, a stack without a page, a guard above.
            [&[0, 2][..], &[2][..]],
            [&[0, 2], &[0]],
            [&[0, 2], &[0, 2, 4]],
            [&[0, 1], &[0, 1]],
            [&[0, 6], &[0, 6]],
            [&[0, 2], &[0, 3]],
        ] {
            assert!(!findings(&map(holes), AREA, 2).is_empty(), "{holes:?}");
        }
    }

    #[test]
    fn a_stack_is_read_and_written_where_it_is() {
        for change in [
            |page: &mut Mapping| page.output += PAGE,
            |page: &mut Mapping| page.rights = Rights::ALL,
            |page: &mut Mapping| page.memory = Memory::NonCacheable,
        ] {
            let mut map = map([&[0, 2], &[0, 2]]);
            change(&mut map[3]);
            assert_eq!(findings(&map, AREA, 2).len(), 1);
        }
    }
}
