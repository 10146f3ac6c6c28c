//! General and floating point registers: a memory image of all of them, and each side's values.

use core::fmt;

use crate::system::Side;

/// All general and floating point registers. The assembly of [`crate::crossing`] knows the layout.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct General {
    /// `x0` to `x30`.
    pub x: [u64; 31],
    pub(crate) caller_stack: u64,
    /// `q0` to `q31`.
    pub q: [u128; 32],
    /// `FPCR`.
    pub fpcr: u64,
    /// `FPSR`.
    pub fpsr: u64,
    /// Condition flags.
    pub nzcv: u64,
}

impl General {
    /// All zero.
    pub const ZERO: Self = Self {
        x: [0; 31],
        caller_stack: 0,
        q: [0; 32],
        fpcr: 0,
        fpsr: 0,
        nzcv: 0,
    };

    /// What `side` puts there: a different value in each register.
    #[must_use]
    pub fn of(side: Side) -> Self {
        let base: u64 = match side {
            Side::Plant => 0x5EC2_E700_5EC2_E700,
            Side::Look => 0x71A0_C300_71A0_C300,
        };
        let number = |index: usize| base + index as u64;
        let (fpcr, fpsr, nzcv) = match side {
            // Rounding up, flush to zero, default NaN; saturated, invalid operation, Z and V.
            Side::Plant => (0x0340_0000, 0x0800_0081, 0x5000_0000),
            // Rounding down; overflow, N and C.
            Side::Look => (0x0080_0000, 0x0000_0004, 0xA000_0000),
        };
        Self {
            x: core::array::from_fn(number),
            caller_stack: 0,
            q: core::array::from_fn(|index| {
                u128::from(number(64 + index)) << 64 | u128::from(number(128 + index))
            }),
            fpcr,
            fpsr,
            nzcv,
        }
    }

    /// Each register's name and value.
    pub fn values(&self) -> impl Iterator<Item = (Name, u128)> {
        let x = self.x.iter().enumerate();
        let q = self.q.iter().enumerate();
        let numbered = |kind, number| Name {
            kind,
            number: Some(number),
        };
        let status = [
            ("FPCR", self.fpcr),
            ("FPSR", self.fpsr),
            ("NZCV", self.nzcv),
        ];
        x.map(move |(number, value)| (numbered("x", number), u128::from(*value)))
            .chain(q.map(move |(number, value)| (numbered("q", number), *value)))
            .chain(status.map(|(name, value)| (Name::of(name), u128::from(value))))
    }
}

/// A register's name: `x7`, `q31`, `FPCR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    kind: &'static str,
    number: Option<usize>,
}

impl Name {
    /// The name of a register that has no number.
    #[must_use]
    pub const fn of(name: &'static str) -> Self {
        Self {
            kind: name,
            number: None,
        }
    }

    /// The number of a general register.
    #[must_use]
    pub fn general(self) -> Option<usize> {
        self.number.filter(|_| self.kind == "x")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.kind)?;
        match self.number {
            Some(number) => write!(formatter, "{number}"),
            None => Ok(()),
        }
    }
}
