//! Register by register: what they hold after reset, which accesses they allow, and what the guest
//! can't change; and that no access whatever does harm.

use proptest::prelude::RngExt as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::super::{
    Effect, Frame, Interrupts, Levels, ListRegister, Model, Read, Request, VcpuSet, Vgic,
};
use super::machine::{Gic, SHARED};

const INTERRUPTS: Interrupts = Interrupts {
    shared: &SHARED,
    links: &[],
};

const V3: Gic = Gic::new(Model::V3, 2, &INTERRUPTS);
const V2: Gic = Gic::new(Model::V2, 2, &INTERRUPTS);

/// Offset, width in bytes, value after reset.
const DISTRIBUTOR_V3: &[(u64, u32, u64)] = &[
    (0x0000, 4, 0x50),
    (0x0004, 4, 0x0248_0002),
    (0x0008, 4, 0x5000_043B),
    (0x000C, 4, 0),
    (0x0040, 4, 0),
    (0x0080, 4, 0),
    (0x0084, 4, 0xFFFF_FFF7),
    (0x0088, 4, 0xFF),
    (0x008C, 4, 0),
    (0x0104, 4, 0),
    (0x0400, 4, 0),
    (0x0420, 4, 0),
    (0x0820, 4, 0),
    (0x0C00, 4, 0),
    (0x0C08, 4, 0),
    (0x0F00, 4, 0),
    (0x0F20, 4, 0),
    (0x6100, 8, 0),
    (0xFFD0, 4, 0x44),
    (0xFFE0, 4, 0x92),
    (0xFFE8, 4, 0x3B),
    (0xFFFC, 4, 0xB1),
];

const REDISTRIBUTORS: &[(u64, u32, u64)] = &[
    (0x0_0000, 4, 0),
    (0x0_0004, 4, 0x5000_043B),
    (0x0_0008, 8, 0),
    (0x2_0008, 8, 1 << 32 | 1 << 8 | 1 << 4),
    (0x2_0008, 4, 1 << 8 | 1 << 4),
    (0x2_000C, 4, 1),
    (0x0_0014, 4, 0),
    (0x0_FFE8, 4, 0x3B),
    (0x1_0080, 4, 0xFFFF_FFFF),
    (0x1_0084, 4, 0),
    (0x1_0100, 4, 0),
    (0x1_0C00, 4, 0xAAAA_AAAA),
    (0x1_0C04, 4, 0),
    (0x1_0C08, 4, 0),
    (0x1_0D00, 4, 0),
    (0x4_0008, 8, 0),
];

const DISTRIBUTOR_V2: &[(u64, u32, u64)] = &[
    (0x000, 4, 0),
    (0x004, 4, 0x22),
    (0x080, 4, 0),
    (0x800, 4, 0x0202_0202),
    (0x81F, 1, 0x02),
    (0x820, 4, 0),
    (0xC00, 4, 0xAAAA_AAAA),
    (0xF20, 4, 0),
    (0xFE8, 4, 0x2B),
    (0xFFC, 4, 0xB1),
    (0x1000, 4, 0),
];

/// `GICD_ISPENDR0` and `GICD_ICPENDR0` are for private peripherals alone (IHI 0048, 4.3.7, 4.3.8); an SGI
/// is set and cleared by who sent it.
#[test]
fn gicv2_s_first_pending_registers_leave_sgis_alone() {
    const SET: u64 = 0x200;
    const CLEAR: u64 = 0x280;
    let mut gic = V2;
    let read = |gic: &Gic, offset| gic.read(Frame::Distributor, 0, offset, 4).value;
    // SGI 3, from vCPU 1.
    let _ = gic.write(Frame::Distributor, 0, 0xF23, 1, 0b10);
    let _ = gic.write(Frame::Distributor, 0, SET, 4, 0xFFFF_FFFF);
    assert_eq!([SET, CLEAR].map(|at| read(&gic, at)), [0xFFFF_0008; 2]);
    let _ = gic.write(Frame::Distributor, 0, CLEAR, 4, 0xFFFE_FFFF);
    assert_eq!([SET, CLEAR].map(|at| read(&gic, at)), [0x0001_0008; 2]);
    let _ = gic.write(Frame::Distributor, 0, CLEAR, 4, 0xFFFF_FFFF);
    assert_eq!([SET, CLEAR].map(|at| read(&gic, at)), [0x0000_0008; 2]);
    // The other vCPU has its own, and the shared ones' next register is for them.
    assert_eq!(gic.read(Frame::Distributor, 1, SET, 4).value, 0);
    assert_eq!(read(&gic, CLEAR + 4), 0);
    let _ = gic.write(Frame::Distributor, 0, 0xF13, 1, 0b10);
    assert_eq!(read(&gic, SET), 0);
}

