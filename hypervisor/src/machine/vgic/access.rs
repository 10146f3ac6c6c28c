//! A guest's access to a register: found in its table, and read or written as its row says.

use super::banks::{Bank, Model, Vgic};
use super::block::{BLOCK, BitRegister, Block, bit};
use super::effect::{Change, Effect, Physical, VcpuSet};
use super::row::{At, Bits, Register, Row, Table};
use super::{Frame, redistributor};
use crate::base::bits::{bits_of, low_bytes};

/// What a read gives, and asks of the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Read {
    /// The value.
    pub value: u64,
    /// vCPUs that hold what was asked for in their list registers, perhaps the reader itself: the
    /// value is as they were last collected, and once they are collected again, reading again tells.
    pub attention: VcpuSet,
    /// Interrupts whose bit is zero, and one if their level is high: they are active, and what is behind
    /// them knows.
    pub levels: Levels,
}

/// Level-sensitive interrupts that are linked and active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// The guest's interrupt that bit 0 of `bits` stands for.
    pub first: u32,
    /// Which of the 32 interrupts from `first`.
    pub bits: u32,
    /// The vCPU whose private interrupts these are, if `first` is 0.
    pub vcpu: usize,
}

/// A register whose row says all about it.
#[must_use]
pub enum Plain<'a> {
    /// It is always the same.
    Constant(u32),
    /// It has a bit for each of these interrupts.
    Bits(BitRegister, &'a mut Block),
}

impl Plain<'_> {
    /// What it reads as, unless list registers may know it better, as `holds` may say, too.
    #[inline]
    #[must_use]
    pub fn read(self, holds: impl FnOnce() -> bool) -> Option<u32> {
        match self {
            Self::Constant(value) => Some(value),
            Self::Bits(register, block) => {
                let is_known = !is_live(register)
                    || block.loaded == 0 && block.active_levels() == 0 && !holds();
                is_known.then(|| block.read(register))
            }
        }
    }

    /// Writes it, if that asks nothing of anybody; whether it was so. Else nothing has changed.
    #[inline]
    #[must_use]
    pub fn write(self, value: u32) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::Bits(register, block) => block.write_quietly(register, value),
        }
    }
}

/// Software-generated interrupts, the first of each vCPU's own.
const SGIS: u32 = 0xFFFF;

