//! 32 interrupts: the architecture's state machine (IHI 0069, "Interrupt handling state machine")
//! in bitmaps, bit n for the n-th. An index is taken modulo [`BLOCK`] throughout.

pub use crate::base::bits::bit;

use super::PRIORITY_BITS;
use super::effect::Change;
use super::list_register::ListRegister;

/// Number of interrupts in a block.
pub const BLOCK: usize = 32;

/// Bits of a priority that are kept.
const PLANES: usize = PRIORITY_BITS.count_ones() as usize;

/// A register with a bit an interrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitRegister {
    /// `IGROUPR`.
    Group,
    /// `ISENABLER`.
    SetEnable,
    /// `ICENABLER`.
    ClearEnable,
    /// `ISPENDR`.
    SetPending,
    /// `ICPENDR`.
    ClearPending,
    /// `ISACTIVER`.
    SetActive,
    /// `ICACTIVER`.
    ClearActive,
}

/// The state of 32 interrupts.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Those that exist; the others read as zero and ignore writes.
    pub implemented: u32,
    /// Those with a physical interrupt behind them, which the guest's end of it ends too.
    pub linked: u32,
    /// Forwarded when pending.
    pub enabled: u32,
    /// Pending until taken or cleared: by an edge, by software, or from the physical interrupt.
    pub latch: u32,
    /// Latched, and by software: so it stays, whatever a level says.
    pub by_software: u32,
    /// The input is high.
    pub line: u32,
    /// Taken and not ended.
    pub active: u32,
    /// In Group 1.
    pub group1: u32,
    /// Edge-triggered; otherwise the input's level counts.
    pub edge: u32,
    /// In a list register. What follows here about these is as it was when they were put there.
    pub loaded: u32,
    /// Loaded as pending, and nobody has changed that since.
    pub loaded_pending: u32,
    /// Loaded as active.
    pub loaded_active: u32,
    /// Loaded, and somebody has set or cleared its active state since: that counts.
    pub settled: u32,
    /// Loaded, and disabled since: it may still be taken until it is collected.
    pub recalled: u32,
    /// Taken by the guest's CPU interface, which hasn't ended it yet.
    pub acknowledged: u32,
    priority: [u8; BLOCK],
    /// The same priorities the other way round: of each bit that is kept, the most significant first,
    /// those interrupts whose priority has it. So the best of many is found in as many steps as a
    /// priority has bits, however many there are.
    planes: [u32; PLANES],
}

impl Block {
    /// After reset: nothing enabled, nothing pending.
    #[must_use]
    pub const fn new(implemented: u32, linked: u32, group1: bool, edge: u32) -> Self {
        Self {
            implemented,
            linked: linked & implemented,
            enabled: 0,
            latch: 0,
            by_software: 0,
            line: 0,
            active: 0,
            group1: if group1 { implemented } else { 0 },
            edge: edge & implemented,
            loaded: 0,
            loaded_pending: 0,
            loaded_active: 0,
            settled: 0,
            recalled: 0,
            acknowledged: 0,
            priority: [0; BLOCK],
            planes: [0; PLANES],
        }
    }

    /// As after reset; what exists and what is linked stay.
    #[inline(never)]
    pub fn reset(&mut self, group1: bool, edge: u32) {
        *self = Self::new(self.implemented, self.linked, group1, edge);
    }

    /// Those that are pending; a level counts as long as it is high.
    #[must_use]
    pub const fn pending(&self) -> u32 {
        self.latch | self.line & !self.edge
    }

    /// Level-sensitive ones that are active, of which the level is known by what is behind them: it was
    /// high when they came, and nobody is told when it goes.
    #[must_use]
    pub const fn active_levels(&self) -> u32 {
        self.active & self.linked & !self.edge & !self.pending()
    }

