//! What the hypervisor asks of the controller beside its way through: whether there is work, where
//! something goes, what is in the way; and that a reset leaves nothing behind.

use super::super::banks::Bank;
use super::super::effect::MAX_VCPUS;
use super::super::{
    Change, Effect, Frame, Interrupts, Link, ListRegister, Model, Request, VcpuSet,
};
use super::machine::{Gic, INTERRUPTS, Machine, SHARED};

const D: Frame = Frame::Distributor;
const R: Frame = Frame::Redistributors;
/// vCPU 1's private interrupts.
const SECOND: u64 = 0x3_0000;

fn write(gic: &mut Gic, frame: Frame, offset: u64, value: u64) {
    let _ = gic.write(frame, 0, offset, 4, value);
}

/// Both groups on, all that exists enabled, shared ones at vCPU 0.
fn enabled() -> Gic {
    let mut gic = Gic::new(Model::V3, 2, &INTERRUPTS);
    write(&mut gic, D, 0, 3);
    for (frame, offset) in [(D, 0x104), (D, 0x108), (R, 0x1_0100), (R, SECOND + 0x100)] {
        write(&mut gic, frame, offset, 0xFFFF_FFFF);
    }
    gic
}

fn is_active(gic: &Gic, id: u32) -> bool {
    let word = gic.read(D, 0, 0x300 + u64::from(id / 32 * 4), 4).value;
    word >> (id % 32) & 1 != 0
}

#[test]
fn after_a_reset_it_is_as_at_first() {
    for model in [Model::V3, Model::V2] {
        for vcpus in [1, 2] {
            let fresh = Gic::new(model, vcpus, &INTERRUPTS);
            let mut gic = fresh.clone();
            // Every word that there is.
            for (frame, end) in [(D, 0x1000), (D, 0x8000), (R, 0x4_0000)] {
                for offset in (0..end).step_by(4).filter(|offset| *offset != 0x180) {
                    let _ = gic.write(frame, 0, offset, 4, 0x0101_0101);
                }
            }
            let _ = gic.send(0, Request::Group1, 1 << 24 | 1);
            let mut list = [ListRegister::EMPTY; 4];
            for vcpu in 0..vcpus {
                let _ = gic.fill(vcpu, &mut list);
            }
            assert_ne!(format!("{gic:?}"), format!("{fresh:?}"));
            gic.reset();
            assert_eq!(
                format!("{gic:?}"),
                format!("{fresh:?}"),
                "{model:?} {vcpus}"
            );
        }
    }
}

/// `ICC_SGI1R_EL1` bit by bit: to nobody but the sender, in Group 1; and then nobody else gets it.
#[test]
fn an_sgi_to_oneself_alone_is_told_apart() {
    let fields = [
        0,
        1 << 16,
        1 << 23,
        1 << 32,
        1 << 39,
        1 << 40,
        1 << 44,
        1 << 47,
        1 << 48,
        1 << 55,
    ];
    for by in 0..2_usize {
        for id in [0, 5, 15] {
            for elsewhere in fields {
                for targets in [0, 0b01, 0b10, 0b11, 1 << 15 | 0b01] {
                    for group1 in [false, true] {
                        let mut gic = enabled();
                        let groups = if group1 { 1_u64 << id } else { !(1 << id) };
                        let offset = 0x1_0080 + 0x2_0000 * by as u64;
                        write(&mut gic, R, offset, groups & 0xFFFF_FFFF);
                        let value = id << 24 | elsewhere | targets;
                        let expected = elsewhere == 0 && targets == 1 << by && group1;
                        let told = gic.only_to_self(by, value);
                        assert_eq!(told.map(u64::from), expected.then_some(id), "{value:#x}");
                        let concerned = gic.send(by, Request::Group1, value);
                        assert!(!expected || concerned == VcpuSet::of(by), "{value:#x}");
                    }
                }
            }
        }
    }
    assert_eq!(
        enabled().only_to_self(2, 0b100),
        None,
        "there is no such vCPU"
    );
}

