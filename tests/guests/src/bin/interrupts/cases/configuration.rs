//! Registers that configure, and those that have nothing to configure.

use super::{Case, PRIVATE, SHARED};
use crate::gic::{Bits, read, read_byte, write, write_byte};
use crate::{handler, log};

pub fn run<'a>(version: u32, begin: &impl Fn() -> Case<'a>) {
    // A word, then its bytes.
    for (name, id) in [
        ("priority-bytes-sgi", 4),
        ("priority-bytes-private", PRIVATE),
        ("priority-bytes-shared", SHARED),
    ] {
        let case = begin();
        write(case.gic.priority_word(id), 0x4030_2010);
        let bytes = [0, 1, 2, 3].map(|byte| case.gic.priority(id + byte));
        case.gic.set_priority(id + 1, 0x88);
        case.gic.set_priority(id + 3, 0x98);
        let word = read(case.gic.priority_word(id));
        case.end(name, format_args!("{bytes:x?} {word:#x}"));
    }

    let case = begin();
    let sgis = case.gic.configuration_word(0);
    let before = read(sgis);
    write(sgis, 0);
    let after = read(sgis);
    case.end("sgis-are-edges", format_args!("{before:#x} {after:#x}"));

    let case = begin();
    let shared = case.gic.configuration_word(SHARED);
    let seen = [0, u32::MAX, 0x0800_0002, 0].map(|value| {
        write(shared, value);
        read(shared) & 0xAAAA_AAAA
    });
    case.end("trigger", format_args!("{seen:x?}"));

    // Set pending by software, an edge and a level are the same: a latch.
    let case = begin();
    case.enable(&[SHARED, SHARED + 1]);
    case.gic.set_edge(SHARED, true);
    case.gic.set_pending(SHARED);
    case.gic.set_pending(SHARED + 1);
    case.wait_for(2);
    let left = [SHARED, SHARED + 1].map(|id| case.gic.is(Bits::SetPending, id));
    case.gic.set_edge(SHARED, false);
    case.end("latched", format_args!("{} left:{left:?}", log::Taken));

    // A latch outlives a change of the trigger.
    let case = begin();
    handler::mask();
    case.gic.set_edge(SHARED, true);
    case.gic.set_pending(SHARED);
    case.gic.set_edge(SHARED, false);
    let kept = case.gic.is(Bits::SetPending, SHARED);
    case.end("latched-then-level", kept);

    // Zeros do nothing, ones are for those that they name.
    let case = begin();
    case.enable(&[SHARED + 2]);
    case.gic.write_word(Bits::SetEnable, SHARED, 0);
    case.gic.write_word(Bits::ClearEnable, SHARED, 0b1011);
    let kept = case.gic.is(Bits::ClearEnable, SHARED + 2);
    case.gic.write_word(Bits::ClearEnable, SHARED, 0b0100);
    let cleared = case.gic.is(Bits::SetEnable, SHARED + 2);
    case.end("enable-bits", format_args!("{kept},{cleared}"));

    if version == 2 {
        // A lone CPU is every interrupt's target, without saying so (IHI 0048, GICD_ITARGETSR).
        let case = begin();
        write_byte(case.gic.targets(SHARED), 0xFF);
        let seen = [
            read_byte(case.gic.targets(SHARED)),
            read_byte(case.gic.targets(0)),
        ];
        case.enable(&[SHARED]);
        case.gic.set_pending(SHARED);
        case.wait_for(1);
        case.end(
            "targets-of-a-lone-cpu",
            format_args!("{seen:x?} {}", log::Taken),
        );
    } else {
        // With affinity routing there are no targets but routes.
        let case = begin();
        write_byte(case.gic.targets(SHARED), 0xFF);
        let targets = read(case.gic.targets(SHARED));
        write(case.gic.router(SHARED), 0);
        let route = read(case.gic.router(SHARED));
        case.enable(&[SHARED]);
        case.gic.set_pending(SHARED);
        case.wait_for(1);
        case.end(
            "routes",
            format_args!("{targets:#x} {route:#x} {}", log::Taken),
        );

        // The distributor has nothing of private interrupts.
        let case = begin();
        let at = |bits: Bits| case.gic.distributor_word(bits);
        let seen = [
            Bits::SetEnable,
            Bits::SetPending,
            Bits::SetActive,
            Bits::Group,
        ]
        .map(|bits| {
            write(at(bits), u32::MAX);
            read(at(bits))
        });
        let own = case.gic.is(Bits::SetEnable, PRIVATE);
        case.end(
            "private-ones-at-the-distributor",
            format_args!("{seen:x?} own:{own}"),
        );
    }
}
