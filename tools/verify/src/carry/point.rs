//! A place on a way, and what a handler's results say of where it goes on.

use super::state::State;
use super::value::{Base, Place, Value};

/// Where a way is.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// The next instruction.
    pub at: u64,
    /// Whether it is behind the switch's first instruction.
    pub is_switch: bool,
    /// Whether the last handler's second result is still to be looked at.
    pub is_pending: bool,
    /// Where functions that are followed go back to, the innermost last.
    pub callers: Vec<u64>,
    /// What holds.
    pub state: State,
}

impl Point {
    /// What the assembly and the handlers agree upon (`way/vectors.rs`): if the first result is 0, the guest that
    /// came in goes on, and the second is its context; else the first is that context, and the second that of the
    /// guest that is next, or 0.
    pub fn is_zero(&mut self, register: u8, is_zero: bool) {
        let left = Value::Address(Place::of(Base::Left));
        let next = Value::Address(Place::of(Base::Next));
        let state = &mut self.state;
        match (state.general(register), is_zero) {
            (Value::Result(0), true) => {
                state.replace(Value::Result(0), Value::Constant(0));
                state.replace(Value::Result(1), left);
                self.is_pending = false;
            }
            (Value::Result(0), false) => state.replace(Value::Result(0), left),
            (Value::Result(1), is_zero) => {
                let is = if is_zero { Value::Constant(0) } else { next };
                state.replace(Value::Result(1), is);
                self.is_pending = false;
            }
            _ => {}
        }
    }
}