#[test]
fn after_reset_registers_read_as_the_architecture_says() {
    let tables = [
        (V3, Frame::Distributor, DISTRIBUTOR_V3),
        (V3, Frame::Redistributors, REDISTRIBUTORS),
        (V2, Frame::Distributor, DISTRIBUTOR_V2),
    ];
    for (gic, frame, table) in tables {
        for (offset, width, value) in table {
            let read = gic.read(frame, 1, *offset, *width).value;
            assert_eq!(read, *value, "{frame:?} {offset:#x}");
        }
    }
}

fn write(gic: &mut Gic, offset: u64, width: u32, value: u64) {
    let _ = gic.write(Frame::Distributor, 0, offset, width, value);
}

fn read(gic: &Gic, offset: u64, width: u32) -> u64 {
    gic.read(Frame::Distributor, 0, offset, width).value
}

#[test]
fn priorities_are_bytes_of_five_bits() {
    let mut gic = V3;
    write(&mut gic, 0x424, 4, 0xFFFF_FFFF);
    assert_eq!(read(&gic, 0x424, 4), 0xF8F8_F8F8);
    write(&mut gic, 0x425, 1, 0x47);
    assert_eq!(read(&gic, 0x424, 4), 0xF8F8_40F8);
    assert_eq!(read(&gic, 0x425, 1), 0x40);
    write(&mut gic, 0x420, 4, 0xFFFF_FFFF);
    assert_eq!(read(&gic, 0x420, 4), 0x00F8_F8F8, "35 doesn't exist");
}

#[test]
fn accesses_of_another_width_or_alignment_are_nothing() {
    let mut gic = V3;
    let refused = [
        (0x424, 2),
        (0x424, 8),
        (0x104, 1),
        (0x104, 8),
        (0x105, 4),
        (0x6108, 1),
        (0x6106, 4),
    ];
    for (offset, width) in refused {
        write(&mut gic, offset, width, u64::MAX);
        assert_eq!(read(&gic, offset, width), 0, "{offset:#x} by {width}");
    }
    assert_eq!(read(&gic, 0x104, 4), 0);
    assert_eq!(read(&gic, 0x424, 4), 0);
}

#[test]
fn routes_are_written_whole_or_by_halves() {
    let mut gic = V3;
    write(&mut gic, 0x6108, 8, 0xFF_8055_4433);
    assert_eq!(read(&gic, 0x6108, 8), 0x55_4433, "no 1-of-N, no Aff3");
    write(&mut gic, 0x6108, 4, 0x0066_7788);
    write(&mut gic, 0x610C, 4, 0xFF);
    assert_eq!(read(&gic, 0x6108, 8), 0x66_7788);
    assert_eq!(read(&gic, 0x6108, 4), 0x66_7788);
    write(&mut gic, 0x6118, 8, 1);
    assert_eq!(read(&gic, 0x6118, 8), 0, "35 doesn't exist");
}

#[test]
fn control_keeps_two_bits() {
    let mut gic = V3;
    write(&mut gic, 0, 4, u64::MAX);
    assert_eq!(read(&gic, 0, 4), 0x53);
    let mut gic = V2;
    write(&mut gic, 0, 4, u64::MAX);
    assert_eq!(read(&gic, 0, 4), 3);
}

#[test]
fn configuration_has_one_bit_of_two_and_sgis_are_fixed() {
    let mut gic = V3;
    write(&mut gic, 0xC08, 4, 0xFFFF_FFFF);
    assert_eq!(read(&gic, 0xC08, 4), 0xAAAA_AA2A, "35 doesn't exist");
    let _ = gic.write(Frame::Redistributors, 0, 0x1_0C00, 4, 0);
    let sgis = gic.read(Frame::Redistributors, 0, 0x1_0C00, 4);
    assert_eq!(sgis.value, 0xAAAA_AAAA);
}