#[test]
fn there_is_work_while_something_is_to_be_taken_or_in_hand() {
    let works = |gic: &Gic| [gic.has_work(0), gic.has_work(1)];
    assert_eq!(works(&enabled()), [false; 2]);
    assert!(!enabled().has_work(2), "there is no such vCPU");
    // A private one is its vCPU's alone; a shared one may be anybody's.
    let mut gic = enabled();
    let _ = gic.pulse(1, 20);
    assert_eq!(works(&gic), [false, true]);
    let _ = gic.pulse(0, 33);
    assert_eq!(works(&gic), [true; 2]);
    // Pending, but not to be taken.
    let mut gic = enabled();
    write(&mut gic, D, 0x184, 1 << 1);
    let _ = gic.pulse(0, 33);
    assert_eq!(works(&gic), [false; 2]);
    // In hand, and in hand while it is pending again.
    let mut gic = enabled();
    write(&mut gic, D, 0x304, 1 << 1);
    assert_eq!(works(&gic), [true; 2]);
    let _ = gic.pulse(0, 33);
    assert_eq!(works(&gic), [true; 2]);
    // The same bit of two blocks, and of a private one.
    let mut gic = enabled();
    let _ = (gic.pulse(0, 34), gic.pulse(0, 66));
    assert_eq!(works(&gic), [true; 2]);
    let mut gic = enabled();
    let _ = (gic.pulse(0, 20), gic.pulse(0, 32 + 20));
    assert_eq!(works(&gic), [true; 2]);
}

#[test]
fn a_shared_interrupt_goes_where_its_route_says() {
    let mut gic = enabled();
    assert_eq!(gic.target_of(34), Some(0));
    write(&mut gic, D, 0x6000 + 8 * 34, 1);
    assert_eq!((gic.target_of(34), gic.target_of(66)), (Some(1), Some(0)));
    write(&mut gic, D, 0x6000 + 8 * 34, 2);
    assert_eq!(gic.target_of(34), None, "there is no such vCPU");
    assert_eq!(gic.target_of(999), None, "there is no such interrupt");
}

/// Quiet is nobody and nothing that could concern the vCPU, and it is known again when it is over.
#[test]
fn it_is_quiet_once_all_is_over() {
    let quiet = |gic: &mut Gic| [0, 1].map(|vcpu| gic.is_quiet(vcpu));
    for (vcpu, id, expected) in [(0, 20, [false, true]), (0, 34, [false, false])] {
        let mut gic = enabled();
        assert_eq!(quiet(&mut gic), [true; 2]);
        let _ = gic.pulse(vcpu, id);
        assert_eq!(quiet(&mut gic), expected, "{id} is pending");
        let mut list = [ListRegister::EMPTY; 2];
        let _ = gic.fill(vcpu, &mut list);
        (list[0].pending, list[0].active) = (false, true);
        let _ = gic.collect(vcpu, &mut list);
        assert_eq!(quiet(&mut gic), expected, "{id} is in hand");
        let _ = gic.deactivate(vcpu, id);
        assert_eq!(quiet(&mut gic), [true; 2], "{id} is over");
    }
}

/// Whose list registers are to be filled anew: of what was changed, or sent, and not of what waits beside it.
#[test]
fn what_is_changed_or_sent_concerns_nobody_beside_it() {
    let mut gic = enabled();
    let _ = gic.pulse(0, 34);
    let changed = |gic: &mut Gic, id: u64| gic.write(D, 0, 0x400 + id, 1, 0x80).attention;
    assert_eq!(changed(&mut gic, 34), VcpuSet::of(0));
    assert_eq!(changed(&mut gic, 36), VcpuSet::NONE);
    let mut gic = enabled();
    write(&mut gic, R, SECOND + 0x80, !(1 << 5) & 0xFFFF_FFFF);
    let _ = gic.pulse(1, 20);
    let mut sent = |id: u64| gic.send(0, Request::Group1, id << 24 | 0b10);
    assert_eq!(sent(5), VcpuSet::NONE, "it isn't in Group 1");
    assert_eq!(sent(6), VcpuSet::of(1));
}

