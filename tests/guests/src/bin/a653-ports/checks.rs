//! Compares answers with what they have to be.

use core::fmt::Debug;
use core::sync::atomic::{AtomicU32, Ordering};

use paratia_runtime::println;

static COUNT: AtomicU32 = AtomicU32::new(0);
static WRONG: AtomicU32 = AtomicU32::new(0);

/// Says an answer that is wrong.
#[allow(
    clippy::needless_pass_by_value,
    reason = "answers are compared where they come"
)]
pub(crate) fn check<T: Debug + PartialEq>(what: &str, answer: T, expected: T) {
    COUNT.fetch_add(1, Ordering::Relaxed);
    if answer != expected {
        WRONG.fetch_add(1, Ordering::Relaxed);
        println!("WRONG {what}: {answer:?} in place of {expected:?}");
    }
}

/// Says how many answers were compared.
pub(crate) fn done() {
    let (count, wrong) = (COUNT.load(Ordering::Relaxed), WRONG.load(Ordering::Relaxed));
    println!("done: {count} answers, {wrong} wrong");
}
