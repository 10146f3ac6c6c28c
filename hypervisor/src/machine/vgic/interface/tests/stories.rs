//! Short stories: register by register as a program meets them.

use crate::machine::vgic::interface::{CpuInterface, maintenance};
use crate::machine::vgic::{Done, ListRegister, Maintenance};

const CONTROL: u64 = 0x00;
const MASK: u64 = 0x04;
const POINT: u64 = 0x08;
const ACKNOWLEDGE: u64 = 0x0C;
const END: u64 = 0x10;
const RUNNING: u64 = 0x14;
const HIGHEST: u64 = 0x18;
const ALIASED_POINT: u64 = 0x1C;
const ALIASED_ACKNOWLEDGE: u64 = 0x20;
const ALIASED_HIGHEST: u64 = 0x28;
const LEVELS: u64 = 0xD0;
const DEACTIVATE: u64 = 0x1000;

/// Group 0 enabled, nothing masked.
fn interface() -> CpuInterface {
    let mut interface = CpuInterface::new();
    set(&mut interface, CONTROL, 1);
    set(&mut interface, MASK, 0xFF);
    interface
}

fn set(interface: &mut CpuInterface, offset: u64, value: u64) {
    assert_eq!(interface.write(offset, 4, value), Done::Nothing);
}

fn pending(intid: u32, priority: u8) -> ListRegister {
    ListRegister {
        intid,
        priority,
        pending: true,
        ..ListRegister::EMPTY
    }
}

#[test]
fn registers_keep_the_bits_that_there_are() {
    let mut interface = CpuInterface::new();
    let mut kept = |offset, value| {
        set(&mut interface, offset, value);
        interface.read(offset, 4)
    };
    assert_eq!(kept(CONTROL, 0xFFFF_FFFF), 0x21F);
    assert_eq!(kept(MASK, 0xFFFF_FFFF), 0xF8);
    assert_eq!((kept(POINT, 0), kept(POINT, 0xF)), (2, 7));
    assert_eq!((kept(ALIASED_POINT, 0), kept(ALIASED_POINT, 5)), (3, 5));
    assert_eq!(kept(LEVELS, 0x8000_0001), 0x8000_0001);
    assert_eq!(kept(0xFC, 7), 0x5002_043B);
    // Not there: Non-secure active priorities, reserved places, registers that are only written.
    for offset in [0xE0, 0x2C, 0x100, END, 0x24, DEACTIVATE, 0x1004] {
        assert_eq!(kept(offset, 1023), 0, "{offset:#x}");
    }
    assert_eq!(interface.read(CONTROL, 1), 0);
    assert_eq!(interface.read(CONTROL, 8), 0);
}

#[test]
fn an_interrupt_is_taken_and_ended() {
    let mut interface = interface();
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 1023);
    interface.list[2] = pending(34, 0x80);
    assert!(interface.signal() && !interface.fast_signal());
    assert_eq!(interface.read(HIGHEST, 4), 34);
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 34);
    assert!(!interface.signal());
    assert!(interface.list[2].active && !interface.list[2].pending);
    assert_eq!(interface.read(RUNNING, 4), 0x80);
    assert_eq!(interface.read(LEVELS, 4), 1 << 16);
    set(&mut interface, END, 34);
    assert!(!interface.list[2].active);
    assert_eq!(interface.read(RUNNING, 4), 0xFF);
}

#[test]
fn the_mask_and_what_runs_hold_back() {
    let mut interface = interface();
    interface.list[0] = pending(34, 0x80);
    set(&mut interface, MASK, 0x80);
    assert!(!interface.signal());
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 1023);
    assert_eq!(interface.read(HIGHEST, 4), 34, "whatever the mask");
    set(&mut interface, MASK, 0x88);
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 34);
    interface.list[1] = pending(35, 0x80);
    assert!(!interface.signal(), "equals don't preempt");
    interface.list[2] = pending(36, 0x78);
    assert!(interface.signal());
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 36);
    assert_eq!(interface.read(RUNNING, 4), 0x78);
    set(&mut interface, END, 36);
    assert_eq!(interface.read(RUNNING, 4), 0x80);
}

#[test]
fn the_binary_point_says_what_preempts() {
    let mut interface = interface();
    // Bits 7 to 4: 0x88 and 0x80 are in one group.
    set(&mut interface, POINT, 3);
    interface.list[0] = pending(34, 0x88);
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 34);
    assert_eq!(interface.read(RUNNING, 4), 0x80);
    interface.list[1] = pending(35, 0x80);
    assert!(!interface.signal());
    // Group 1 has a point of its own, unless they share one.
    interface.list[1].group1 = true;
    set(&mut interface, CONTROL, 0b1_0111);
    assert!(!interface.signal());
    interface.list[1].priority = 0x78;
    assert!(interface.signal());
    set(&mut interface, END, 34);
    interface.list[1].priority = 0x88;
    set(&mut interface, CONTROL, 0b0_0111);
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 35);
    assert_eq!(interface.read(RUNNING, 4), 0x88, "all five bits");
}

