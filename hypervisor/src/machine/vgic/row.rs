//! Registers as rows of a table: where they are, which accesses they allow, what reads and writes
//! them.

use super::block::{BitRegister, Block};
use super::effect::{Change, Effect};
use paratia_config::each;

/// A table; the first row that fits counts.
pub struct Table<G: 'static> {
    rows: &'static [Row<G>],
    /// Of each granule of offsets, the first row with a register in it, so that a search begins there;
    /// one past the last where nothing is.
    starts: &'static [u8],
}

/// Bytes of offsets that share a start: of a run of registers with a bit an interrupt.
const GRANULE: u32 = 0x80;
/// Granules of a frame of 4 KiB: GICv2's distributor.
pub const SMALL: usize = 0x1000 / GRANULE as usize;
/// Granules of a frame of 64 KiB: GICv3's distributor.
pub const LARGE: usize = 0x1_0000 / GRANULE as usize;
/// Granules of two such frames: a vCPU's redistributor.
pub const DOUBLE: usize = 2 * LARGE;

impl<G> Table<G> {
    /// A table of `rows`, whose [`starts`] are known.
    pub const fn new(rows: &'static [Row<G>], starts: &'static [u8]) -> Self {
        Self { rows, starts }
    }

    #[inline]
    fn rows_at(&self, offset: u64) -> Option<&'static [Row<G>]> {
        let granule = usize::try_from(offset / u64::from(GRANULE)).ok()?;
        self.rows.get(usize::from(*self.starts.get(granule)?)..)
    }

    /// The row of the register at `offset`.
    #[inline]
    pub fn find(&self, offset: u64) -> Option<&'static Row<G>> {
        let rows = self.rows_at(offset)?;
        rows.iter().find(|row| row.holds(offset))
    }

    /// The row of the register at `offset`, if it is the first one of its granule; else nothing, though there may
    /// be one: for ways that can't spare a search.
    #[inline]
    pub fn find_first(&self, offset: u64) -> Option<&'static Row<G>> {
        let row = self.rows_at(offset)?.first()?;
        row.holds(offset).then_some(row)
    }
}

impl<G> core::fmt::Debug for Table<G> {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(out, "{} rows", self.rows.len())
    }
}

/// Where to begin a search in `rows` for each of so many granules.
#[allow(
    clippy::cast_possible_truncation,
    reason = "tables have some ten rows, frames some thousand granules"
)]
pub const fn starts<G, const GRANULES: usize>(rows: &[Row<G>]) -> [u8; GRANULES] {
    let mut all = [rows.len() as u8; GRANULES];
    let mut index = rows.len();
    while index > 0 {
        index -= 1;
        let row = &rows[index];
        let mut granule = row.first / GRANULE;
        while granule * GRANULE < row.first + row.bytes {
            all[granule as usize] = index as u8;
            granule += 1;
        }
    }
    all
}

/// Three parts of a table as one.
///
/// # Panics
/// If `ALL` isn't the number of their rows.
pub const fn join<G, const A: usize, const B: usize, const C: usize, const ALL: usize>(
    first: [Row<G>; A],
    second: [Row<G>; B],
    third: [Row<G>; C],
) -> [Row<G>; ALL] {
    assert!(A + B + C == ALL, "a table has the rows of its parts");
    let mut all = [first[0]; ALL];
    each! { index below ALL => {
        all[index] = if index < A {
            first[index]
        } else if index < A + B {
            second[index - A]
        } else {
            third[index - A - B]
        };
    }}
    all
}

/// A run of registers of one kind, which lie one behind the other.
pub struct Row<G> {
    /// Offset of the first one.
    pub first: u32,
    /// Bytes of all of them, one after the other.
    bytes: u32,
    /// How large each is.
    pub size: Size,
    /// Sizes of access that they allow, in bytes, added.
    pub widths: u32,
    /// What they hold.
    pub register: Register<G>,
}

impl<G> Clone for Row<G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G> Copy for Row<G> {}

/// Bytes of a register.
#[derive(Clone, Copy, Debug)]
pub enum Size {
    /// Four.
    Word,
    /// Eight.
    Double,
}

/// Bits that a register has an interrupt.
#[derive(Clone, Copy, Debug)]
pub enum Bits {
    /// One.
    One,
    /// Two.
    Two,
    /// Eight.
    Eight,
}

impl Size {
    /// The number, which the compiler sees to be no other: so no shift by it can fail.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::Word => 4,
            Self::Double => 8,
        }
    }
}

impl Bits {
    /// The number; see [`Size::bytes`].
    #[must_use]
    pub const fn count(self) -> u32 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Eight => 8,
        }
    }
}

/// Which register of a row is accessed, by whom.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The vCPU whose frame it is, or that accesses the distributor.
    pub vcpu: usize,
    /// The register's place in its row.
    pub index: usize,
}

