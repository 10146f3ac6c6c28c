//! How many instructions all CPUs have run so far, to the one.
//!
//! Each of the hypervisor's is counted as it runs. A guest's are counted by the block, as QEMU starts one; if the
//! guest is left within it, the address that it is left at says how much of it ran. (QEMU can count without a
//! call, but not here: with one thread for several CPUs, version 10.0 takes the CPU that translates a block for
//! the one that runs it. That is also why no CPU's number is used that QEMU hands over.)

/// A block of a guest's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The address of its first instruction.
    pub start: u64,
    /// How many it has.
    pub count: u64,
}

/// The instructions so far.
#[derive(Debug, Default)]
pub struct Executed {
    count: u64,
    block: Option<Block>,
}

impl Executed {
    /// An instruction of the hypervisor runs.
    pub fn instruction(&mut self) {
        self.count += 1;
    }

    /// A guest starts a block.
    pub fn block(&mut self, block: Block) {
        self.count += block.count;
        self.block = Some(block);
    }

    /// A guest was left by an exception of its own, to go on at this address.
    pub fn left_at(&mut self, address: u64) {
        let Some(block) = self.block.take() else {
            return;
        };
        let ran = address.wrapping_sub(block.start) / 4;
        if ran < block.count {
            self.count -= block.count - ran;
        }
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_block_counts_what_ran() {
        let mut executed = Executed::default();
        let block = Block {
            start: 0x1000,
            count: 10,
        };
        executed.block(block);
        executed.left_at(0x100C);
        assert_eq!(executed.count(), 3);
        executed.block(block);
        executed.left_at(0x1028);
        assert_eq!(executed.count(), 13, "left behind its last instruction");
        executed.left_at(0x1000);
        executed.instruction();
        assert_eq!(executed.count(), 14, "no block is left twice");
    }
}