/// A vCPU that there is room for, but that isn't there, owns nothing.
#[test]
fn a_vcpu_that_is_not_there_owns_nothing() {
    let lone = Gic::new(Model::V3, 1, &INTERRUPTS);
    let owners = [0, 1].map(|vcpu| lone.owner(Bank::Private(vcpu), 20));
    assert_eq!(owners, [Some(0), None]);
    assert_eq!(lone.owner(Bank::Shared(0), 1), Some(0));
}

/// After a reset a lone vCPU, and a GICv3's first, has all shared interrupts; of a GICv2's several none has
/// any.
#[test]
fn at_first_shared_interrupts_go_where_the_architecture_says() {
    for (model, vcpus, expected) in [
        (Model::V3, 1, Some(0)),
        (Model::V3, 2, Some(0)),
        (Model::V2, 1, Some(0)),
        (Model::V2, 2, None),
    ] {
        let mut gic = Gic::new(model, vcpus, &INTERRUPTS);
        for _ in 0..2 {
            let (target, owner) = (gic.target_of(34), gic.owner(Bank::Shared(0), 2));
            assert_eq!((target, owner), (expected, expected), "{model:?} {vcpus}");
            gic.reset();
        }
    }
}

#[test]
fn a_trigger_is_that_of_the_interrupt_that_is_asked_for() {
    let mut gic = enabled();
    write(&mut gic, D, 0xC08, 2 << 16);
    let edges = [0, 15, 16, 31, 39, 40, 41, 72, 999].map(|id| gic.is_edge(0, id));
    let expected = [true, true, false, false, false, true, false, false, false];
    assert_eq!(edges, expected);
}

#[test]
fn a_link_that_gives_another_number_counts_wherever_it_stands() {
    const RENUMBERED: Link = Link {
        guest: 40,
        physical: 72,
    };
    const SAME: Link = Link {
        guest: 27,
        physical: 27,
    };
    for links in [
        &[RENUMBERED][..],
        &[RENUMBERED, SAME],
        &[SAME, RENUMBERED],
        &[SAME],
    ] {
        let gic = Gic::new(
            Model::V3,
            2,
            &Interrupts {
                shared: &SHARED,
                links: links.to_vec().leak(),
            },
        );
        let is_renumbered = links.contains(&RENUMBERED);
        assert_eq!(gic.physical(40), if is_renumbered { 72 } else { 40 });
        assert_eq!(gic.guest(72), is_renumbered.then_some(40));
        assert_eq!((gic.physical(27), gic.physical(41)), (27, 41));
        assert_eq!(gic.guest(41), None);
    }
}

/// Taken and ended before anybody looked.
#[test]
fn what_has_left_its_list_register_is_nowhere() {
    let mut gic = enabled();
    let _ = gic.pulse(0, 33);
    let mut list = [ListRegister::EMPTY; 2];
    let _ = gic.fill(0, &mut list);
    assert_eq!(list[0].intid, 33);
    gic.collect_ended(1, 33);
    assert_eq!(gic.ready(0, 33), None, "another's is left alone");
    gic.collect_ended(0, 33);
    assert!(!gic.is_pending(0) && !is_active(&gic, 33));
    assert!(gic.ready(0, 33).is_some(), "it may come again");
}