#[test]
fn a_vcpu_reaches_the_others_redistributors_but_none_beyond() {
    let mut gic = V3;
    let _ = gic.write(Frame::Redistributors, 0, 0x3_0100, 4, 0xFF);
    assert_eq!(gic.read(Frame::Redistributors, 1, 0x3_0100, 4).value, 0xFF);
    assert_eq!(gic.read(Frame::Redistributors, 1, 0x1_0100, 4).value, 0);
    let _ = gic.write(Frame::Redistributors, 0, 0x5_0100, 4, 0xFF);
    assert_eq!(gic.read(Frame::Redistributors, 0, 0x5_0100, 4).value, 0);
    assert_eq!(gic.read(Frame::Redistributors, 0, u64::MAX - 3, 4).value, 0);
}

#[test]
fn targets_are_a_byte_and_name_existing_vcpus() {
    let mut gic = V2;
    write(&mut gic, 0x824, 4, 0xFF02_0103);
    assert_eq!(read(&gic, 0x824, 4), 0x0302_0103);
    write(&mut gic, 0x825, 1, 2);
    assert_eq!(read(&gic, 0x824, 4), 0x0302_0203);
    write(&mut gic, 0x800, 4, 0xFFFF_FFFF);
    assert_eq!(read(&gic, 0x800, 4), 0x0101_0101);
    write(&mut gic, 0x820, 4, 0x0101_0101);
    assert_eq!(
        read(&gic, 0x820, 4),
        0x0001_0101,
        "there is no interrupt 35"
    );
    let mut lone = Gic::new(Model::V2, 1, &INTERRUPTS);
    write(&mut lone, 0x824, 4, 0x0101_0101);
    assert_eq!(read(&lone, 0x824, 4), 0);
}

/// Interrupt by interrupt, in each register as in that of its own.
#[test]
fn priorities_and_triggers_are_where_they_were_written() {
    let mut gic = V2;
    let block = |id: u64| SHARED[usize::try_from(id / 32 - 1).unwrap()];
    let exists = |id: u64| id < 32 || block(id) >> (id % 32) & 1 != 0;
    let priority = |id: u64| if exists(id) { id % 32 * 8 } else { 0 };
    let is_edge = |id: u64| id < 16 || id % 3 == 1 && exists(id);
    for id in 0..96 {
        write(&mut gic, 0x400 + id, 1, 0xFF);
        write(&mut gic, 0x400 + id, 1, id % 32 * 8);
    }
    for id in (0..96).step_by(16) {
        let fields = (0..16).map(|at| if is_edge(id + at) { 2 << (2 * at) } else { 0 });
        write(&mut gic, 0xC00 + id / 4, 4, 0xFFFF_FFFF);
        write(&mut gic, 0xC00 + id / 4, 4, fields.sum());
    }
    for id in (0..96).step_by(4) {
        let fields = (0..4).map(|at| priority(id + at) << (8 * at));
        assert_eq!(read(&gic, 0x400 + id, 4), fields.sum::<u64>(), "{id}");
    }
    for id in (0..96).step_by(16) {
        let fields = (0..16).map(|at| {
            if is_edge(id + at) {
                2_u64 << (2 * at)
            } else {
                0
            }
        });
        assert_eq!(read(&gic, 0xC00 + id / 4, 4), fields.sum::<u64>(), "{id}");
    }
}

#[test]
fn a_partition_s_controller_is_small() {
    assert!(
        size_of::<Vgic<1, 1>>() <= 432,
        "{}",
        size_of::<Vgic<1, 1>>()
    );
    assert!(
        size_of::<Vgic<2, 2>>() <= 864,
        "{}",
        size_of::<Vgic<2, 2>>()
    );
    assert!(
        size_of::<Vgic<8, 7>>() <= 3424,
        "{}",
        size_of::<Vgic<8, 7>>()
    );
}

