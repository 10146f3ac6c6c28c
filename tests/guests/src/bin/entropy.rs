//! Asks for random numbers by Arm's interface (DEN0098), with any arguments, and holds each answer against the
//! document; then, twice, starts anew.
//!
//! The run argument is a seed for the arguments; 0 asks for nothing.

#![no_std]
#![no_main]

use core::arch::asm;

use paratia_runtime::abi::call::{
    TRNG_FEATURES, TRNG_GET_UUID, TRNG_RND32, TRNG_RND64, TRNG_VERSION,
};
use paratia_runtime::{Context, call, entry, println};

entry!(main);

const IDS: [u32; 5] = [
    TRNG_VERSION,
    TRNG_FEATURES,
    TRNG_GET_UUID,
    TRNG_RND32,
    TRNG_RND64,
];
/// Calls in each life.
const COUNT: u32 = 4_000;
/// Starts in all.
const LIVES: u64 = 3;
/// Error codes (DEN0098, 2.6).
const NOT_SUPPORTED: u64 = u64::MAX;
const INVALID_PARAMETERS: u64 = u64::MAX - 1;

fn main(context: Context) -> ! {
    if context.run_argument != 0 {
        live(context.run_argument ^ context.restarts << 32);
        if context.restarts + 1 < LIVES {
            call::restart();
        }
    }
    loop {
        let _ = call::wait_for_window();
    }
}

fn live(seed: u64) {
    let mut chance = Chance(seed);
    let is_given = ask(TRNG_VERSION, 0)[0] != NOT_SUPPORTED;
    let [_, first, second, third] = ask(TRNG_RND64, 192);
    println!("\nnumbers={first:016x}{second:016x}{third:016x}");
    let (mut wrong, mut bits, mut ones) = (0_u32, 0_u64, 0_u64);
    let uuid = ask(TRNG_GET_UUID, 0);
    for _ in 0..COUNT {
        let id = IDS[(chance.next() % 8).min(4) as usize];
        let x1 = chance.argument();
        let answer = ask(id, x1);
        let asked = asked(id, x1);
        let is_right = match (is_given, id) {
            (false, _) => answer[0] == NOT_SUPPORTED && answer[1] == x1,
            (_, TRNG_VERSION) => answer == [0x1_0000, 0, 0, 0],
            (_, TRNG_FEATURES) => {
                let is_known = IDS.iter().any(|id| u64::from(*id) == x1 & 0xFFFF_FFFF);
                answer == [if is_known { 0 } else { NOT_SUPPORTED }, 0, 0, 0]
            }
            (_, TRNG_GET_UUID) => answer == uuid,
            _ => match asked {
                None => answer == [INVALID_PARAMETERS, 0, 0, 0],
                Some(asked) => {
                    bits += asked;
                    ones += u64::from(answer[1..].iter().map(|it| it.count_ones()).sum::<u32>());
                    answer[0] == 0 && is_within(id, asked, answer)
                }
            },
        };
        if !is_right {
            wrong += 1;
            if wrong < 4 {
                println!("\nWRONG: {id:#x} {x1:#x} -> {answer:x?}");
            }
        }
    }
    println!("\ncalls={COUNT} wrong={wrong} bits={bits} ones={ones}");
}

/// How many bits a call asks for, if it may.
fn asked(id: u32, x1: u64) -> Option<u64> {
    match id {
        TRNG_RND32 => Some(x1 & 0xFFFF_FFFF).filter(|bits| (1..=96).contains(bits)),
        TRNG_RND64 => Some(x1).filter(|bits| (1..=192).contains(bits)),
        _ => None,
    }
}

/// Whether no bit is set above those that were asked for.
fn is_within(id: u32, asked: u64, answer: [u64; 4]) -> bool {
    let width = if id == TRNG_RND32 { 32 } else { 64 };
    answer[1..]
        .iter()
        .rev()
        .zip([0, 1, 2])
        .all(|(word, place)| {
            let left = asked.saturating_sub(place * width).min(width);
            left == 64 || word >> left == 0
        })
}

/// A call, and `x0` to `x3` after it.
fn ask(id: u32, argument: u64) -> [u64; 4] {
    let (mut x0, mut x1): (u64, u64) = (id.into(), argument);
    let (x2, x3): (u64, u64);
    // SAFETY: these calls touch no memory, and change no registers but these (DEN0028, 2.6).
    unsafe {
        asm!("hvc #0", inout("x0") x0, inout("x1") x1, inout("x2") 0_u64 => x2,
            inout("x3") 0_u64 => x3, options(nomem, nostack));
    }
    [x0, x1, x2, x3]
}

/// Numbers by chance: xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators", 2016).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// An argument: mostly near what has a meaning.
    fn argument(&mut self) -> u64 {
        let near = self.next() % 200;
        match self.next() % 8 {
            0 => self.next(),
            1 => near | 1 << 32,
            2 => 0x8400_0050 + near % 6,
            3 => 0xC400_0050 + near % 6,
            4 => [0, 1, 96, 97, 192, 193][(near % 6) as usize],
            _ => near,
        }
    }
}
