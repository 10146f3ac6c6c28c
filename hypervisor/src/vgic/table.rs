//! Registers as rows of a table, and the one loop that finds and accesses them.

use super::banks::{Bank, Model, Vgic, bits_of};
use super::block::{BLOCK, Block};
use super::effect::{Change, Effect, Physical, VcpuSet};
use super::{Frame, redistributor};

/// A run of registers of one kind.
pub struct Row<G> {
    /// Offset of the first one.
    pub first: u32,
    /// How many there are, one after the other.
    pub count: u32,
    /// Bytes of each: 4 or 8.
    pub bytes: u32,
    /// Sizes of access that they allow, in bytes, added.
    pub widths: u32,
    /// What they hold.
    pub register: Register<G>,
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
    /// A bit an interrupt.
    Bits {
        /// Its value.
        read: fn(&Block) -> u32,
        /// What a write does, and what of it concerns physical interrupts.
        write: fn(&mut Block, u32) -> Option<(Change, u32)>,
        /// List registers may know it better.
        live: bool,
    },
    /// Several bits an interrupt.
    Fields {
        /// How many.
        bits: u32,
        /// The value for one.
        read: fn(&Block, usize) -> u32,
        /// What a write does to one.
        write: fn(&mut Block, usize, u32) -> Option<(Change, u32)>,
    },
}

/// What a read gives, and asks of the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Read {
    /// The value.
    pub value: u64,
    /// vCPUs that hold what was asked for in their list registers: the value is as they were last
    /// folded, and once they are folded again, reading again tells.
    pub attention: VcpuSet,
}

/// A register, and the part of it that is accessed.
struct Found<'a, G> {
    row: &'a Row<G>,
    index: usize,
    shift: u32,
    mask: u64,
}

/// A table, in parts; the first row that fits counts.
pub type Table<G> = &'static [&'static [Row<G>]];

