//! Who called whom: a tree of calls that grows as instructions run.
//!
//! Calls and returns aren't decoded but concluded: the first instruction of another function is a
//! call; any other instruction of a function that is on the way from the root is a return to it. A
//! jump into the middle of a function that isn't begins anew at the root.

use std::collections::HashMap;

use crate::map::Place;

/// A node: a function, called on one way.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// The node that called it; roots call themselves.
    pub parent: usize,
    /// The function; of a root, none.
    pub function: Option<usize>,
    /// Instructions of the function itself.
    pub instructions: u64,
    /// Calls.
    pub calls: u64,
    /// Whether its instructions are apart from its caller's path.
    pub apart: bool,
}

/// All nodes; the first ones are the roots.
#[derive(Debug)]
pub struct Tree {
    /// The nodes, in the order in which they were first reached.
    pub nodes: Vec<Node>,
    /// The index of a node by its caller's index and its function.
    children: HashMap<(usize, usize), usize>,
}

impl Tree {
    /// Nothing but so many roots.
    pub fn new(roots: usize) -> Self {
        let root = |parent| Node {
            parent,
            function: None,
            instructions: 0,
            calls: 0,
            apart: false,
        };
        Self {
            nodes: (0..roots).map(root).collect(),
            children: HashMap::new(),
        }
    }

    /// The node at which the CPU is that was at node `at` and now runs an instruction at `place`.
    pub fn go(&mut self, root: usize, at: usize, place: Place, apart: bool) -> usize {
        if self.nodes[at].function == Some(place.function) {
            return at;
        }
        if place.is_entry {
            return self.child(at, place.function, apart);
        }
        let mut above = at;
        while self.nodes[above].parent != above {
            if self.nodes[above].function == Some(place.function) {
                return above;
            }
            above = self.nodes[above].parent;
        }
        self.child(root, place.function, apart)
    }

    fn child(&mut self, parent: usize, function: usize, apart: bool) -> usize {
        let next = self.nodes.len();
        let index = *self.children.entry((parent, function)).or_insert(next);
        if index == next {
            self.nodes.push(Node {
                parent,
                function: Some(function),
                instructions: 0,
                calls: 0,
                apart: apart || self.nodes[parent].apart,
            });
        }
        self.nodes[index].calls += 1;
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_returns_and_jumps() {
        let mut tree = Tree::new(1);
        let place = |function, is_entry| Place {
            function,
            instruction: 0,
            is_entry,
            is_kick: false,
        };
        let outer = tree.go(0, 0, place(7, true), false);
        let inner = tree.go(0, outer, place(8, true), true);
        let innermost = tree.go(0, inner, place(9, true), false);
        assert!(
            tree.nodes[innermost].apart,
            "what is apart calls what is apart"
        );
        assert_eq!(
            tree.go(0, innermost, place(7, false), false),
            outer,
            "a return over two"
        );
        assert_eq!(
            tree.go(0, outer, place(8, true), true),
            inner,
            "the same call again"
        );
        assert_eq!(tree.nodes[inner].calls, 2);
        let jumped = tree.go(0, outer, place(3, false), false);
        assert_eq!(tree.nodes[jumped].parent, 0);
    }
}
