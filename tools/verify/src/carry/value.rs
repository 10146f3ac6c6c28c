//! What a register or a word of memory holds, as far as it follows from the instructions: a value that was
//! somewhere when the guest came in, and is the same whatever it was.

use std::fmt;

use crate::code::word::Encoding;

/// A register that a guest may have left something in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Register {
    /// `x0` to `x30`.
    General(u8),
    /// `q0` to `q31`, all 128 bits.
    Vector(u8),
    /// A system register.
    System(Encoding),
}

/// From where an offset is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// The context of the guest that came in, to which `SP_EL2` points then.
    Left,
    /// The context that a handler chose to run next.
    Next,
    /// What `TPIDR_EL2` points to: this CPU's own state.
    Cpu,
    /// Where the word at this offset of the CPU's own state, or of what a context is in, points.
    Through(Owner, i64),
    /// A function's caller's frame.
    Frame,
}

/// What holds pointers that are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// [`Base::Left`].
    Left,
    /// [`Base::Next`].
    Next,
    /// [`Base::Cpu`].
    Cpu,
}

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What it is counted from.
    pub base: Base,
    /// How many bytes behind that.
    pub offset: i64,
}

impl Place {
    /// The first byte of a base.
    #[must_use]
    pub const fn of(base: Base) -> Self {
        Self { base, offset: 0 }
    }

    /// So many bytes farther on.
    #[must_use]
    pub const fn and(self, bytes: i64) -> Self {
        Self {
            base: self.base,
            offset: self.offset.wrapping_add(bytes),
        }
    }
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// What the guest that came in left in a register.
    Guest(Register),
    /// What is in the context for a register after a handler: what was there, or its answer.
    Answered(Register),
    /// What memory held at a place when the guest came in, of so many bytes.
    Held(Place, u8),
    /// Where a place is.
    Address(Place),
    /// A number.
    Constant(u64),
    /// One of the two results of a handler, before it is looked at.
    Result(u8),
    /// Anything.
    Unknown,
}

impl Value {
    /// The place that it points to, if that follows.
    #[must_use]
    pub const fn place(self) -> Option<Place> {
        let Self::Held(Place { base, offset }, 8) = self else {
            return match self {
                Self::Address(place) => Some(place),
                _ => None,
            };
        };
        let owner = match base {
            Base::Left => Owner::Left,
            Base::Next => Owner::Next,
            Base::Cpu => Owner::Cpu,
            Base::Through(..) | Base::Frame => return None,
        };
        Some(Place::of(Base::Through(owner, offset)))
    }

    /// So many more.
    #[must_use]
    pub const fn plus(self, number: i64) -> Self {
        match (self, self.place()) {
            (Self::Constant(value), _) => Self::Constant(value.wrapping_add_signed(number)),
            (_, Some(place)) => Self::Address(place.and(number)),
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::General(number) => write!(f, "x{number}"),
            Self::Vector(number) => write!(f, "q{number}"),
            Self::System([op0, op1, crn, crm, op2]) => {
                let encoding = [*op0, *op1, *crn, *crm, *op2];
                match super::table::name(encoding) {
                    Some(name) => f.write_str(name),
                    None => write!(f, "S{op0}_{op1}_C{crn}_C{crm}_{op2}"),
                }
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = match self.base {
            Base::Left => "the context of the guest that left",
            Base::Next => "the context of the guest that is next",
            Base::Cpu => "the CPU's own state",
            Base::Through(Owner::Cpu, _) => "what the CPU's own state points to",
            Base::Through(Owner::Left, _) => "what the guest that left points to",
            Base::Through(Owner::Next, _) => "what the guest that is next points to",
            Base::Frame => "the caller's frame",
        };
        write!(f, "{base} at offset {}", self.offset)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest(register) => write!(f, "{register} of the guest that left"),
            Self::Answered(register) => write!(f, "a handler's answer in {register}"),
            Self::Held(place, bytes) => write!(f, "{bytes} bytes of {place}"),
            Self::Address(place) => write!(f, "the address of {place}"),
            Self::Constant(number) => write!(f, "{number:#x}"),
            Self::Result(_) => f.write_str("a handler's result"),
            Self::Unknown => f.write_str("what doesn't follow from the instructions"),
        }
    }
}
