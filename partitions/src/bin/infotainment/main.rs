//! The infotainment: it works a little, and misbehaves in turn.
//!
//! Normal work is a line on the console every 500 ms and a heartbeat every 100 ms. What it does
//! beside that is chosen by the run argument, or if that is 0 by the passport's arguments:
//!
//! | Run argument | Arguments | Behaviour |
//! |---|---|---|
//! | 0 | `attacks=all` | the next attack of the table after each restart |
//! | 0 | `attacks=asked` | attack n as soon as the test bench asks for it |
//! | 0 | else | works for ever |
//! | n | | attack n of the table after each start |
//! | 255 | | works for ever |

#![no_std]
#![no_main]

mod attacks;
mod work;

use core::time::Duration;

use attacks::ATTACKS;
use paratia_partitions::inputs::Inputs;
use paratia_runtime::abi::OperatingMode;
use paratia_runtime::{Context, call, entry, passport, println};
use work::Work;

entry!(main);

/// The run argument that asks for no attack.
const CALM: u64 = 0xFF;
/// How long it works before an attack that a run argument chose.
const BEFORE_CHOSEN: Duration = Duration::from_millis(100);
/// How long it works before an attack in turn.
const BEFORE_NEXT: Duration = Duration::from_millis(800);
/// How long it works after an attack that changed nothing.
const AFTER_SURVIVAL: Duration = Duration::from_millis(500);

fn main(context: Context) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    println!(
        "playing, start {} ({:?})",
        context.restarts + 1,
        context.start_condition
    );
    let mut work = Work::begin();
    if passport::argument(context.passport, "attacks") == Some("asked") {
        attack_when_asked(&context, &mut work);
    }
    let Some(plan) = Plan::of(&context) else {
        work.go_on_for(Duration::MAX);
        call::restart()
    };
    work.go_on_for(plan.before);
    attack(&context, plan.index);
    work.go_on_for(AFTER_SURVIVAL);
    println!("asking for a restart");
    call::restart()
}

/// Makes an attack; returns only if it changed nothing.
fn attack(context: &Context, index: usize) {
    let attack = &ATTACKS[index];
    let (number, count) = (index + 1, ATTACKS.len());
    println!("attack {number} of {count}: {}", attack.name);
    (attack.run)(context);
    println!(
        "attack {number} of {count} changed nothing: {}",
        attack.name
    );
}

/// Works for ever, and makes each attack that the bench asks for.
fn attack_when_asked(context: &Context, work: &mut Work) -> ! {
    let inputs = Inputs::find().expect("a region called inputs");
    loop {
        work.go_on();
        match usize::try_from(inputs.take()) {
            Ok(number @ 1..) if number <= ATTACKS.len() => attack(context, number - 1),
            _ => {}
        }
    }
}

/// Which attack, and how long to work before it.
struct Plan {
    index: usize,
    before: Duration,
}

impl Plan {
    /// `None` to behave for ever.
    fn of(context: &Context) -> Option<Self> {
        let count = ATTACKS.len() as u64;
        let (index, before) = match context.run_argument & 0xFF {
            CALM => return None,
            0 if passport::argument(context.passport, "attacks") != Some("all") => return None,
            0 => (context.restarts % count, BEFORE_NEXT),
            number => ((number - 1) % count, BEFORE_CHOSEN),
        };
        Some(Self {
            index: usize::try_from(index).ok()?,
            before,
        })
    }
}
