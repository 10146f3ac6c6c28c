//! Short stories: physical interrupts behind the guest's, SGIs, levels, routes, and changes by one
//! vCPU of what another has in its list registers.

use super::super::{Change, Effect, Frame, Maintenance, Model, Request, VcpuSet};
use super::machine::{Gic, INTERRUPTS, Machine};

const D: Frame = Frame::Distributor;
const R: Frame = Frame::Redistributors;

/// Everything enabled, SPIs to vCPU 0.
fn machine(model: Model) -> Machine {
    let mut machine = Machine::new(model, 4, &INTERRUPTS);
    on(&mut machine, D, 0, 0, 3);
    for offset in [0x100, 0x104, 0x108] {
        on(&mut machine, D, 0, offset, 0xFFFF_FFFF);
        on(&mut machine, D, 1, offset, 0xFFFF_FFFF);
    }
    if model == Model::V3 {
        on(&mut machine, R, 0, 0x1_0100, 0xFFFF_FFFF);
        on(&mut machine, R, 1, 0x3_0100, 0xFFFF_FFFF);
    } else {
        for word in 8..24 {
            on(&mut machine, D, 0, 0x800 + 4 * word, 0x0101_0101);
        }
    }
    machine
}

/// A 32-bit write of a vCPU.
fn on(machine: &mut Machine, frame: Frame, by: usize, offset: u64, value: u64) {
    machine.exit(by, false, |gic| gic.write(frame, by, offset, 4, value));
}

fn pulse(machine: &mut Machine, vcpu: usize, id: u32) {
    machine.exit(vcpu, false, |gic| Effect::only(gic.pulse(vcpu, id)));
}

fn send(machine: &mut Machine, by: usize, request: Request, value: u64) {
    machine.exit(by, false, |gic| Effect::only(gic.send(by, request, value)));
}

#[test]
fn a_physical_interrupt_is_ended_by_the_guest_s_list_register() {
    let mut machine = machine(Model::V3);
    assert_eq!(machine.gic.guest(72), Some(40));
    pulse(&mut machine, 0, 40);
    let register = machine.interfaces[0].list()[0];
    assert_eq!((register.intid, register.physical), (40, Some(72)));
    assert!(!register.notify_end);
    assert_eq!(machine.acknowledge(0), Some(40));
    assert_eq!(machine.end(0), Some(40));
    assert_eq!(machine.ended, [72]);
    assert_eq!(
        machine.acknowledge(0),
        None,
        "its level is the physical one's"
    );
    assert_eq!(machine.physical, []);
}

#[test]
fn what_the_guest_does_to_a_linked_interrupt_reaches_the_physical_one() {
    let mut machine = machine(Model::V3);
    let last = |machine: &Machine| {
        let physical = machine.physical.last().expect("something is asked for");
        (physical.change, physical.interrupts().collect::<Vec<_>>())
    };
    // Dropped before it was taken: nobody else would end it.
    pulse(&mut machine, 0, 40);
    on(&mut machine, D, 0, 0x284, 1 << 8);
    assert_eq!(last(&machine), (Change::Deactivate, vec![40]));
    assert_eq!(machine.acknowledge(0), None);
    pulse(&mut machine, 0, 40);
    assert_eq!(machine.acknowledge(0), Some(40));
    // Deactivated by the distributor.
    on(&mut machine, D, 0, 0x384, 1 << 8);
    assert_eq!(last(&machine), (Change::Deactivate, vec![40]));
    on(&mut machine, D, 0, 0x304, 1 << 8);
    assert_eq!(last(&machine), (Change::SetActive, vec![40]));
    on(&mut machine, D, 0, 0xC08, 0xFFFF_FFFF);
    assert_eq!(last(&machine), (Change::Configure, vec![40]));
    assert!(machine.gic.is_edge(0, 40));
    // Others are nobody's business.
    let count = machine.physical.len();
    on(&mut machine, D, 0, 0x204, !(1 << 8));
    on(&mut machine, D, 0, 0x284, !(1 << 8));
    assert_eq!(machine.physical.len(), count);
}