#[test]
fn groups_have_their_registers() {
    let mut interface = interface();
    interface.list[0] = ListRegister {
        group1: true,
        ..pending(34, 0x40)
    };
    interface.list[1] = pending(35, 0x80);
    assert_eq!(interface.read(HIGHEST, 4), 35, "Group 1 isn't enabled");
    set(&mut interface, CONTROL, 0b11);
    assert!(interface.signal());
    assert_eq!(interface.read(HIGHEST, 4), 1022);
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 1022);
    assert_eq!(interface.read(ALIASED_HIGHEST, 4), 34);
    assert_eq!(interface.read(ALIASED_ACKNOWLEDGE, 4), 34);
    assert_eq!(
        interface.read(ALIASED_HIGHEST, 4),
        1023,
        "what is left is in Group 0"
    );
    set(&mut interface, END, 34);
    // Group 0 as FIQ.
    set(&mut interface, CONTROL, 0b1011);
    assert!(!interface.signal() && interface.fast_signal());
    assert_eq!(interface.read(ALIASED_ACKNOWLEDGE, 4), 1023);
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 35);
}

#[test]
fn with_split_ends_the_priority_drops_first() {
    let mut interface = interface();
    set(&mut interface, CONTROL, 0x201);
    interface.list[0] = ListRegister {
        physical: Some(72),
        ..pending(34, 0x80)
    };
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 34);
    set(&mut interface, END, 34);
    assert!(interface.list[0].active);
    assert_eq!(interface.read(RUNNING, 4), 0xFF);
    assert_eq!(interface.write(DEACTIVATE, 4, 34), Done::Physical(72));
    assert!(!interface.list[0].active);
    assert_eq!(interface.write(DEACTIVATE, 4, 34), Done::Unlisted(34));
    assert_eq!(interface.take_unlisted_ends(), 0);
    set(&mut interface, CONTROL, 1);
    assert_eq!(interface.write(DEACTIVATE, 4, 34), Done::Nothing);
}

#[test]
fn an_sgi_is_ended_for_its_sender() {
    let mut interface = interface();
    interface.list[0] = ListRegister {
        source: 1,
        ..pending(3, 0x80)
    };
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 1 << 10 | 3);
    set(&mut interface, END, 3);
    assert!(interface.list[0].active, "another sender's");
    assert_eq!(interface.take_unlisted_ends(), 1);
    set(&mut interface, LEVELS, 1);
    set(&mut interface, END, 1 << 10 | 3);
    assert!(!interface.list[0].active);
}

#[test]
fn the_hypervisor_is_told_as_by_hardware() {
    let mut interface = interface();
    // EOI, U, LRENP and NP (IHI 0048, `GICH_MISR`).
    let reasons = [
        maintenance::END,
        maintenance::UNDERFLOW,
        maintenance::ENTRY_NOT_PRESENT,
        maintenance::NO_PENDING,
    ];
    assert_eq!(reasons, [1, 2, 4, 8]);
    let all = maintenance::UNDERFLOW | maintenance::NO_PENDING;
    assert_eq!(interface.reasons(), all);
    assert!(!interface.needs(Maintenance::default()));
    assert!(interface.needs(Maintenance::NO_PENDING));
    interface.list[0] = pending(34, 0x80);
    assert_eq!(interface.reasons(), maintenance::UNDERFLOW);
    interface.list[1] = ListRegister {
        notify_end: true,
        ..pending(35, 0x40)
    };
    assert_eq!(interface.reasons(), 0);
    assert_eq!(interface.read(ACKNOWLEDGE, 4), 35);
    set(&mut interface, END, 35);
    assert_eq!(
        interface.reasons(),
        maintenance::END | maintenance::UNDERFLOW
    );
    assert!(
        interface.needs(Maintenance::default()),
        "a level is looked at again"
    );
    interface.list[1] = ListRegister::EMPTY;
    // The end of one that had no room.
    set(&mut interface, LEVELS, 1 << 3);
    set(&mut interface, END, 99);
    let not_present = Maintenance::ENTRY_NOT_PRESENT;
    assert!(interface.needs(not_present));
    assert_eq!(interface.take_unlisted_ends(), 1);
    assert!(!interface.needs(not_present));
    set(&mut interface, END, 99);
    assert_eq!(interface.take_unlisted_ends(), 0, "it dropped no priority");
}
