//! A line for what is found in the speed's channel.

use paratia_instruments::e2e::{State, Status};
use paratia_instruments::reception::Finding;
use paratia_instruments::units::Milliseconds;
use paratia_runtime::println;

/// Findings that are told when they come for the first time.
const TOLD: [Finding; 7] = [
    Finding::Protection(Status::OkSomeLost),
    Finding::Protection(Status::NoNewData),
    Finding::Protection(Status::Repeated),
    Finding::Protection(Status::WrongSequence),
    Finding::Protection(Status::Error),
    Finding::Delayed,
    Finding::Malformed,
];

/// Tells findings on the console: each once, and each that changes the channel's state.
#[derive(Debug, Default)]
pub struct Findings {
    /// Which of [`TOLD`] have come.
    told: [bool; TOLD.len()],
}

impl Findings {
    /// Tells one, if it is to be told, that came at `now` and made one state into another.
    pub fn tell(&mut self, finding: Finding, now: Milliseconds, before: State, state: State) {
        let at = TOLD.iter().position(|it| *it == finding);
        let told = at.and_then(|at| self.told.get_mut(at));
        let is_new = told.is_some_and(|told| !core::mem::replace(told, true));
        if is_new || state != before {
            println!("E2E at {} ms: {finding:?}, {before:?} -> {state:?}", now.0);
        }
    }
}
