//! All that the walk knows at one instruction: what registers and memory hold.

use std::collections::BTreeMap;

use super::value::{Base, Place, Register, Value};
use crate::code::word::Encoding;

/// The number that means `SP` or the zero register, as the instruction has it.
pub const SP_OR_ZERO: u8 = 31;
/// `TPIDR_EL2`, in which EL2 keeps where the CPU's own state is.
const TPIDR_EL2: Encoding = [3, 4, 13, 0, 2];

/// Registers and memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    general: [Value; 31],
    sp: Value,
    vectors: [Value; 32],
    /// System registers that were written.
    system: BTreeMap<Encoding, Value>,
    /// Memory that was written: how many bytes, and what.
    memory: BTreeMap<Place, (u8, Value)>,
    /// Whether both contexts are one: the guest that left is the next one, too.
    is_alone: bool,
}

impl State {
    /// As a guest comes in, with `SP` at its context. `is_alone`: it is the next one, too.
    #[must_use]
    pub fn of_exit(is_alone: bool) -> Self {
        Self {
            is_alone,
            ..Self::from(Base::Left)
        }
    }

    /// As a function is entered.
    #[must_use]
    pub fn of_function() -> Self {
        Self::from(Base::Frame)
    }

    fn from(base: Base) -> Self {
        Self {
            general: std::array::from_fn(|it| Value::Guest(Register::General(small(it)))),
            sp: Value::Address(Place::of(base)),
            vectors: std::array::from_fn(|it| Value::Guest(Register::Vector(small(it)))),
            system: BTreeMap::new(),
            memory: BTreeMap::new(),
            is_alone: false,
        }
    }

    /// A general register, where 31 is the zero register.
    #[must_use]
    pub fn general(&self, number: u8) -> Value {
        let value = self.general.get(usize::from(number));
        value.copied().unwrap_or(Value::Constant(0))
    }

    /// A general register, where 31 is `SP`.
    #[must_use]
    pub fn base(&self, number: u8) -> Value {
        match number {
            SP_OR_ZERO => self.sp,
            _ => self.general(number),
        }
    }

    /// `SP`.
    #[must_use]
    pub const fn sp(&self) -> Value {
        self.sp
    }

    /// What a register holds.
    #[must_use]
    pub fn register(&self, register: Register) -> Value {
        match register {
            Register::General(number) => self.general(number),
            Register::Vector(number) => self.vector(number),
            Register::System(TPIDR_EL2) => Value::Address(Place::of(Base::Cpu)),
            Register::System(encoding) => {
                let written = self.system.get(&encoding).copied();
                written.unwrap_or(Value::Guest(register))
            }
        }
    }

    /// A vector register.
    #[must_use]
    pub fn vector(&self, number: u8) -> Value {
        let value = self.vectors.get(usize::from(number));
        value.copied().unwrap_or(Value::Unknown)
    }

    /// Sets a general register; the zero register stays.
    pub fn set_general(&mut self, number: u8, value: Value) {
        if let Some(register) = self.general.get_mut(usize::from(number)) {
            *register = value;
        }
    }

    /// Sets a general register or `SP`.
    pub fn set_base(&mut self, number: u8, value: Value) {
        match number {
            SP_OR_ZERO => self.sp = value,
            _ => self.set_general(number, value),
        }
    }

    /// Sets a vector register.
    pub fn set_vector(&mut self, number: u8, value: Value) {
        if let Some(register) = self.vectors.get_mut(usize::from(number)) {
            *register = value;
        }
    }

    /// Sets a system register.
    pub fn set_system(&mut self, encoding: Encoding, value: Value) {
        self.system.insert(encoding, value);
    }

    /// Puts a value wherever another one is: it turned out to be that.
    pub fn replace(&mut self, what: Value, by: Value) {
        for register in self.general.iter_mut().filter(|it| **it == what) {
            *register = by;
        }
    }

    /// Where a place is, both contexts being one or not.
    const fn real(&self, place: Place) -> Place {
        match place.base {
            Base::Next if self.is_alone => Place {
                base: Base::Left,
                offset: place.offset,
            },
            _ => place,
        }
    }

    /// What memory holds.
    #[must_use]
    pub fn load(&self, place: Place, bytes: u8) -> Value {
        let place = self.real(place);
        let mut over = self.over(place, bytes);
        match (over.next(), over.next()) {
            (None, _) => Value::Held(place, bytes),
            (Some((at, (stored, value))), None) if at == place && stored == bytes => value,
            _ => Value::Unknown,
        }
    }

    /// What was stored over some bytes.
    fn over(&self, place: Place, bytes: u8) -> impl Iterator<Item = (Place, (u8, Value))> {
        // Nothing that is stored at once is longer than 16 bytes.
        let first = place.and(-16);
        let last = place.and(i64::from(bytes) - 1);
        let near = self.memory.range(first..=last);
        near.filter(move |(at, (stored, _))| at.offset + i64::from(*stored) > place.offset)
            .map(|(at, stored)| (*at, *stored))
    }

    /// Stores to memory. What lay over a part of it before isn't known any more, as a whole.
    pub fn store(&mut self, place: Place, bytes: u8, value: Value) {
        let place = self.real(place);
        let over: Vec<_> = self.over(place, bytes).collect();
        let mut stored = (bytes, value);
        for (at, (longer, _)) in over {
            if at != place {
                self.memory.insert(at, (longer, Value::Unknown));
            } else if longer > bytes {
                stored = (longer, Value::Unknown);
            }
        }
        self.memory.insert(place, stored);
    }

    /// What was stored, by place.
    pub fn stored(&self) -> impl Iterator<Item = (Place, u8, Value)> {
        let all = self.memory.iter();
        all.map(|(place, (bytes, value))| (*place, *bytes, *value))
    }

    /// What is in the context of the guest that came in is a handler's to change: its answers.
    pub fn answered(&mut self) {
        for (place, (_, value)) in &mut self.memory {
            if let (Base::Left, Value::Guest(register)) = (place.base, *value) {
                *value = Value::Answered(register);
            }
        }
    }

    /// After a call that keeps what the procedure call standard says (Arm AAPCS64, 6.1.1): the other general
    /// registers may hold anything, `x0` and `x1` as given.
    pub fn called(&mut self, results: [Value; 2]) {
        for number in (2..=18).chain([30]) {
            self.set_general(number, Value::Unknown);
        }
        for (number, value) in (0..).zip(results) {
            self.set_general(number, value);
        }
    }

    /// What holds whichever of two ways one came.
    #[must_use]
    pub fn both(&self, other: &Self) -> Self {
        let same = |one: Value, other: Value| if one == other { one } else { Value::Unknown };
        let mut both = self.clone();
        for number in 0..31 {
            both.set_general(number, same(self.general(number), other.general(number)));
        }
        both.sp = same(self.sp, other.sp);
        for encoding in self.system.keys().chain(other.system.keys()) {
            let register = Register::System(*encoding);
            both.set_system(
                *encoding,
                same(self.register(register), other.register(register)),
            );
        }
        // Frames alone matter where ways meet; what only one of them stored holds anything.
        for (place, bytes, value) in other.stored() {
            if self.load(place, bytes) != value {
                both.store(place, bytes, Value::Unknown);
            }
        }
        for (place, bytes, value) in self.stored() {
            if other.load(place, bytes) != value {
                both.store(place, bytes, Value::Unknown);
            }
        }
        both
    }
}

#[allow(clippy::cast_possible_truncation, reason = "there are 32 at most")]
const fn small(number: usize) -> u8 {
    number as u8
}