/// Each sender's turn is its own: ended, the other's is left.
#[test]
fn an_sgi_of_gicv2_that_has_left_its_list_register_is_no_longer_its_sender_s() {
    let mut gic = Gic::new(Model::V2, 2, &INTERRUPTS);
    write(&mut gic, D, 0, 1);
    write(&mut gic, D, 0x100, 0xFFFF);
    for by in [0, 1] {
        let _ = gic.write(D, by, 0xF00, 4, 0x0001_0003);
    }
    let mut list = [ListRegister::EMPTY; 2];
    let _ = gic.fill(0, &mut list);
    assert_eq!((list[0].intid, list[0].source), (3, 0));
    gic.collect_ended(0, 3);
    assert_eq!(gic.read(D, 0, 0xF20, 4).value, 0b10 << 24);
    assert!(gic.is_pending(0));
}

#[test]
fn an_active_interrupt_is_not_ready_whether_it_is_listed_or_not() {
    let mut machine = Machine::new(Model::V3, 4, &INTERRUPTS);
    machine.gic = enabled();
    machine.exit(0, false, |gic| Effect::only(gic.pulse(0, 41)));
    assert_eq!(machine.acknowledge(0), Some(41));
    assert_eq!(machine.collect(0), VcpuSet::NONE);
    assert_eq!(machine.gic.ready(0, 41), None, "active");
    machine.fill(0);
    assert_eq!(machine.gic.ready(0, 41), None, "active and listed");
}

#[test]
fn a_level_that_goes_before_it_is_taken_takes_its_interrupt_with_it() {
    let mut gic = enabled();
    let _ = gic.pulse(0, 40);
    assert!(gic.is_pending(0) && gic.is_level_latched(0, 40));
    let effect = gic.withdraw(0, 40);
    let physical = effect.physical.expect("the physical one waits for its end");
    assert_eq!(physical.change, Change::Deactivate);
    assert!(physical.interrupts().eq([40]));
    assert_eq!(effect.attention, VcpuSet::NONE, "it is in no list register");
    assert!(!gic.is_pending(0));
}

/// Each of the conditions by itself keeps a level from being asked for.
#[test]
fn only_a_linked_level_that_waits_outside_is_asked_for() {
    let latched = || {
        let mut gic = enabled();
        let _ = gic.pulse(0, 40);
        gic
    };
    assert!(latched().is_level_latched(0, 40));
    assert!(!enabled().is_level_latched(0, 40), "it hasn't come");
    assert!(!latched().is_level_latched(0, 41), "another");
    let mut gic = latched();
    let _ = gic.pulse(0, 41);
    assert!(!gic.is_level_latched(0, 41), "nothing is behind it");
    let mut gic = latched();
    write(&mut gic, D, 0x204, 1 << 8);
    assert!(!gic.is_level_latched(0, 40), "software's");
    let mut gic = latched();
    write(&mut gic, D, 0x304, 1 << 8);
    assert!(!gic.is_level_latched(0, 40), "in hand");
    let mut gic = latched();
    write(&mut gic, D, 0xC08, 2 << 16);
    assert!(!gic.is_level_latched(0, 40), "an edge");
    let mut gic = latched();
    let _ = gic.fill(0, &mut [ListRegister::EMPTY; 2]);
    assert!(!gic.is_level_latched(0, 40), "in a list register");
    // What holds for one of them says nothing of the others.
    let mut gic = latched();
    for (offset, value) in [(0x204, !(1 << 8)), (0x304, !(1 << 8)), (0xC08, !(3 << 16))] {
        write(&mut gic, D, offset, value & 0xFFFF_FFFF);
    }
    assert!(gic.is_level_latched(0, 40));
}