    /// Whether nothing is pending or in hand.
    #[inline]
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.latch | self.line | self.active == 0
    }

    /// Those that the distributor forwards if `group0` and `group1` are enabled: pending or active
    /// and pending.
    #[must_use]
    pub const fn forwarded(&self, [group0, group1]: [bool; 2]) -> u32 {
        self.pending() & self.enabled & self.in_groups([group0, group1])
    }

    /// Those in the groups that are enabled.
    const fn in_groups(&self, [group0, group1]: [bool; 2]) -> u32 {
        let ones = if group1 { self.group1 } else { 0 };
        let zeros = if group0 { !self.group1 } else { 0 };
        ones | zeros
    }

    /// Those active ones whose end a list register won't show (or, if their active state was
    /// cleared, whose end is still to come).
    #[must_use]
    pub const fn unlisted(&self) -> u32 {
        self.acknowledged & !self.loaded_active
    }

    /// The priority of interrupt `index`.
    #[must_use]
    pub const fn priority(&self, index: usize) -> u8 {
        self.priority[index % BLOCK]
    }

    /// Sets the priority of interrupt `index`, as far as it has bits.
    pub fn set_priority(&mut self, index: usize, priority: u8) {
        let bit = bit(index);
        if self.implemented & bit == 0 {
            return;
        }
        self.priority[index % BLOCK] = priority & PRIORITY_BITS;
        for (plane, position) in self.planes.iter_mut().zip((0..u8::BITS).rev()) {
            put(plane, bit, priority >> position & 1 != 0);
        }
    }

    /// Those of `candidates` with the highest priority (the lowest number); none if there are none.
    #[must_use]
    pub const fn best_of(&self, candidates: u32) -> u32 {
        let mut best = candidates;
        let mut plane = 0;
        while plane < PLANES {
            let better = best & !self.planes[plane];
            if better != 0 {
                best = better;
            }
            plane += 1;
        }
        best
    }

    /// The priority of interrupt `index` in its field of a register.
    pub fn priority_field(&self, index: usize) -> u32 {
        self.priority(index).into()
    }

    /// Writes that field.
    pub fn set_priority_field(&mut self, index: usize, field: u32) -> Option<(Change, u32)> {
        self.set_priority(index, field.to_le_bytes()[0]);
        None
    }

    /// The trigger of interrupt `index` in its field of a register.
    pub fn trigger_field(&self, index: usize) -> u32 {
        if self.edge & bit(index) != 0 { 2 } else { 0 }
    }

    /// Writes that field.
    pub fn set_trigger_field(&mut self, index: usize, field: u32) -> Option<(Change, u32)> {
        self.configure(index, field & 2 != 0)
    }

    /// What a register reads as. What is pending or active list registers may know better.
    #[inline]
    #[must_use]
    pub const fn read(&self, register: BitRegister) -> u32 {
        match register {
            BitRegister::Group => self.group1,
            BitRegister::SetEnable | BitRegister::ClearEnable => self.enabled,
            BitRegister::SetPending | BitRegister::ClearPending => self.pending(),
            BitRegister::SetActive | BitRegister::ClearActive => self.active,
        }
    }

    /// What a write does, and what of it concerns physical interrupts.
    #[inline]
    pub fn write(&mut self, register: BitRegister, bits: u32) -> Option<(Change, u32)> {
        match register {
            BitRegister::Group => self.set_group1(bits),
            BitRegister::SetEnable => self.enable(bits),
            BitRegister::ClearEnable => self.disable(bits),
            BitRegister::SetPending => self.set_pending(bits),
            BitRegister::ClearPending => self.clear_pending(bits),
            BitRegister::SetActive => self.activate(bits),
            BitRegister::ClearActive => self.deactivate(bits),
        }
    }

    /// Writes a register if it concerns nobody: it says which interrupts may come, and none of these
    /// here is pending or in a list register. Whether it was so.
    #[allow(
        clippy::inline_always,
        reason = "a call would cost its caller's registers"
    )]
    #[inline(always)]
    #[must_use]
    pub fn write_quietly(&mut self, register: BitRegister, bits: u32) -> bool {
        if self.latch | self.line | self.loaded != 0 {
            return false;
        }
        let concerned = match register {
            BitRegister::Group => self.set_group1(bits),
            BitRegister::SetEnable => self.enable(bits),
            BitRegister::ClearEnable => self.disable(bits),
            _ => return false,
        };
        concerned.is_none()
    }

    /// `ISENABLER`.
    fn enable(&mut self, bits: u32) -> Option<(Change, u32)> {
        self.enabled |= bits & self.implemented;
        None
    }

    /// `ICENABLER`.
    fn disable(&mut self, bits: u32) -> Option<(Change, u32)> {
        self.recalled |= bits & self.enabled & self.loaded;
        self.enabled &= !bits;
        None
    }

    /// `IGROUPR`.
    fn set_group1(&mut self, bits: u32) -> Option<(Change, u32)> {
        self.group1 = bits & self.implemented;
        None
    }

    /// `ISPENDR`. What is behind a linked interrupt isn't told: not every board's controller can be.
    fn set_pending(&mut self, bits: u32) -> Option<(Change, u32)> {
        let bits = bits & self.implemented;
        self.latch |= bits;
        self.by_software |= bits;
        self.loaded_pending &= !bits;
        None
    }

    /// `ICPENDR`. The physical interrupt behind one that was pending waits for an end that the
    /// guest won't give any more.
    pub fn clear_pending(&mut self, bits: u32) -> Option<(Change, u32)> {
        let bits = bits & self.implemented;
        let dropped = bits & self.linked & self.latch & !self.active;
        self.latch &= !bits;
        self.by_software &= !bits;
        self.loaded_pending &= !bits;
        Some((Change::Deactivate, dropped))
    }

    /// `ISACTIVER`.
    fn activate(&mut self, bits: u32) -> Option<(Change, u32)> {
        let bits = bits & self.implemented;
        self.settled |= bits & self.loaded;
        let physical = bits & self.linked & !self.active;
        self.active |= bits;
        Some((Change::SetActive, physical))
    }

    /// `ICACTIVER`, and a deactivation by any other way than a list register.
    pub fn deactivate(&mut self, bits: u32) -> Option<(Change, u32)> {
        let bits = bits & self.implemented;
        self.settled |= bits & self.loaded;
        let physical = bits & self.linked & self.active;
        self.active &= !bits;
        Some((Change::Deactivate, physical))
    }

    /// `ICFGR` of interrupt `index`.
    pub fn configure(&mut self, index: usize, edge: bool) -> Option<(Change, u32)> {
        let bit = bit(index) & self.implemented;
        let changed = bit & if edge { !self.edge } else { self.edge };
        self.edge ^= changed;
        Some((Change::Configure, changed & self.linked))
    }

    /// The input of the interrupts in `bits` goes high or low.
    pub fn set_line(&mut self, bits: u32, high: bool) {
        let bits = bits & self.implemented;
        if high {
            let rising = bits & self.edge & !self.line;
            self.latch |= rising;
            self.loaded_pending &= !rising;
            self.line |= bits;
        } else {
            self.line &= !bits;
        }
    }

    /// The interrupts in `bits` come, once.
    pub fn pulse(&mut self, bits: u32) {
        let bits = bits & self.implemented;
        self.latch |= bits;
        self.loaded_pending &= !bits;
    }

    /// What a list register shows of interrupt `index` if it comes now, but for its number; nothing if it
    /// can't be taken. Of one that is linked it shows no end, but what is behind it.
    #[inline]
    #[must_use]
    pub const fn ready(&self, index: usize, groups: [bool; 2]) -> Option<ListRegister> {
        let bit = bit(index);
        let ready = self.enabled & self.in_groups(groups) & !(self.active | self.loaded);
        if ready & bit == 0 {
            return None;
        }
        Some(ListRegister {
            pending: true,
            priority: self.priority(index),
            group1: self.group1 & bit != 0,
            notify_end: self.edge & bit == 0,
            ..ListRegister::EMPTY
        })
    }

    /// Interrupt `index` has come and was placed in a list register, as [`Block::ready`] said.
    pub fn placed(&mut self, index: usize) {
        let bit = bit(index);
        self.latch |= bit;
        self.loaded |= bit;
        self.loaded_pending |= bit;
        self.settled &= !bit;
        self.recalled &= !bit;
        self.loaded_active &= !bit;
    }

    /// Puts interrupt `index`, which is forwarded or active, into a list register; whether there it is active.
    /// If not it is pending.
    ///
    /// Never both: an active one that is pending too has its next turn when the guest has ended it
    /// and all that waits was compared again. Left to the list register, it would come before
    /// better ones that found no room.
    pub fn load(&mut self, index: usize) -> bool {
        let bit = bit(index);
        let active = self.active & bit != 0;
        self.loaded |= bit;
        self.settled &= !bit;
        self.recalled &= !bit;
        put(&mut self.loaded_active, bit, active);
        put(&mut self.loaded_pending, bit, !active);
        active
    }

    /// Collects interrupt `index` from a list register that now says `pending` and `active`;
    /// whether it was taken meanwhile.
    #[inline(never)]
    pub fn collect(&mut self, index: usize, pending: bool, active: bool) -> bool {
        let bit = bit(index);
        let was_active = self.loaded_active & bit != 0;
        let taken = self.loaded_pending & bit != 0 && !pending;
        if taken {
            self.latch &= !bit;
            self.by_software &= !bit;
        }
        if active != was_active || taken && !active {
            put(&mut self.acknowledged, bit, active);
        }
        if self.settled & bit == 0 {
            put(&mut self.active, bit, active);
        }
        self.loaded &= !bit;
        self.loaded_active &= !bit;
        self.loaded_pending &= !bit;
        self.settled &= !bit;
        self.recalled &= !bit;
        taken
    }
}