/// A level that stays high while its interrupt is in hand is pending, too; only what is behind a linked
/// one knows. Not of an edge, nor of one that isn't active.
#[test]
fn a_read_of_what_is_pending_asks_for_the_levels_of_linked_active_interrupts() {
    for model in [Model::V3, Model::V2] {
        let mut machine = machine(model);
        let levels = |machine: &Machine, offset| machine.gic.read(D, 0, offset, 4).levels;
        on(&mut machine, D, 0, 0x304, 1 << (40 - 32) | 1 << (41 - 32));
        for offset in [0x204, 0x284] {
            let asked = levels(&machine, offset);
            assert_eq!((asked.first, asked.bits), (32, 1 << (40 - 32)), "{model:?}");
        }
        for other in [0x104, 0x304, 0x384, 0x208] {
            assert_eq!(levels(&machine, other).bits, 0, "{model:?} {other:#x}");
        }
        let register = machine.gic.plain(D, 0, 0x204);
        assert_eq!(
            register.and_then(|it| it.read(|| false)),
            None,
            "the long way"
        );
        on(&mut machine, D, 0, 0xC08, 2 << 16);
        assert_eq!(levels(&machine, 0x204).bits, 0, "an edge");
        on(&mut machine, D, 0, 0xC08, 0);
        on(&mut machine, D, 0, 0x384, 1 << (40 - 32));
        assert_eq!(levels(&machine, 0x204).bits, 0, "no longer active");
    }
}

#[test]
fn what_software_makes_pending_doesn_t_go_with_a_level() {
    let mut machine = machine(Model::V3);
    // Outside of list registers, as the caller asks before it fills them.
    let _ = machine.gic.pulse(0, 40);
    assert!(machine.gic.is_level_latched(0, 40));
    let _ = machine.gic.write(D, 0, 0x204, 4, 1 << 8);
    assert!(!machine.gic.is_level_latched(0, 40));
    machine.attend(0);
    assert_eq!(machine.acknowledge(0), Some(40), "once for both");
    assert_eq!(machine.end(0), Some(40));
    machine.attend(0);
    let _ = machine.gic.pulse(0, 40);
    assert!(machine.gic.is_level_latched(0, 40), "it was taken");
    let _ = machine.gic.write(D, 0, 0x204, 4, 1 << 8);
    let _ = machine.gic.write(D, 0, 0x284, 4, 1 << 8);
    let _ = machine.gic.pulse(0, 40);
    assert!(machine.gic.is_level_latched(0, 40), "it was cleared");
}

#[test]
fn the_end_of_a_linked_interrupt_is_told_if_it_is_pending_again() {
    let mut machine = machine(Model::V2);
    pulse(&mut machine, 0, 40);
    assert_eq!(machine.acknowledge(0), Some(40));
    on(&mut machine, D, 0, 0x204, 1 << 8);
    assert_eq!(machine.physical, [], "the physical one isn't asked");
    let register = machine.interfaces[0].list()[0];
    assert_eq!((register.physical, register.notify_end), (Some(72), true));
    assert_eq!(
        register.to_v3() >> 61 & 1,
        0,
        "the end isn't the hardware's"
    );
    assert_eq!(machine.acknowledge(0), None, "it is in hand");
    assert_eq!(machine.end(0), Some(40));
    assert_eq!(machine.ended, [72]);
    assert_eq!(machine.acknowledge(0), Some(40));
    assert_eq!(machine.end(0), Some(40));
    assert_eq!(machine.acknowledge(0), None);
}

#[test]
fn a_linked_interrupt_without_a_list_register_is_deactivated_at_its_end() {
    let mut machine = Machine::new(Model::V3, 1, &INTERRUPTS);
    on(&mut machine, D, 0, 0, 3);
    on(&mut machine, D, 0, 0x104, 1 << 8 | 1 << 9);
    on(&mut machine, D, 0, 0x428, 0x0000_0080);
    pulse(&mut machine, 0, 40);
    assert_eq!(machine.acknowledge(0), Some(40));
    pulse(&mut machine, 0, 41);
    assert_eq!(machine.acknowledge(0), Some(41), "it preempts");
    assert_eq!(machine.end(0), Some(41));
    pulse(&mut machine, 0, 41);
    assert_eq!(machine.acknowledge(0), Some(41));
    assert!(
        machine.interfaces[0]
            .maintenance
            .contains(Maintenance::ENTRY_NOT_PRESENT)
    );
    assert_eq!(machine.end(0), Some(41));
    assert_eq!(machine.end(0), Some(40));
    machine.attend(0);
    assert_eq!(machine.gic.read(D, 0, 0x304, 4).value, 0);
    assert!(
        machine
            .physical
            .iter()
            .all(|p| p.change == Change::Deactivate)
    );
}

#[test]
fn a_level_comes_again_until_the_device_is_content() {
    let mut machine = machine(Model::V3);
    machine.exit(0, false, |gic| Effect::only(gic.set_line(0, 33, true)));
    for _ in 0..3 {
        assert_eq!(machine.acknowledge(0), Some(33));
        assert_eq!(machine.acknowledge(0), None);
        assert_eq!(machine.end(0), Some(33));
    }
    machine.exit(0, false, |gic| Effect::only(gic.set_line(0, 33, false)));
    assert_eq!(machine.acknowledge(0), None);
}

