//! Calls by chance, with pointers to where they may lead and to where they mayn't.

use paratia_runtime::println;

use crate::hypercall::{
    ASSIST, CONSOLE, EVENT_CHANNEL, GRANT_TABLE, HVM, MEMORY, SCHEDULE, SELF, VCPU, VERSION,
    registers,
};
use crate::racer;
use crate::scratch::{PAGES, WORDS, page, write};

const CALLS: [u64; 9] = [
    MEMORY,
    VERSION,
    CONSOLE,
    GRANT_TABLE,
    ASSIST,
    VCPU,
    SCHEDULE,
    EVENT_CHANNEL,
    HVM,
];
/// Every answer below 0 that there is.
const REFUSALS: [i64; 10] = [-1, -3, -7, -11, -14, -17, -22, -28, -38, -95];

/// Makes the calls of a seed.
pub fn attack(seed: u64) {
    let thousands = match seed >> 32 {
        0 => 100,
        thousands => thousands,
    };
    racer::begin();
    let mut chance = Chance(seed | 1 << 63);
    let (mut faults, mut done, mut wrong) = (0_u64, 0_u64, 0_u64);
    for _ in 0..1_000 * thousands {
        if chance.below(4) == 0 {
            let word = chance.argument();
            write(
                chance.below(PAGES as u64) as usize,
                chance.below(64) as usize,
                word,
            );
        }
        let number = match chance.below(16) {
            0 => chance.next(),
            _ => CALLS[chance.below(CALLS.len() as u64) as usize],
        };
        let given = [
            chance.below(16),
            chance.argument(),
            chance.argument(),
            chance.next(),
            chance.next(),
        ];
        if is_left_out(number, given) {
            continue;
        }
        let after = registers(number, given);
        let answer = after[0].cast_signed();
        faults += u64::from(answer == -14);
        done += u64::from(answer >= 0);
        let is_known = answer >= 0 || REFUSALS.contains(&answer);
        let is_kept = after[3..] == given[3..];
        if !is_known || !is_kept {
            wrong += 1;
            println!("WRONG: call {number} {given:x?}: {after:x?}");
        }
    }
    println!(
        "calls={}000 done={} faults={} wrong={wrong}",
        thousands,
        done > 0,
        faults > 0
    );
}

/// What would end the attack: a shutdown, a wait without end; and text without end.
fn is_left_out(number: u64, [what, count, ..]: [u64; 5]) -> bool {
    let number = number as u32 as u64;
    number == SCHEDULE && matches!(what, 1..=3) || number == CONSOLE && what == 0 && count > 64
}

/// Numbers by chance: xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators", 2016).
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number or a pointer: mostly to where structures lie, or to where tables change all the time.
    fn argument(&mut self) -> u64 {
        let offset = self.below((WORDS * 8) as u64);
        match self.below(12) {
            0 => self.next(),
            1 => 1 << self.below(64),
            2 => self.below(70),
            3 => SELF | self.below(70) << 32,
            // The last page of its RAM and what lies behind it.
            4 => 0x401F_F000 + self.below(0x2000),
            // A page's number: its own, its console's, others'.
            5 => page(self.below(PAGES as u64) as usize) >> 12,
            6 => 0x3_8000 + self.below(5),
            7 | 8 => racer::PLACE + self.below(racer::BYTES),
            _ => page(self.below(PAGES as u64) as usize) + (offset & !7) + self.below(16) / 15,
        }
    }
}