/// Sets or clears a bit.
const fn put(bits: &mut u32, bit: u32, on: bool) {
    *bits = *bits & !bit | if on { bit } else { 0 };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Taken, declared inactive by software, and pending again: it is put into a list register, where nothing
    /// happens, and the end of its first turn is still to come.
    #[test]
    fn an_end_is_still_to_come_though_the_next_turn_was_listed_meanwhile() {
        let mut block = Block::new(1, 0, true, 1);
        let _ = block.enable(1);
        block.pulse(1);
        assert!(!block.load(0), "pending");
        assert!(block.collect(0, false, true), "taken");
        let _ = block.deactivate(1);
        block.pulse(1);
        assert!(!block.load(0), "pending");
        assert!(!block.collect(0, true, false), "still pending");
        assert_eq!((block.active, block.pending(), block.unlisted()), (0, 1, 1));
        // Its second turn is taken, and ended: no end is to come any more.
        assert!(!block.load(0), "pending");
        assert!(block.collect(0, false, false), "taken and ended");
        assert_eq!((block.active, block.pending(), block.unlisted()), (0, 0, 0));
    }

    /// The state of each interrupt: a word of bits after the other.
    fn words(block: &Block) -> [u32; 15] {
        [
            block.implemented,
            block.linked,
            block.enabled,
            block.latch,
            block.by_software,
            block.line,
            block.active,
            block.group1,
            block.edge,
            block.loaded,
            block.loaded_pending,
            block.loaded_active,
            block.settled,
            block.recalled,
            block.acknowledged,
        ]
    }

    /// One in which everything is as these words say, of those interrupts that exist by the first.
    fn of_words(words: [u32; 15], priority: [u8; BLOCK]) -> Block {
        let words = words.map(|word| word & words[0]);
        let mut block = Block::new(words[0], words[1], false, 0);
        for (index, priority) in priority.into_iter().enumerate() {
            block.set_priority(index, priority);
        }
        [
            block.implemented,
            block.linked,
            block.enabled,
            block.latch,
            block.by_software,
            block.line,
            block.active,
            block.group1,
            block.edge,
            block.loaded,
            block.loaded_pending,
            block.loaded_active,
            block.settled,
            block.recalled,
            block.acknowledged,
        ] = words;
        block
    }

    /// All that can be done to some of the interrupts; which they are.
    fn touch(block: &mut Block, what: u8, index: usize, bits: u32, [one, other]: [bool; 2]) -> u32 {
        use BitRegister as R;
        let registers = [
            R::SetEnable,
            R::ClearEnable,
            R::SetPending,
            R::ClearPending,
            R::SetActive,
            R::ClearActive,
        ];
        if let Some(register) = registers.get(usize::from(what)) {
            let _ = block.write(*register, bits);
            return bits & block.implemented;
        }
        match what - 6 {
            0 => block.set_line(bits, one),
            1 => block.pulse(bits),
            2 => {
                let _ = block.configure(index, one);
                return bit(index) & block.implemented;
            }
            3 => block.set_priority(index, bits.to_le_bytes()[0]),
            4 => block.placed(index),
            5 => drop(block.load(index)),
            _ => drop(block.collect(index, one, other)),
        }
        match what - 6 {
            0 | 1 => bits & block.implemented,
            _ => bit(index),
        }
    }

    /// What is written at once is what concerns nobody, as long as nothing is pending or listed.
    #[test]
    fn what_concerns_nobody_is_written_at_once() {
        use BitRegister as R;
        let all = [
            (R::Group, true),
            (R::SetEnable, true),
            (R::ClearEnable, true),
            (R::SetPending, false),
            (R::ClearPending, false),
            (R::SetActive, false),
            (R::ClearActive, false),
        ];
        for (register, expected) in all {
            let quiet = Block::new(u32::MAX, 0, true, 0);
            assert_eq!(quiet.clone().write_quietly(register, 4), expected);
            for [latch, line, loaded] in all_but_none() {
                let mut other = Block {
                    latch,
                    line,
                    loaded,
                    ..quiet
                };
                assert!(!other.write_quietly(register, 4), "{register:?}");
            }
        }
    }

    #[test]
    fn it_is_quiet_if_nothing_is_pending_or_in_hand() {
        let quiet = Block::new(u32::MAX, 0, true, 0);
        assert!(quiet.is_quiet());
        for [latch, line, active] in all_but_none() {
            let other = Block {
                latch,
                line,
                active,
                ..quiet
            };
            assert!(!other.is_quiet(), "{latch} {line} {active}");
        }
    }

    /// The first interrupt in some of three sets.
    fn all_but_none() -> impl Iterator<Item = [u32; 3]> {
        (1..8).map(|sets| [0, 1, 2].map(|set| sets >> set & 1))
    }

    proptest! {
        /// Whatever is done to one interrupt or some leaves the others as they are.
        #[test]
        fn what_is_done_to_one_is_done_to_no_other(
            before: [u32; 15],
            priority: [u8; BLOCK],
            what in 0..13_u8,
            index in 0..BLOCK,
            bits: u32,
            how: [bool; 2],
        ) {
            let before = of_words(before, priority);
            let mut after = before;
            let touched = touch(&mut after, what, index, bits, how);
            for (before, after) in words(&before).into_iter().zip(words(&after)) {
                prop_assert_eq!((before ^ after) & !touched, 0, "{}: {:#x}", what, touched);
            }
            for other in (0..BLOCK).filter(|it| touched & bit(*it) == 0) {
                prop_assert_eq!(before.priority(other), after.priority(other));
            }
        }

        #[test]
        fn the_best_of_many_are_those_of_the_lowest_number(
            priorities: [u8; BLOCK],
            candidates: u32,
        ) {
            let mut block = Block::new(u32::MAX, 0, true, 0);
            for (index, priority) in priorities.iter().enumerate() {
                block.set_priority(index, !*priority);
                block.set_priority(index, *priority);
            }
            let chosen = (0..BLOCK).filter(|index| candidates & bit(*index) != 0);
            let best = chosen.clone().map(|index| block.priority(index)).min();
            let expected = chosen
                .filter(|index| Some(block.priority(*index)) == best)
                .fold(0, |all, index| all | bit(index));
            prop_assert_eq!(block.best_of(candidates), expected);
        }
    }
}