/// Whatever a guest does to registers that exist and others, in any order, with list registers of
/// any content: nothing panics, and only interrupts that exist get into list registers.
#[test]
#[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
fn millions_of_accesses_do_no_harm() {
    let mut random = TestRng::deterministic_rng(RngAlgorithm::XorShift);
    let mut next = || random.random::<u64>();
    for model in [Model::V3, Model::V2] {
        let mut gic = Gic::new(model, 2, &INTERRUPTS);
        let mut lists = [[ListRegister::EMPTY; 4]; 2];
        for _ in 0..1_000_000 {
            let [choice, offset, value] = [next(), next(), next()];
            let by = (choice >> 8) as usize & 3;
            let width = 1 << (choice >> 10 & 3);
            let frame = [Frame::Distributor, Frame::Redistributors][choice as usize & 1];
            let offset = match choice >> 12 & 3 {
                0 => offset,
                1 => offset & 0x7_FFFF,
                2 => offset & 0xFFC,
                _ => offset & 0x3_0FFC,
            };
            match choice >> 16 & 15 {
                0 => {
                    let _ = gic.send(by, Request::Group1, value);
                }
                1 => {
                    let _ = gic.set_line(by, offset as u32, value & 1 != 0);
                }
                2 => {
                    let _ = gic.pulse(by, offset as u32 & 0x7F);
                }
                3 => {
                    let _ = gic.end_unlisted(by);
                    let _ = gic.deactivate(by, value as u32);
                }
                4 | 5 => {
                    if let Some(list) = lists.get_mut(by) {
                        if value & 7 == 0 {
                            list[0] = ListRegister::from_v3(offset);
                        }
                        let _ = gic.collect(by, list);
                        let _ = gic.fill(by, list);
                        check(list);
                    }
                }
                6..10 => {
                    let _ = gic.read(frame, by, offset, width);
                }
                _ => {
                    let Effect { physical, .. } = gic.write(frame, by, offset, width, value);
                    assert_eq!(physical, None);
                }
            }
        }
    }
}

/// Where a register's row says all about it, the short way reads and writes what the long one does,
/// and the long one asks for nothing then; where it doesn't, the short way changes nothing.
#[test]
#[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
fn the_short_way_does_what_the_long_one_does() {
    let mut random = TestRng::deterministic_rng(RngAlgorithm::XorShift);
    let mut next = || random.random::<u64>();
    let mut short = 0;
    for model in [Model::V3, Model::V2] {
        let mut gic = Gic::new(model, 2, &INTERRUPTS);
        let _ = gic.write(Frame::Distributor, 0, 0, 4, 3);
        let mut list = [ListRegister::EMPTY; 2];
        for _ in 0..20_000 {
            let [choice, offset, value] = [next(), next(), next()];
            let by = (choice >> 8) as usize & 1;
            let frame = [Frame::Distributor, Frame::Redistributors][choice as usize & 1];
            let offset = match choice >> 12 & 3 {
                0 => offset & 0x7_FFFC,
                1 => offset & 0x3_0FFC,
                _ => (offset & 7) << 7 | offset >> 32 & 0xC | (choice & 1) << 16,
            };
            match choice >> 16 & 15 {
                0 => {
                    let _ = gic.pulse(0, offset as u32 & 0x7F);
                }
                1..4 => {
                    let _ = gic.collect(0, &mut list);
                    if choice >> 20 & 1 != 0 {
                        let _ = gic.fill(0, &mut list);
                    }
                }
                4..8 => {
                    let plain = gic.plain(frame, by, offset);
                    if let Some(plain) = plain.and_then(|plain| plain.read(|| false)) {
                        let read = gic.read(frame, by, offset, 4);
                        let known = Read {
                            value: plain.into(),
                            attention: VcpuSet::NONE,
                            levels: Levels {
                                bits: 0,
                                ..read.levels
                            },
                        };
                        assert_eq!(read, known, "{frame:?} {offset:#x}");
                        short += 1;
                    }
                }
                _ => {
                    let mut other = gic.clone();
                    let plain = other.plain(frame, by, offset);
                    let written = plain.is_some_and(|plain| plain.write(value as u32));
                    if written {
                        let effect = gic.write(frame, by, offset, 4, value);
                        assert_eq!(effect, Effect::NONE, "{frame:?} {offset:#x}");
                        short += 1;
                    }
                    assert_eq!(format!("{gic:?}"), format!("{other:?}"), "{offset:#x}");
                    if !written {
                        let _ = gic.write(frame, by, offset, 4, value);
                    }
                }
            }
        }
    }
    assert!(short > 1_000, "only {short} went the short way");
}

fn check(list: &[ListRegister]) {
    for register in list.iter().filter(|lr| **lr != ListRegister::EMPTY) {
        let exists = match register.intid {
            0..32 => true,
            id @ 32..96 => SHARED[id as usize / 32 - 1] >> (id % 32) & 1 != 0,
            _ => false,
        };
        assert!(
            exists && (register.pending || register.active),
            "{register:?}"
        );
    }
}