/// What registers of a row hold.
pub enum Register<G> {
    /// Something of its own. If only a part is written, the rest of `value` is what it reads as, or
    /// zero where `commands` says that a zero does nothing.
    Own {
        /// Its value.
        read: fn(&G, At) -> u64,
        /// What a write does.
        write: fn(&mut G, At, u64) -> Effect,
        /// It doesn't hold what is written: ones do something, zeros don't.
        commands: bool,
    },
    /// Always the same.
    Constant(u32),
    /// A bit an interrupt.
    Bits(BitRegister),
    /// Several bits an interrupt.
    Fields {
        /// How many.
        bits: Bits,
        /// The value for one.
        read: fn(&Block, usize) -> u32,
        /// What a write does to one.
        write: fn(&mut Block, usize, u32) -> Option<(Change, u32)>,
    },
}

impl<G> Clone for Register<G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G> Copy for Register<G> {}

/// A write that changes nothing.
pub const fn ignore<G>(_: &mut G, _: At, _: u64) -> Effect {
    Effect::NONE
}

impl<G> Row<G> {
    /// Whether one of its registers is at `offset`.
    #[inline]
    fn holds(&self, offset: u64) -> bool {
        self.within(offset) < self.bytes.into()
    }

    /// The place of `offset` in the row, if it holds it.
    #[inline]
    pub fn within(&self, offset: u64) -> u64 {
        offset.wrapping_sub(self.first.into())
    }

    /// Registers that read as `read` says and ignore writes.
    pub const fn read_only(first: u32, count: u32, read: fn(&G, At) -> u64) -> Self {
        Self::own(first, count, read, ignore)
    }

    /// A 32-bit register that reads as `value` and ignores writes.
    pub const fn constant(first: u32, value: u32) -> Self {
        Self {
            first,
            bytes: 4,
            size: Size::Word,
            widths: 4,
            register: Register::Constant(value),
        }
    }

    /// 32-bit registers of their own kind.
    pub const fn own(
        first: u32,
        count: u32,
        read: fn(&G, At) -> u64,
        write: fn(&mut G, At, u64) -> Effect,
    ) -> Self {
        Self {
            first,
            bytes: 4 * count,
            size: Size::Word,
            widths: 4,
            register: Register::Own {
                read,
                write,
                commands: false,
            },
        }
    }

    /// Registers with a bit an interrupt.
    pub const fn bits(first: u32, count: u32, register: BitRegister) -> Self {
        Self {
            first,
            bytes: 4 * count,
            size: Size::Word,
            widths: 4,
            register: Register::Bits(register),
        }
    }

    /// Registers with several bits an interrupt.
    pub const fn fields(
        first: u32,
        count: u32,
        bits: Bits,
        read: fn(&Block, usize) -> u32,
        write: fn(&mut Block, usize, u32) -> Option<(Change, u32)>,
    ) -> Self {
        Self {
            first,
            bytes: 4 * count,
            size: Size::Word,
            widths: 4,
            register: Register::Fields { bits, read, write },
        }
    }

    /// These registers, in which ones do something and zeros don't.
    pub const fn commands(mut self) -> Self {
        if let Register::Own { commands, .. } = &mut self.register {
            *commands = true;
        }
        self
    }

    /// These registers with accesses of other sizes: 4 and `widths`.
    pub const fn also(mut self, widths: u32) -> Self {
        self.widths |= widths;
        self
    }

    /// These registers, 64 bits each, which may also be accessed by halves.
    pub const fn double(mut self) -> Self {
        self.size = Size::Double;
        self.bytes *= 2;
        self.widths = 8 | 4;
        self
    }
}

/// The rows that both architectures' distributors and redistributors share, `count` words of bits
/// from `base`.
#[must_use]
pub const fn state_rows<G>(base: u32, count: u32) -> [Row<G>; 9] {
    [
        Row::bits(base + 0x080, count, BitRegister::Group),
        Row::bits(base + 0x100, count, BitRegister::SetEnable),
        Row::bits(base + 0x180, count, BitRegister::ClearEnable),
        Row::bits(base + 0x200, count, BitRegister::SetPending),
        Row::bits(base + 0x280, count, BitRegister::ClearPending),
        Row::bits(base + 0x300, count, BitRegister::SetActive),
        Row::bits(base + 0x380, count, BitRegister::ClearActive),
        Row::fields(
            base + 0x400,
            count * 8,
            Bits::Eight,
            Block::priority_field,
            Block::set_priority_field,
        )
        .also(1),
        Row::fields(
            base + 0xC00,
            count * 2,
            Bits::Two,
            Block::trigger_field,
            Block::set_trigger_field,
        ),
    ]
}

/// The register at this place in an array of bytes, each in a word of its own; zero if it has none.
pub fn byte(bytes: &[u8], at: At) -> u64 {
    bytes.get(at.index).map_or(0, |byte| u64::from(*byte))
}