/// A table, the vCPU whose registers are meant, and the offset in the table.
type Place<G> = (&'static Table<G>, usize, u64);

/// A register, and the part of it that is accessed.
struct Found<G: 'static> {
    row: &'static Row<G>,
    at: At,
    shift: u32,
    mask: u64,
}

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// The register at `offset` of a frame, if it has an access of `width` bytes there.
    #[inline(never)]
    fn locate(&self, frame: Frame, by: usize, offset: u64, width: u32) -> Option<Found<Self>> {
        let (table, vcpu, offset) = self.table(frame, by, offset)?;
        let row = table.find(offset)?;
        let (within, size) = (low(row.within(offset)), row.size.bytes());
        let index = (within / size) as usize;
        let is_allowed = width.is_power_of_two() && row.widths & width != 0;
        (is_allowed && offset.is_multiple_of(width.into())).then(|| Found {
            row,
            at: At { vcpu, index },
            shift: within % size * 8,
            mask: low_bytes(width),
        })
    }

    /// The guest reads `width` bytes at `offset` of a frame. `by` is the vCPU that does it.
    pub fn read(&self, frame: Frame, by: usize, offset: u64, width: u32) -> Read {
        let found = self.locate(frame, by, offset, width);
        found.map_or_else(Read::default, |found| Read {
            value: self
                .value(found.row, frame, found.at)
                .wrapping_shr(found.shift)
                & found.mask,
            attention: self.live(found.row, frame, found.at),
            levels: self.levels(found.row, frame, found.at),
        })
    }

    /// The guest writes `width` bytes of `value` at `offset` of a frame. `by` is the vCPU that does
    /// it.
    pub fn write(
        &mut self,
        frame: Frame,
        by: usize,
        offset: u64,
        width: u32,
        value: u64,
    ) -> Effect {
        let Some(found) = self.locate(frame, by, offset, width) else {
            return Effect::NONE;
        };
        let (row, at) = (found.row, found.at);
        let part = (value & found.mask).wrapping_shl(found.shift);
        let written = found.mask.wrapping_shl(found.shift);
        match &row.register {
            Register::Own {
                write,
                commands: true,
                ..
            } => write(self, at, part),
            Register::Own { write, .. } => {
                let rest = self.value(row, frame, at) & !written;
                write(self, at, part | rest)
            }
            Register::Constant(_) => Effect::NONE,
            Register::Bits(register) => {
                let bank = self.bank(frame, at, Bits::One);
                bank.map_or(Effect::NONE, |(bank, _)| {
                    self.write_bits(bank, low(part) & self.writable(bank, *register), *register)
                })
            }
            Register::Fields { bits, write, .. } => {
                let bank = self.bank(frame, at, *bits);
                bank.map_or(Effect::NONE, |(bank, first)| {
                    self.write_fields(bank, first, *bits, [part, written], *write)
                })
            }
        }
    }

    /// The whole register at `offset` of a frame, a multiple of 4, if its row says all about it. `by`
    /// is the vCPU that accesses it.
    #[inline]
    pub fn plain(&mut self, frame: Frame, by: usize, offset: u64) -> Option<Plain<'_>> {
        let (table, vcpu, offset) = self.table(frame, by, offset)?;
        let row = table.find_first(offset)?;
        match row.register {
            Register::Constant(value) => Some(Plain::Constant(value)),
            Register::Bits(register) => {
                let index = usize::try_from(row.within(offset) / 4).ok()?;
                let (bank, _) = self.bank(frame, At { vcpu, index }, Bits::One)?;
                Some(Plain::Bits(register, self.block_mut(bank)?))
            }
            Register::Own { .. } | Register::Fields { .. } => None,
        }
    }

    /// The table for an access, the vCPU whose registers it is about, and the offset in that frame.
    fn table(&self, frame: Frame, by: usize, offset: u64) -> Option<Place<Self>> {
        match frame {
            Frame::Distributor => Some((self.distributor, by, offset)),
            Frame::Redistributors => {
                let vcpu = usize::try_from(offset / redistributor::BYTES).ok()?;
                let exists = vcpu < self.vcpu_count() && matches!(self.model(), Model::V3);
                exists.then_some((&Self::REDISTRIBUTOR, vcpu, offset % redistributor::BYTES))
            }
        }
    }

    /// The bank of the interrupts in register `at`, with `bits` each, and the first one's place in its
    /// frame; in its bank that is modulo [`BLOCK`].
    fn bank(&self, frame: Frame, at: At, bits: Bits) -> Option<(Bank, usize)> {
        let first = at.index.wrapping_mul(BLOCK) / bits.count() as usize;
        let bank = match (frame, first / BLOCK) {
            (Frame::Redistributors, _) => Bank::Private(at.vcpu),
            (Frame::Distributor, 0) => match self.model() {
                // With affinity routing these are the redistributors' (IHI 0069, GICD_ISENABLER).
                Model::V3 => return None,
                Model::V2 => Bank::Private(at.vcpu),
            },
            (Frame::Distributor, block) => Bank::Shared(block - 1),
        };
        Some((bank, first))
    }

    fn value(&self, row: &Row<Self>, frame: Frame, at: At) -> u64 {
        let block = |bits| {
            let (bank, first) = self.bank(frame, at, bits)?;
            Some((self.block(bank)?, first))
        };
        match &row.register {
            Register::Own { read, .. } => read(self, at),
            Register::Constant(value) => (*value).into(),
            Register::Bits(register) => {
                block(Bits::One).map_or(0, |(block, _)| block.read(*register).into())
            }
            Register::Fields { bits, read, .. } => block(*bits).map_or(0, |(block, first)| {
                (0..32 / bits.count()).fold(0, |value, field| {
                    let index = first | field as usize;
                    let shift = field.wrapping_mul(bits.count());
                    value | u64::from(read(block, index)).wrapping_shl(shift)
                })
            }),
        }
    }

    /// Who has the interrupts of a register in list registers, if those know them better.
    fn live(&self, row: &Row<Self>, frame: Frame, at: At) -> VcpuSet {
        if !matches!(row.register, Register::Bits(register) if is_live(register)) {
            return VcpuSet::NONE;
        }
        let bank = self.bank(frame, at, Bits::One);
        bank.map_or(VcpuSet::NONE, |(bank, _)| {
            let loaded = self.block(bank).map_or(0, |block| block.loaded);
            self.attention(bank, loaded)
        })
    }

    /// Of the interrupts of a register that says what is pending, those of which physical ones know it
    /// better.
    fn levels(&self, row: &Row<Self>, frame: Frame, at: At) -> Levels {
        let Register::Bits(BitRegister::SetPending | BitRegister::ClearPending) = row.register
        else {
            return Levels::default();
        };
        let Some((bank, _)) = self.bank(frame, at, Bits::One) else {
            return Levels::default();
        };
        Levels {
            first: super::banks::intid(bank, 0),
            bits: self.block(bank).map_or(0, Block::active_levels),
            vcpu: at.vcpu,
        }
    }

    /// The bits of a register that can be written. In GICv2 SGIs are made pending, and no longer, by
    /// registers of their own (IHI 0048, 4.3.7 and 4.3.8).
    fn writable(&self, bank: Bank, register: BitRegister) -> u32 {
        match (self.model(), bank, register) {
            (Model::V2, Bank::Private(_), BitRegister::SetPending | BitRegister::ClearPending) => {
                !SGIS
            }
            _ => u32::MAX,
        }
    }

    pub(super) fn write_bits(&mut self, bank: Bank, bits: u32, register: BitRegister) -> Effect {
        let Some(block) = self.block_mut(bank) else {
            return Effect::NONE;
        };
        let group1 = block.group1;
        let change = block.write(register, bits);
        // A group's register changes those whose bit is zero, too.
        let touched = bits | (group1 ^ block.group1);
        self.effect(bank, touched, change)
    }

    fn write_fields(
        &mut self,
        bank: Bank,
        first: usize,
        bits: Bits,
        [value, written]: [u64; 2],
        write: fn(&mut Block, usize, u32) -> Option<(Change, u32)>,
    ) -> Effect {
        let Some(block) = self.block_mut(bank) else {
            return Effect::NONE;
        };
        let bits = bits.count();
        let mut touched = 0;
        let mut concerned = None;
        for field in 0..32 / bits {
            let index = first | field as usize;
            let mask = (1_u64 << bits) - 1;
            let shift = field.wrapping_mul(bits);
            if written.wrapping_shr(shift) & mask != mask {
                continue;
            }
            touched |= bit(index);
            let field = low(value.wrapping_shr(shift) & mask);
            if let Some((change, bits)) = write(block, index, field) {
                let (_, before) = concerned.unwrap_or((change, 0));
                concerned = Some((change, before | bits));
            }
        }
        self.effect(bank, touched, concerned)
    }

    /// What follows from a change to the interrupts in `bits`.
    pub(super) fn effect(&self, bank: Bank, bits: u32, change: Option<(Change, u32)>) -> Effect {
        let (vcpu, first) = match bank {
            Bank::Private(vcpu) => (vcpu, 0),
            Bank::Shared(_) => (0, super::banks::intid(bank, 0)),
        };
        let physical = change.filter(|(_, bits)| *bits != 0);
        Effect {
            attention: self.attention(bank, bits),
            physical: physical.map(|(change, bits)| Physical {
                change,
                first,
                bits,
                vcpu,
            }),
        }
    }
}

/// Whether list registers may know a register better.
const fn is_live(register: BitRegister) -> bool {
    !matches!(
        register,
        BitRegister::Group | BitRegister::SetEnable | BitRegister::ClearEnable
    )
}

impl Physical {
    /// The guest's interrupts that are meant.
    pub fn interrupts(self) -> impl Iterator<Item = u32> {
        bits_of(self.bits).map(move |index| self.first.wrapping_add(low(index as u64)))
    }
}

/// The lower word.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "that is what it is for")]
pub const fn low(value: u64) -> u32 {
    value as u32
}
