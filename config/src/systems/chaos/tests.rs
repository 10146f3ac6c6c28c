//! Whether the systems that are tested are all that the grammar can say.

use std::vec::Vec;

use super::shape::{MAX_CPUS, MAX_VCPUS, Policy, Shape, Span};

/// The numbers that the systems `test-chaos-*` are drawn by.
const DRAWN: [u64; 7] = [0, 1, 9, 36, 39, 54, 542];

fn shapes() -> impl Iterator<Item = Shape> {
    DRAWN.into_iter().map(Shape::draw)
}

/// The CPUs that the attacker's vCPUs have windows on.
fn cpus_of(shape: &Shape) -> [Option<usize>; MAX_VCPUS] {
    let mut all = [None; MAX_VCPUS];
    for (cpu, attacks) in shape.attacks.iter().enumerate() {
        for (vcpu, _) in attacks.iter().flatten() {
            all[*vcpu] = Some(cpu);
        }
    }
    all
}

/// About as long as the guard of these systems.
const GUARD_NS: u64 = 100_000;

/// Whether a CPU would lose a window if it waited, when it chooses a sibling's, until the first vCPU's
/// window on another CPU is over.
fn shows_waiting(shape: &Shape) -> bool {
    let over = |span: Span| span.start_ns + span.length_ns - GUARD_NS;
    let all = || shape.attacks.iter().enumerate();
    let firsts = || {
        all().flat_map(|(cpu, attacks)| {
            let own = attacks.iter().flatten().filter(|(vcpu, _)| *vcpu == 0);
            own.map(move |(_, span)| (cpu, *span))
        })
    };
    all()
        .filter(|(cpu, _)| !shape.is_own[*cpu])
        .any(|(cpu, attacks)| {
            let windows: Vec<_> = attacks.iter().flatten().collect();
            // After the last of its windows comes the witness's.
            windows.windows(2).any(|pair| {
                let ([(_, before), (vcpu, sibling)], witness) =
                    ([*pair[0], *pair[1]], shape.witnesses[cpu]);
                *windows[windows.len() - 1] == *pair[1]
                    && vcpu > 0
                    && firsts().any(|(other, first)| {
                        other != cpu
                            && first.start_ns < over(before)
                            && over(sibling) < over(first)
                            && over(witness) < over(first)
                    })
            })
        })
}

#[test]
fn the_systems_cover_the_grammar() {
    let some = |what: fn(&Shape) -> bool| shapes().any(|shape| what(&shape));
    for count in 1..=MAX_CPUS {
        assert!(shapes().any(|shape| shape.cpus == count), "{count} CPUs");
    }
    for count in 1..=MAX_VCPUS {
        assert!(shapes().any(|shape| shape.vcpus == count), "{count} vCPUs");
    }
    for policy in [Policy::Restart, Policy::Ignore, Policy::Halt] {
        assert!(shapes().any(|shape| shape.policy == policy), "{policy:?}");
    }
    let shared = |shape: &Shape| {
        let cpus = cpus_of(shape);
        (1..shape.vcpus).any(|vcpu| cpus[..vcpu].contains(&cpus[vcpu]))
    };
    let own = |shape: &Shape| {
        let cpus = cpus_of(shape);
        (1..shape.vcpus).any(|vcpu| !cpus[..vcpu].contains(&cpus[vcpu]))
    };
    assert!(some(shared) && some(own), "shared and own CPUs");
    let flags: [fn(&Shape) -> bool; 8] = [
        |shape| shape.has_gic_v2,
        |shape| shape.has_uart,
        |shape| shape.has_stolen_time,
        |shape| shape.has_monitors,
        |shape| shape.has_device,
        |shape| shape.is_strict,
        |shape| shape.owes_heartbeat,
        |shape| shape.has_channels,
    ];
    for (place, flag) in flags.into_iter().enumerate() {
        let with = shapes().filter(flag).count();
        assert!(
            (1..DRAWN.len()).contains(&with),
            "flag {place}: {with} systems"
        );
    }
    assert!(
        some(|shape| shape.is_beside.contains(&true)),
        "beside the attacker"
    );
    assert!(
        some(|shape| shape.is_own.contains(&true)),
        "a CPU of its own"
    );
    assert!(
        some(|shape| shape.attacker_bytes > 8 << 20),
        "restarts over several windows"
    );
    assert!(some(|shape| shape.shared_blocks == 8), "all interrupts");
    assert!(
        some(shows_waiting),
        "a window lost by waiting for a sibling"
    );
}