/// Two are in hand without a list register; the guest deactivates one of them out of order, and the next
/// end that is only counted is the other's.
#[test]
fn an_end_is_not_taken_for_one_that_was_deactivated_before() {
    let mut machine = Machine::new(Model::V3, 1, &INTERRUPTS);
    machine.gic = enabled();
    for (id, priority) in [(43, 0xC0), (42, 0x80), (41, 0x40)] {
        let offset = 0x400 + u64::from(id);
        machine.exit(0, false, |gic| gic.write(D, 0, offset, 1, priority));
        machine.exit(0, false, |gic| Effect::only(gic.pulse(0, id)));
        assert_eq!(machine.acknowledge(0), Some(id));
    }
    machine.attend(0);
    let mut gic = machine.gic;
    let _ = gic.deactivate(0, 42);
    assert_eq!([42, 43].map(|id| is_active(&gic, id)), [false, true]);
    let _ = gic.end_unlisted(0);
    assert_eq!([42, 43].map(|id| is_active(&gic, id)), [false, false]);
}

/// `GICR_CTLR.RWP`: of the vCPU whose interrupt is still in a list register.
#[test]
fn a_redistributor_says_while_a_disabled_interrupt_may_still_come() {
    let pending = |gic: &Gic| [0, 0x2_0000].map(|base| gic.read(R, 0, base, 4).value);
    let mut gic = enabled();
    let mut list = [ListRegister::EMPTY; 2];
    let _ = gic.pulse(1, 20);
    let _ = gic.fill(1, &mut list);
    assert_eq!(pending(&gic), [0, 0]);
    write(&mut gic, R, SECOND + 0x180, 1 << 20);
    assert_eq!(pending(&gic), [0, 1 << 3]);
    let _ = gic.collect(1, &mut list);
    assert_eq!(pending(&gic), [0, 0]);
}

/// `GICD_CTLR.RWP`: after a group was disabled, not after one was enabled.
#[test]
fn the_distributor_says_while_an_interrupt_of_a_disabled_group_may_still_come() {
    let listed = || {
        let mut gic = enabled();
        write(&mut gic, D, 0, 2);
        let _ = gic.pulse(0, 34);
        let _ = gic.fill(0, &mut [ListRegister::EMPTY; 2]);
        gic
    };
    for (groups, waits) in [(2, 0), (3, 0), (1, 1), (0, 1)] {
        let mut gic = listed();
        write(&mut gic, D, 0, groups);
        assert_eq!(gic.read(D, 0, 0, 4).value >> 31, waits, "{groups}");
    }
    let mut gic = enabled();
    write(&mut gic, D, 0, 0);
    assert_eq!(gic.read(D, 0, 0, 4).value >> 31, 0, "nothing is listed");
}

#[test]
fn sets_of_vcpus_are_sets() {
    let (two, three) = (VcpuSet::of(0).union(VcpuSet::of(1)), VcpuSet::first(3));
    assert_eq!(two.union(three), three);
    assert_eq!(two.intersection(three), two);
    assert_eq!(three.without(two), VcpuSet::of(2));
    assert_eq!(
        three.without(VcpuSet::of(0)).iter().collect::<Vec<_>>(),
        [1, 2]
    );
    assert!(three.contains(2) && !three.contains(3) && !three.contains(MAX_VCPUS));
    assert_eq!(VcpuSet::of(MAX_VCPUS), VcpuSet::NONE);
    assert_eq!(VcpuSet::first(MAX_VCPUS).iter().count(), MAX_VCPUS);
    assert_eq!(VcpuSet::first(MAX_VCPUS - 1).iter().count(), MAX_VCPUS - 1);
}

/// A write concerns whose interrupts it names, or moves from one group to the other; not whoever has one
/// pending beside them.
#[test]
fn a_write_concerns_those_whose_interrupts_it_changes() {
    let mut gic = enabled();
    let _ = gic.write(D, 0, 0x6000 + 8 * 34, 8, 1);
    let _ = gic.pulse(0, 34);
    assert!(gic.is_pending(1));
    let named = gic.write(D, 0, 0x104, 4, 1 << 8);
    assert_eq!(named.attention, VcpuSet::NONE, "40 is enabled, not 34");
    let moved = gic.write(D, 0, 0x84, 4, !(1 << 2));
    assert_eq!(
        moved.attention,
        VcpuSet::of(1),
        "34 goes to Group 0, whose bit is zero"
    );
    let back = gic.write(D, 0, 0x84, 4, 0xFFFF_FFFF);
    assert_eq!(back.attention, VcpuSet::of(1), "34 comes back to Group 1");
}

