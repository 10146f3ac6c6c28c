//! Functions drawn by hand, whose longest ways are known.

use super::*;

/// A block at `start` of so many instructions, and where it goes.
fn block(start: u64, instructions: u64, next: &[u64]) -> Block {
    Block {
        start,
        end: start + 4 * instructions,
        next: next.to_vec(),
        ..Block::default()
    }
}

/// A block that comes back to the caller.
fn back(start: u64, instructions: u64) -> Block {
    Block {
        returns: true,
        ..block(start, instructions, &[])
    }
}

fn program(functions: &[&[Block]]) -> Program {
    let functions = functions.iter().map(|blocks| {
        let entry = blocks[0].start;
        let blocks = blocks.iter().map(|it| (it.start, it.clone())).collect();
        let function = Function {
            entry,
            name: format!("{entry:#x}"),
            blocks,
        };
        (entry, function)
    });
    Program {
        functions: functions.collect(),
        ..Program::default()
    }
}

/// Every loop goes round so often, if it is known; these addresses wait; loops inside of others are one with
/// them.
#[derive(Default)]
struct Known {
    rounds: Option<u64>,
    waits: Vec<u64>,
    is_one: bool,
}

impl Facts for Known {
    fn rounds(&self, _: &Function, _: &Loop, _: Option<u64>) -> Option<Rounds> {
        self.rounds.map(Rounds::Number)
    }
    fn waits_at(&self, address: u64) -> bool {
        self.waits.contains(&address)
    }
    fn are_one(&self, _: &Loop, _: &Loop) -> bool {
        self.is_one
    }
    fn is_passed_over(&self, _: u64) -> bool {
        false
    }
    fn is_apart(&self, entry: u64) -> bool {
        entry == 0x9000
    }
    fn copies(&self, _: u64) -> bool {
        false
    }
    fn bytes_at(&self, _: &Function, _: &Block) -> Option<u64> {
        None
    }
}

/// The longest stretch from the first function's entry, and what has no bound.
fn longest(functions: &[&[Block]], facts: &Known) -> (u64, usize) {
    let program = program(functions);
    let mut longest = Longest::new(&program, facts);
    let way = longest.of(functions[0][0].start).longest();
    assert_eq!(way.instructions, way.parts.values().sum::<u64>());
    (way.instructions, longest.unbounded.len())
}

fn rounds(rounds: u64) -> Known {
    Known {
        rounds: Some(rounds),
        ..Known::default()
    }
}

#[test]
fn the_longer_side_counts() {
    let function = [
        block(0x100, 2, &[0x200, 0x300]),
        block(0x200, 10, &[0x400]),
        block(0x300, 3, &[0x400]),
        back(0x400, 1),
    ];
    assert_eq!(longest(&[&function], &Known::default()), (13, 0));
}

#[test]
fn a_loop_costs_its_rounds_and_the_way_out() {
    let function = [
        block(0x100, 1, &[0x200]),
        block(0x200, 2, &[0x300, 0x400]),
        block(0x300, 5, &[0x200]),
        back(0x400, 1),
    ];
    assert_eq!(longest(&[&function], &rounds(3)), (1 + 3 * 7 + 2 + 1, 0));
    assert_eq!(longest(&[&function], &rounds(0)), (1 + 2 + 1, 0));
    assert_eq!(
        longest(&[&function], &Known::default()).1,
        1,
        "no bound is told"
    );
}

#[test]
fn loops_in_loops_multiply_unless_they_are_one() {
    let function = [
        block(0x100, 1, &[0x200]),
        block(0x200, 1, &[0x300, 0x500]),
        block(0x300, 1, &[0x300, 0x400]),
        block(0x400, 1, &[0x200]),
        back(0x500, 1),
    ];
    // A round outside is itself, two more rounds inside, the last of them, and the way back.
    assert_eq!(
        longest(&[&function], &rounds(2)),
        (1 + 2 * (1 + 2 + 1 + 1) + 1 + 1, 0)
    );
    // Two rounds in all, the longest of which goes from the outer head through the inner one back; the last
    // way begins at the outer head.
    let facts = Known {
        is_one: true,
        ..rounds(2)
    };
    assert_eq!(
        longest(&[&function], &facts),
        (1 + 2 * (1 + 1 + 1) + 1 + 1, 0)
    );
}

#[test]
fn what_is_called_counts_if_it_comes_back() {
    let call = |callee: u64, next: &[u64]| Block {
        calls: vec![callee],
        ..block(0x100, 2, next)
    };
    let callee = [back(0x1000, 50)];
    assert_eq!(
        longest(
            &[&[call(0x1000, &[0x200]), back(0x200, 1)], &callee],
            &Known::default()
        ),
        (53, 0)
    );
    // One that never comes back is the run's end.
    let lost = [block(0x1000, 50, &[])];
    let either = [
        block(0x80, 1, &[0x100, 0x200]),
        call(0x1000, &[]),
        back(0x200, 1),
    ];
    assert_eq!(longest(&[&either, &lost], &Known::default()), (2, 0));
    // One that is apart costs nothing.
    let apart = [back(0x9000, 50)];
    assert_eq!(
        longest(
            &[&[call(0x9000, &[0x200]), back(0x200, 1)], &apart],
            &Known::default()
        ),
        (3, 0)
    );
}

#[test]
fn a_loop_that_waits_in_each_round_needs_no_bound() {
    let function = [
        block(0x100, 10, &[0x200]),
        block(0x200, 2, &[0x300, 0x400]),
        block(0x300, 5, &[0x200]),
        back(0x400, 20),
    ];
    let facts = Known {
        waits: vec![0x304],
        ..Known::default()
    };
    // Up to the wait 10 + 2 + 2; from one to the next 3 + 2 + 2; from the last on 3 + 2 + 20.
    assert_eq!(
        longest(&[&function], &facts),
        (10 + 2 + 20, 0),
        "also without a wait"
    );
    let waits_outside = Known {
        waits: vec![0x100],
        ..Known::default()
    };
    assert_eq!(longest(&[&function], &waits_outside).1, 1);
}

#[test]
fn a_loop_with_two_ways_in_has_no_bound() {
    let function = [
        block(0x100, 1, &[0x200, 0x300]),
        block(0x200, 1, &[0x300, 0x400]),
        block(0x300, 1, &[0x200]),
        back(0x400, 1),
    ];
    let program = program(&[&function]);
    let facts = rounds(3);
    let mut longest = Longest::new(&program, &facts);
    longest.of(0x100);
    let unbounded: Vec<_> = longest.unbounded.into_iter().collect();
    assert!(
        matches!(unbounded[..], [Unbounded::ManyHeads(0x100, _)]),
        "{unbounded:?}"
    );
}