fn find<G>(table: Table<G>, offset: u32, width: u32) -> Option<Found<'static, G>> {
    let row = table
        .iter()
        .flat_map(|rows| rows.iter())
        .find(|row| offset.wrapping_sub(row.first) < row.count * row.bytes)?;
    let within = offset.wrapping_sub(row.first);
    let allowed = width.is_power_of_two() && row.widths & width != 0;
    if !allowed || !offset.is_multiple_of(width) {
        return None;
    }
    Some(Found {
        row,
        index: (within / row.bytes) as usize,
        shift: within % row.bytes * 8,
        mask: if width >= 8 {
            u64::MAX
        } else {
            (1 << (width * 8)) - 1
        },
    })
}

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// The guest reads `width` bytes at `offset` of a frame. `by` is the vCPU that does it.
    pub fn read(&self, frame: Frame, by: usize, offset: u64, width: u32) -> Read {
        let Some((table, vcpu, offset)) = self.table(frame, by, offset) else {
            return Read::default();
        };
        let Some(found) = find(table, offset, width) else {
            return Read::default();
        };
        let at = At {
            vcpu,
            index: found.index,
        };
        Read {
            value: self.value(found.row, frame, at) >> found.shift & found.mask,
            attention: self.live(found.row, frame, at).without(by),
        }
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
        let Some((table, vcpu, offset)) = self.table(frame, by, offset) else {
            return Effect::NONE;
        };
        let Some(found) = find(table, offset, width) else {
            return Effect::NONE;
        };
        let at = At {
            vcpu,
            index: found.index,
        };
        let part = (value & found.mask) << found.shift;
        let written = found.mask << found.shift;
        match &found.row.register {
            Register::Own {
                write, commands, ..
            } => {
                let rest = if *commands {
                    0
                } else {
                    self.value(found.row, frame, at) & !written
                };
                write(self, at, part | rest)
            }
            Register::Bits { write, .. } => {
                let Some((bank, _)) = self.bank(frame, at, 1) else {
                    return Effect::NONE;
                };
                self.write_bits(bank, low(part), *write)
            }
            Register::Fields { bits, write, .. } => {
                let Some((bank, first)) = self.bank(frame, at, *bits) else {
                    return Effect::NONE;
                };
                self.write_fields(bank, first, *bits, [part, written], *write)
            }
        }
    }

    /// The table for an access, the vCPU whose registers it is about, and the offset in that frame.
    fn table(&self, frame: Frame, by: usize, offset: u64) -> Option<(Table<Self>, usize, u32)> {
        if by >= self.vcpu_count {
            return None;
        }
        match (frame, self.model) {
            (Frame::Distributor, Model::V3) => {
                Some((Self::DISTRIBUTOR_V3, by, u32::try_from(offset).ok()?))
            }
            (Frame::Distributor, Model::V2) => {
                Some((Self::DISTRIBUTOR_V2, by, u32::try_from(offset).ok()?))
            }
            (Frame::Redistributors, Model::V3) => {
                let vcpu = usize::try_from(offset / redistributor::BYTES).ok()?;
                let within = u32::try_from(offset % redistributor::BYTES).ok()?;
                (vcpu < self.vcpu_count).then_some((Self::REDISTRIBUTOR, vcpu, within))
            }
            (Frame::Redistributors, Model::V2) => None,
        }
    }

    /// The bank of the interrupts in register `at`, with `bits` each, and the first one's place.
    fn bank(&self, frame: Frame, at: At, bits: u32) -> Option<(Bank, usize)> {
        let first = at.index * BLOCK / bits as usize;
        let bank = match (frame, first / BLOCK) {
            (Frame::Redistributors, _) => Bank::Private(at.vcpu),
            (Frame::Distributor, 0) => match self.model {
                // With affinity routing these are the redistributors' (IHI 0069, 12.9).
                Model::V3 => return None,
                Model::V2 => Bank::Private(at.vcpu),
            },
            (Frame::Distributor, block) => Bank::Shared(block - 1),
        };
        Some((bank, first % BLOCK))
    }

    fn value(&self, row: &Row<Self>, frame: Frame, at: At) -> u64 {
        let block = |bits| {
            let (bank, first) = self.bank(frame, at, bits)?;
            Some((self.block(bank)?, first))
        };
        match &row.register {
            Register::Own { read, .. } => read(self, at),
            Register::Bits { read, .. } => block(1).map_or(0, |(block, _)| read(block).into()),
            Register::Fields { bits, read, .. } => block(*bits).map_or(0, |(block, first)| {
                (0..32 / bits).fold(0, |value, field| {
                    let index = first + field as usize;
                    value | u64::from(read(block, index)) << (field * bits)
                })
            }),
        }
    }

    /// Who has the interrupts of a register in list registers, if those know them better.
    fn live(&self, row: &Row<Self>, frame: Frame, at: At) -> VcpuSet {
        let Register::Bits { live: true, .. } = row.register else {
            return VcpuSet::NONE;
        };
        let Some((bank, _)) = self.bank(frame, at, 1) else {
            return VcpuSet::NONE;
        };
        let loaded = self.block(bank).map_or(0, |block| block.loaded);
        self.attention(bank, loaded)
    }

    pub(super) fn write_bits(
        &mut self,
        bank: Bank,
        bits: u32,
        write: fn(&mut Block, u32) -> Option<(Change, u32)>,
    ) -> Effect {
        let Some(block) = self.block_mut(bank) else {
            return Effect::NONE;
        };
        let group1 = block.group1;
        let change = write(block, bits);
        // A group's register changes those whose bit is zero, too.
        let touched = bits | (group1 ^ block.group1);
        self.effect(bank, touched, change)
    }

    fn write_fields(
        &mut self,
        bank: Bank,
        first: usize,
        bits: u32,
        [value, written]: [u64; 2],
        write: fn(&mut Block, usize, u32) -> Option<(Change, u32)>,
    ) -> Effect {
        let Some(block) = self.block_mut(bank) else {
            return Effect::NONE;
        };
        let mut touched = 0;
        let mut concerned = None;
        for field in 0..32 / bits {
            let index = first + field as usize;
            let mask = (1_u64 << bits) - 1;
            if written >> (field * bits) & mask != mask {
                continue;
            }
            touched |= 1_u32 << (index % BLOCK);
            let field = low(value >> (field * bits) & mask);
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
        Effect {
            attention: self.attention(bank, bits),
            physical: change
                .filter(|(_, bits)| *bits != 0)
                .map(|(change, bits)| Physical {
                    change,
                    first,
                    bits,
                    vcpu,
                }),
        }
    }
}