/// What may be placed at once is what filling would place: level or edge, each group, each priority.
#[test]
fn what_is_ready_is_what_is_placed() {
    for (edge, group1, priority) in [
        (false, true, 0xA0_u8),
        (true, true, 0x50),
        (false, false, 0x48),
        (true, false, 0),
    ] {
        let mut gic = enabled();
        write(&mut gic, D, 0xC08, if edge { 2 << 2 } else { 0 });
        write(&mut gic, D, 0x84, if group1 { u64::MAX } else { !(1 << 1) });
        let _ = gic.write(D, 0, 0x400 + 33, 1, priority.into());
        let ready = gic
            .ready(0, 33)
            .expect("it is enabled, and nothing is in the way");
        let _ = gic.pulse(0, 33);
        let mut list = [ListRegister::EMPTY; 2];
        let _ = gic.fill(0, &mut list);
        let shown =
            |it: ListRegister| (it.pending, it.active, it.priority, it.group1, it.notify_end);
        assert_eq!(shown(ready), shown(list[0]));
        assert_eq!(shown(ready), (true, false, priority, group1, !edge));
    }
}

/// What says all about itself takes the short way, both ways; what list registers may know better doesn't.
#[test]
fn the_short_way_is_taken_where_it_can_be() {
    let mut gic = enabled();
    let mut short = |offset: u64| {
        gic.plain(D, 0, offset)
            .expect("there is a register")
            .write(1)
    };
    assert!(short(0x4) && short(0x84) && short(0x104) && short(0x184));
    assert!(!short(0x204) && !short(0x304));
    let mut gic = enabled();
    let _ = gic.pulse(0, 34);
    let _ = gic.fill(0, &mut [ListRegister::EMPTY; 2]);
    let mut is_known = |offset: u64| {
        let plain = gic.plain(D, 0, offset).expect("there is a register");
        plain.read(|| false).is_some()
    };
    assert!(is_known(0x4) && is_known(0x84) && is_known(0x104) && is_known(0x184));
    assert!(!is_known(0x204) && !is_known(0x284) && !is_known(0x304) && !is_known(0x384));
    assert!(is_known(0x208), "nothing of the next block is listed");
}

/// The end of one that is in hand is told if it is pending again, and of an edge only then.
#[test]
fn the_end_of_an_edge_is_told_if_it_has_come_again() {
    for again in [false, true] {
        let mut gic = enabled();
        write(&mut gic, D, 0xC08, 2 << 4);
        let _ = gic.pulse(0, 34);
        let mut list = [ListRegister::EMPTY; 2];
        let _ = gic.fill(0, &mut list);
        list[0].pending = false;
        list[0].active = true;
        let _ = gic.collect(0, &mut list);
        if again {
            let _ = gic.pulse(0, 34);
        }
        let _ = gic.fill(0, &mut list);
        let shown = (list[0].pending, list[0].active, list[0].notify_end);
        assert_eq!(shown, (false, true, again));
    }
}

/// A new target has to look at an interrupt that waits, wherever in its register it is.
#[test]
fn a_new_target_concerns_whom_it_names() {
    for id in [34, 36, 40, 41] {
        let mut gic = Gic::new(Model::V2, 2, &INTERRUPTS);
        write(&mut gic, D, 0, 1);
        write(&mut gic, D, 0x104, 0xFFFF_FFFF);
        let _ = gic.write(D, 0, 0x800 + id, 1, 0b01);
        let _ = gic.pulse(0, u32::try_from(id).unwrap());
        let effect = gic.write(D, 0, 0x800 + id, 1, 0b10);
        assert_eq!(effect.attention, VcpuSet::of(1), "{id}");
    }
}