#[test]
fn sgis_go_to_the_list_or_to_all_others_in_their_group() {
    let mut machine = machine(Model::V3);
    send(&mut machine, 0, Request::Group1, 5 << 24 | 0b11);
    assert_eq!(
        (machine.acknowledge(0), machine.acknowledge(1)),
        (Some(5), Some(5))
    );
    assert_eq!((machine.end(0), machine.end(1)), (Some(5), Some(5)));
    send(&mut machine, 0, Request::Group1, 6 << 24 | 1 << 40 | 0b1);
    assert_eq!(
        (machine.acknowledge(0), machine.acknowledge(1)),
        (None, Some(6))
    );
    machine.end(1);
    for elsewhere in [1 << 16, 1 << 32, 1 << 48, 1 << 44] {
        send(&mut machine, 0, Request::Group1, 7 << 24 | elsewhere | 0b11);
    }
    send(&mut machine, 0, Request::Group0, 7 << 24 | 0b11);
    send(&mut machine, 0, Request::Other, 7 << 24 | 0b11);
    assert_eq!(
        (machine.acknowledge(0), machine.acknowledge(1)),
        (None, None)
    );
    on(&mut machine, R, 0, 0x3_0080, !(1 << 7));
    send(&mut machine, 0, Request::Group1, 7 << 24 | 0b10);
    assert_eq!(machine.acknowledge(1), None);
    send(&mut machine, 0, Request::Group0, 7 << 24 | 0b10);
    assert!(!machine.interfaces[1].list()[0].group1);
    assert_eq!(machine.acknowledge(1), Some(7));
}

#[test]
fn a_new_route_moves_what_waits_and_not_what_is_in_hand() {
    let mut machine = machine(Model::V3);
    pulse(&mut machine, 0, 34);
    on(&mut machine, D, 1, 0x6000 + 8 * 34, 1);
    assert_eq!(
        (machine.acknowledge(0), machine.acknowledge(1)),
        (None, Some(34))
    );
    on(&mut machine, D, 1, 0x6000 + 8 * 34, 0);
    pulse(&mut machine, 0, 34);
    assert_eq!(machine.acknowledge(0), None, "still in hand");
    assert_eq!(machine.end(1), Some(34));
    assert_eq!(machine.acknowledge(0), Some(34));
    on(&mut machine, D, 1, 0x6000 + 8 * 36, 0x0100);
    pulse(&mut machine, 0, 36);
    assert_eq!(machine.acknowledge(1), None, "nobody is at 0.0.1.0");
}

#[test]
fn a_sleeping_redistributor_forwards_nothing_and_loses_nothing() {
    let mut machine = machine(Model::V3);
    on(&mut machine, R, 0, 0x14, 2);
    assert_eq!(machine.gic.read(R, 0, 0x14, 4).value, 6);
    pulse(&mut machine, 0, 34);
    assert_eq!(machine.acknowledge(0), None);
    on(&mut machine, R, 0, 0x14, 0);
    assert_eq!(machine.acknowledge(0), Some(34));
}

/// vCPU 1 is running with an interrupt in its list registers while vCPU 0 changes it.
#[test]
fn a_change_to_what_another_vcpu_holds_counts_once_it_has_folded() {
    let start = || {
        let mut machine = machine(Model::V3);
        on(&mut machine, D, 1, 0xC08, 0xFFFF_FFFF);
        on(&mut machine, D, 1, 0x6000 + 8 * 34, 1);
        pulse(&mut machine, 1, 34);
        machine
    };
    let bit = 1 << 2;
    // Disabled: a write is pending until the other vCPU has given it back.
    let mut gone = start();
    let effect = gone.gic.write(D, 0, 0x184, 4, bit);
    assert_eq!(effect.attention, VcpuSet::of(1));
    assert_eq!(gone.gic.read(D, 0, 0, 4).value >> 31, 1);
    gone.attend(1);
    assert_eq!(gone.gic.read(D, 0, 0, 4).value >> 31, 0);
    assert_eq!(gone.acknowledge(1), None);
    // Pending cleared: taken before, or not at all.
    let mut cleared = start();
    assert_eq!(
        cleared.gic.write(D, 0, 0x284, 4, bit).attention,
        VcpuSet::of(1)
    );
    cleared.attend(1);
    assert_eq!(cleared.acknowledge(1), None);
    // Pending again after it was taken: comes again.
    let mut again = start();
    assert_eq!(again.acknowledge(1), Some(34));
    assert_eq!(
        again.gic.write(D, 0, 0x204, 4, bit).attention,
        VcpuSet::of(1)
    );
    again.attend(1);
    assert_eq!(again.acknowledge(1), None);
    assert_eq!(again.end(1), Some(34));
    assert_eq!(again.acknowledge(1), Some(34));
    // Whether it is active is asked: as last known, and the other is asked to collect.
    let mut asked = start();
    assert_eq!(asked.acknowledge(1), Some(34));
    let read = asked.gic.read(D, 0, 0x304, 4);
    assert_eq!((read.value, read.attention), (0, VcpuSet::of(1)));
    asked.attend(1);
    assert_eq!(asked.gic.read(D, 0, 0x304, 4).value, bit);
}