impl Physical {
    /// The guest's interrupts that are meant.
    pub fn interrupts(self) -> impl Iterator<Item = u32> {
        bits_of(self.bits).map(move |index| self.first.wrapping_add(low(index as u64)))
    }
}

/// The lower word.
#[allow(clippy::cast_possible_truncation, reason = "that is what it is for")]
pub const fn low(value: u64) -> u32 {
    value as u32
}

/// A write that changes nothing.
pub const fn ignore<G>(_: &mut G, _: At, _: u64) -> Effect {
    Effect::NONE
}

impl<G> Row<G> {
    /// Registers that read as `read` says and ignore writes.
    pub const fn constant(first: u32, count: u32, read: fn(&G, At) -> u64) -> Self {
        Self::own(first, count, read, ignore)
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
            count,
            bytes: 4,
            widths: 4,
            register: Register::Own {
                read,
                write,
                commands: false,
            },
        }
    }

    /// Registers with a bit an interrupt.
    pub const fn bits(
        first: u32,
        count: u32,
        read: fn(&Block) -> u32,
        write: fn(&mut Block, u32) -> Option<(Change, u32)>,
    ) -> Self {
        Self {
            first,
            count,
            bytes: 4,
            widths: 4,
            register: Register::Bits {
                read,
                write,
                live: false,
            },
        }
    }

    /// Registers with several bits an interrupt.
    pub const fn fields(
        first: u32,
        count: u32,
        bits: u32,
        read: fn(&Block, usize) -> u32,
        write: fn(&mut Block, usize, u32) -> Option<(Change, u32)>,
    ) -> Self {
        Self {
            first,
            count,
            bytes: 4,
            widths: 4,
            register: Register::Fields { bits, read, write },
        }
    }

    /// These registers, what list registers know better included.
    pub const fn live(mut self) -> Self {
        if let Register::Bits { live, .. } = &mut self.register {
            *live = true;
        }
        self
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
        self.bytes = 8;
        self.widths = 8 | 4;
        self
    }
}

/// The rows that both architectures' distributors and redistributors share, `count` words of bits
/// from `base`.
#[must_use]
pub const fn state_rows<G>(base: u32, count: u32) -> [Row<G>; 9] {
    [
        Row::bits(base + 0x100, count, |b| b.enabled, Block::enable),
        Row::bits(base + 0x180, count, |b| b.enabled, Block::disable),
        Row::bits(base + 0x200, count, Block::pending, Block::set_pending).live(),
        Row::bits(base + 0x280, count, Block::pending, Block::clear_pending).live(),
        Row::bits(base + 0x300, count, |b| b.active, Block::activate).live(),
        Row::bits(base + 0x380, count, |b| b.active, Block::deactivate).live(),
        Row::bits(base + 0x080, count, |b| b.group1, Block::set_group1),
        Row::fields(
            base + 0x400,
            count * 8,
            8,
            |b, i| b.priority(i).into(),
            |b, i, value| {
                b.set_priority(i, value.to_le_bytes()[0]);
                None
            },
        )
        .also(1),
        Row::fields(
            base + 0xC00,
            count * 2,
            2,
            |b, i| (b.edge >> i & 1) << 1,
            |b, i, value| b.configure(i, value & 2 != 0),
        ),
    ]
}