/// Who has sent one SGI of a GICv2, or hasn't after all, says nothing of another that is in a list register;
/// and of that one only if it is its sender who is shown there.
#[test]
fn the_senders_of_an_sgi_are_its_own() {
    let both = 1 << 3 | 1 << 7;
    for (sender, expected) in [(0b01, 1 << 7), (0b10, both)] {
        for remove in [false, true] {
            let mut gic = Gic::new(Model::V2, 2, &INTERRUPTS);
            for sgi in [3, 7] {
                gic.add_sources(0, sgi, 0b01);
            }
            let block = &mut gic.vcpus[0].block;
            assert_eq!(block.latch, both);
            (block.loaded, block.loaded_pending) = (both, both);
            if remove {
                gic.remove_sources(0, 3, sender);
            } else {
                gic.add_sources(0, 3, sender);
            }
            let block = &gic.vcpus[0].block;
            assert_eq!(block.loaded_pending, expected, "{sender} {remove}");
            let is_gone = remove && sender == 0b01;
            assert_eq!(block.latch, if is_gone { 1 << 7 } else { both });
        }
    }
}

/// An SGI of a GICv2 needs to know whose it is, which is asked elsewhere; everything else may be placed at
/// once, and only for whom it is.
#[test]
fn everything_is_ready_but_a_gicv2_s_sgis_and_what_goes_elsewhere() {
    for model in [Model::V3, Model::V2] {
        let mut gic = Gic::new(model, 2, &INTERRUPTS);
        write(&mut gic, D, 0, 3);
        for vcpu in 0..2 {
            let frame = if model == Model::V3 { R } else { D };
            let base = if model == Model::V3 {
                0x1_0000 + vcpu as u64 * 0x2_0000
            } else {
                0
            };
            let _ = gic.write(frame, vcpu, base + 0x100, 4, 0xFFFF_FFFF);
        }
        write(&mut gic, D, 0x104, 0xFFFF_FFFF);
        // GICD_ITARGETSR of 33, which a GICv3 doesn't have.
        let _ = gic.write(D, 0, 0x800 + 33, 1, 1);
        for id in 0..32 {
            let is_ready = [0, 1, 2].map(|vcpu| gic.ready(vcpu, id).is_some());
            let expected = id >= 16 || model == Model::V3;
            assert_eq!(is_ready, [expected, expected, false], "{model:?} {id}");
        }
        let is_ready = [0, 1, 2].map(|vcpu| gic.ready(vcpu, 33).is_some());
        assert_eq!(is_ready, [true, false, false], "{model:?}");
    }
}

/// A list register that names what isn't in one, as after a reset in between, says nothing of it.
#[test]
fn a_list_register_says_nothing_of_what_is_in_none() {
    let mut gic = enabled();
    let stale = ListRegister {
        intid: 33,
        pending: true,
        active: true,
        ..ListRegister::EMPTY
    };
    let _ = gic.collect(0, &mut [stale]);
    assert!(!gic.is_pending(0) && !is_active(&gic, 33));
}

/// The end of a GICv2's SGI is told if another sender waits for its turn, and only then.
#[test]
fn the_end_of_an_sgi_is_told_while_another_sender_waits() {
    for (senders, told) in [(&[0][..], false), (&[0, 1], true)] {
        let mut gic = Gic::new(Model::V2, 2, &INTERRUPTS);
        write(&mut gic, D, 0, 1);
        write(&mut gic, D, 0x100, 0xFFFF);
        for by in senders {
            let _ = gic.write(D, *by, 0xF00, 4, 0x0001_0003);
        }
        let mut list = [ListRegister::EMPTY; 2];
        let _ = gic.fill(0, &mut list);
        assert_eq!(
            (list[0].intid, list[0].notify_end),
            (3, told),
            "{senders:?}"
        );
    }
}
