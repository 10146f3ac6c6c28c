//! Whether the systems that are tested are all that the grammar can say.

use super::shape::{MAX_CPUS, MAX_VCPUS, Policy, Shape};

/// The numbers that the systems `test-chaos-*` are drawn by.
const DRAWN: [u64; 6] = [0, 1, 9, 36, 39, 54];

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
}