#[test]
fn in_gicv2_an_sgi_comes_once_from_each_sender() {
    let mut machine = machine(Model::V2);
    for by in [0, 1] {
        on(&mut machine, D, by, 0xF00, 0x0001_0003);
    }
    assert_eq!(machine.gic.read(D, 0, 0xF20, 4).value, 0x0300_0000);
    for sender in [0, 1] {
        assert_eq!(machine.interfaces[0].list()[0].source, sender);
        assert_eq!(machine.acknowledge(0), Some(3));
        assert_eq!(machine.end(0), Some(3));
    }
    assert_eq!(machine.acknowledge(0), None);
    on(&mut machine, D, 0, 0xF00, 1 << 24 | 4);
    assert_eq!(
        (machine.acknowledge(0), machine.acknowledge(1)),
        (None, Some(4))
    );
    machine.end(1);
    on(&mut machine, D, 0, 0xF00, 2 << 24 | 0xFF_0005);
    assert_eq!(
        (machine.acknowledge(0), machine.acknowledge(1)),
        (Some(5), None)
    );
    machine.end(0);
    // Set and cleared by a byte, a sender a bit.
    machine.exit(0, false, |gic| gic.write(D, 0, 0xF26, 1, 0b11));
    assert_eq!(machine.gic.read(D, 0, 0xF24, 4).value, 0x0003_0000);
    machine.exit(0, false, |gic| gic.write(D, 0, 0xF16, 1, 0b01));
    assert_eq!(machine.acknowledge(0), Some(6));
    machine.end(0);
    assert_eq!(machine.acknowledge(0), None);
    on(&mut machine, D, 0, 0x200, 0xFFFF);
    assert_eq!(
        machine.acknowledge(0),
        None,
        "SGIs have their own registers"
    );
}

#[test]
fn in_gicv2_an_spi_goes_to_one_of_its_targets() {
    let mut machine = machine(Model::V2);
    machine.exit(0, false, |gic| gic.write(D, 0, 0x800 + 34, 1, 0b10));
    pulse(&mut machine, 0, 34);
    assert_eq!(
        (machine.acknowledge(0), machine.acknowledge(1)),
        (None, Some(34))
    );
    machine.exit(0, false, |gic| gic.write(D, 0, 0x800 + 36, 1, 0));
    pulse(&mut machine, 0, 36);
    assert_eq!(
        (machine.acknowledge(0), machine.acknowledge(1)),
        (None, None)
    );
}

#[test]
fn without_list_registers_the_best_pending_one_is_told() {
    let mut gic = Gic::new(Model::V2, 1, &INTERRUPTS);
    let _ = gic.write(D, 0, 0, 4, 1);
    let _ = gic.write(D, 0, 0x104, 4, 0xFF);
    let _ = gic.write(D, 0, 0x420, 4, 0x8080_8080);
    let _ = gic.pulse(0, 33);
    assert!(gic.is_pending(0));
    assert_eq!(gic.highest_pending(0, 0x80), None);
    assert_eq!(gic.highest_pending(0, 0x88), Some((33, 0x80)));
}

#[test]
fn an_interrupt_is_ready_for_the_vcpu_to_which_it_goes() {
    let mut gic = machine(Model::V3).gic;
    let register = gic.ready(0, 41).expect("nothing is in the way");
    let seen = (register.intid, register.pending, register.physical);
    assert_eq!(seen, (41, true, None));
    gic.placed(0, 41);
    assert_eq!(gic.ready(0, 41), None, "it is listed");
    assert_eq!(gic.ready(1, 42), None, "it goes to another");
    assert_eq!(gic.pulse(1, 42), VcpuSet::of(0), "who is to look");
    assert_eq!(gic.ready(0, 35), None, "there is no such one");
    let register = gic.ready(1, 27).expect("a private one is its own");
    assert_eq!((register.intid, register.physical), (27, Some(27)));
}
