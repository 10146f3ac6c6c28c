use super::*;
use crate::reach::declared::{
    Board, Channel, ChannelMemory, Device, Emulated, Form, Partition, Port, Region, RegionKind,
    Registers, Schedule,
};
use crate::reach::memory::Shared;

const MIB: u64 = 1 << 20;

fn span(base: u64, bytes: u64) -> Span {
    Span { base, bytes }
}

fn partition(name: &str, pa: u64) -> Partition {
    let none = span(0, 0);
    Partition {
        name: name.to_owned(),
        vcpus: 1,
        vmid: 1,
        program: None,
        regions: vec![Region {
            name: "ram".to_owned(),
            ipa: 0x4000_0000,
            pa,
            bytes: MIB,
            kind: RegionKind::Ram,
        }],
        devices: Vec::new(),
        passport: 0x7000_0000,
        stolen_time: None,
        lent_registers: None,
        emulated: Emulated {
            distributor: none,
            redistributors: none,
            cpu_interface: none,
            uart: none,
            clock: none,
            watchdog: none,
        },
        has_monitors: false,
        gic_version: 2,
        gic_bases: [0; 2],
        heartbeat_ns: 0,
        arguments: String::new(),
        display: None,
    }
}

/// 1 MiB of RAM for the hypervisor, and 1 MiB for each of two partitions; a few registers.
fn declared() -> Declaration {
    let device = |name: &str, base, bus_master| Device {
        name: name.to_owned(),
        model: String::new(),
        span: span(base, 0x1000),
        interrupts: Vec::new(),
        bus_master,
    };
    Declaration {
        system: "two".to_owned(),
        abi_version: 1,
        board: Board {
            name: "board".to_owned(),
            ram: vec![span(0x4000_0000, 3 * MIB)],
            hypervisor_memory: span(0x4000_0000, MIB),
            partition_memory: span(0x4010_0000, 2 * MIB),
            cpus: vec![0],
            image_base: 0x4000_0000,
            device_tree: None,
            hypervisor_registers: vec![Registers {
                name: "a port".to_owned(),
                span: span(0x900_0000, 0x1000),
            }],
            lent_registers: Some(span(0x800_0000, 0x1000)),
            devices: vec![
                device("clock", 0x901_0000, false),
                device("disk", 0x902_0000, true),
            ],
            monitors_interrupt: None,
        },
        partitions: vec![partition("one", 0x4010_0000), partition("two", 0x4020_0000)],
        schedule: Schedule {
            major_frame_ns: 0,
            guard_ns: 0,
            plans: Vec::new(),
        },
        channels: Vec::new(),
    }
}

fn places() -> Places {
    let place = |index: u64| span(0x4000_0000 + index * 0x1_0000, 0x1_0000);
    Places {
        text: place(0),
        constants: place(1),
        crash: place(2),
        variables: place(3),
        stacks: place(4),
        tables: place(5),
        passports: place(6),
        records: span(0x4007_0000, 0),
        images: place(8),
    }
}

const ONE: Whose = Whose::Partition(0);
const TWO: Whose = Whose::Partition(1);

/// What is said of a page that these reach, each at an input address of its own.
fn said(base: u64, accesses: &[(Whose, Rights, Memory)]) -> Vec<String> {
    let accesses = (0..)
        .zip(accesses)
        .map(|(index, (whose, rights, memory))| Access {
            whose: *whose,
            input: index * 0x1000,
            rights: *rights,
            memory: *memory,
        });
    let row = Row {
        span: span(base, 0x1000),
        accesses: accesses.collect(),
    };
    let findings = findings(&[row], &declared(), &places());
    findings.into_iter().map(|finding| finding.fact).collect()
}

const HYPERVISOR: (Whose, Rights, Memory) =
    (Whose::Hypervisor, Rights::READ_WRITE, Memory::WRITE_BACK);
const RAM: u64 = 0x4010_0000;

#[test]
fn what_is_separate_is_no_finding() {
    for (base, accesses) in [
        (
            RAM,
            vec![HYPERVISOR, (ONE, Rights::ALL, Memory::WRITE_BACK)],
        ),
        (
            0x4000_0000,
            vec![(Whose::Hypervisor, Rights::READ_EXECUTE, Memory::WRITE_BACK)],
        ),
        (
            0x4005_0000,
            vec![(Whose::Hypervisor, Rights::READ, Memory::WRITE_BACK)],
        ),
        (0x4006_1000, vec![(TWO, Rights::READ, Memory::WRITE_BACK)]),
        (
            0x901_0000,
            vec![(ONE, Rights::READ_WRITE, Memory::REGISTERS)],
        ),
        // Each CPU has its own of these.
        (
            0x800_0000,
            vec![
                (ONE, Rights::READ_WRITE, Memory::REGISTERS),
                (TWO, Rights::READ_WRITE, Memory::REGISTERS),
            ],
        ),
    ] {
        assert_eq!(said(base, &accesses), Vec::<String>::new(), "{base:#x}");
    }
}

#[test]
fn each_way_round_is_a_finding_that_names_both_sides() {
    let ram = Memory::WRITE_BACK;
    let device = Memory::REGISTERS;
    let shared = Memory::Normal {
        outer: crate::reach::memory::Cache::WriteBack,
        inner: crate::reach::memory::Cache::WriteBack,
        shared: Shared::Outer,
    };
    for (base, accesses, words) in [
        (
            RAM,
            vec![(ONE, Rights::ALL, ram), (TWO, Rights::READ, ram)],
            "reached by partition 'one' (rwx at 0x0) and partition 'two' (r-- at 0x1000)",
        ),
        (
            0x4003_0000,
            vec![(ONE, Rights::READ, ram)],
            "is the hypervisor's, but reached by partition 'one' (r-- at 0x0)",
        ),
        // Another's passport, and the own one, written.
        (
            0x4006_1000,
            vec![(ONE, Rights::READ, ram)],
            "is the hypervisor's, but reached by partition 'one'",
        ),
        (
            0x4006_0000,
            vec![(ONE, Rights::READ_WRITE, ram)],
            "is the hypervisor's, but reached by partition 'one'",
        ),
        (
            0x4005_0000,
            vec![HYPERVISOR],
            "which nobody may write or execute, but the hypervisor (rw- at 0x0) may",
        ),
        (
            0x4000_0000,
            vec![(Whose::Hypervisor, Rights::ALL, ram)],
            "both written and executed",
        ),
        // Two ways to the same bytes, by one of which they are written.
        (
            0x4000_0000,
            vec![(Whose::Hypervisor, Rights::READ_EXECUTE, ram), HYPERVISOR],
            "both written and executed",
        ),
        (
            RAM,
            vec![(Whose::Hypervisor, Rights::READ_EXECUTE, ram)],
            "is executed by the hypervisor, whose instructions lie at 0x40000000..0x40010000",
        ),
        (
            RAM,
            vec![(ONE, Rights::ALL, ram), (ONE, Rights::ALL, ram)],
            "reached by partition 'one' at 0x0 and at 0x1000",
        ),
        (
            RAM,
            vec![HYPERVISOR, (ONE, Rights::ALL, Memory::NonCacheable)],
            "is write-back for the hypervisor, but non-cacheable for partition 'one'",
        ),
        (
            RAM,
            vec![HYPERVISOR, (ONE, Rights::ALL, shared)],
            "write-back-outer-shareable for partition 'one'",
        ),
        (
            0x902_0000,
            vec![(ONE, Rights::READ_WRITE, device)],
            "is of 'disk', which is the hypervisor's or writes memory by itself",
        ),
        (
            0x900_0000,
            vec![(ONE, Rights::READ_WRITE, device)],
            "is of 'a port'",
        ),
        (
            0x5000_0000,
            vec![(ONE, Rights::ALL, ram)],
            "isn't of the board, but reached by partition 'one'",
        ),
        (
            RAM,
            vec![(ONE, Rights::READ_WRITE, device)],
            "is RAM, but is device-nGnRE for partition 'one'",
        ),
        (
            0x901_0000,
            vec![(ONE, Rights::READ_WRITE, ram)],
            "has registers, but is write-back for partition 'one'",
        ),
    ] {
        let said = said(base, &accesses);
        assert!(
            said.iter().any(|fact| fact.contains(words)),
            "{base:#x} {words}: {said:#?}"
        );
    }
}

/// A channel from 'one' to 'two' whose memory lies behind all regions, and of which each has an end.
fn direct(form: Form) -> Declaration {
    let port = |partition| Port {
        partition,
        name: "news".to_owned(),
        window: 0x6000_0000,
        interrupt: 0,
    };
    let mut declared = declared();
    for partition in &mut declared.partitions {
        partition.regions[0].bytes = MIB / 2;
    }
    declared.channels.push(Channel {
        name: "news".to_owned(),
        message_bytes: 48,
        refresh_ns: 0,
        depth: 0,
        signals: 0,
        memory: Some(ChannelMemory {
            form,
            at: None,
            is_cached: true,
            writers: Vec::new(),
        }),
        source: port(0),
        destinations: vec![port(1)],
    });
    declared
}

fn said_of(declared: &Declaration, base: u64, accesses: &[(Whose, Rights)]) -> Vec<String> {
    let accesses = accesses.iter().map(|(whose, rights)| Access {
        whose: *whose,
        input: 0x6000_0000,
        rights: *rights,
        memory: Memory::WRITE_BACK,
    });
    let row = Row {
        span: span(base, 0x1000),
        accesses: accesses.collect(),
    };
    let findings = findings(&[row], declared, &places());
    findings.into_iter().map(|finding| finding.fact).collect()
}

#[test]
fn memory_of_a_channel_is_shared_by_its_ends_with_their_rights() {
    const MEMORY: u64 = 0x4020_0000 + MIB / 2;
    let (writes, reads) = (Rights::READ_WRITE, Rights::READ);
    let sampling = direct(Form::Sampling);
    let queuing = direct(Form::Queuing(3));
    let good = [
        (&sampling, MEMORY, writes, reads),
        (&sampling, MEMORY + 0x1000, writes, reads),
        (&queuing, MEMORY, writes, reads),
        (&queuing, MEMORY + 0x2000, reads, writes),
    ];
    for (declared, base, one, two) in good {
        let said = said_of(declared, base, &[(ONE, one), (TWO, two)]);
        assert!(said.is_empty(), "{base:#x}: {said:#?}");
    }
    let bad = [
        // Who may only read writes, or executes; what lies behind; another partition's memory.
        (&sampling, MEMORY, writes, writes),
        (&sampling, MEMORY, reads, writes),
        (&sampling, MEMORY, writes, Rights::READ_EXECUTE),
        (&sampling, MEMORY, Rights::ALL, reads),
        (&sampling, MEMORY + 0x2000, writes, reads),
        (&queuing, MEMORY + 0x2000, writes, reads),
        (&queuing, MEMORY + 0x3000, reads, writes),
        (&sampling, RAM, writes, reads),
    ];
    for (declared, base, one, two) in bad {
        let said = said_of(declared, base, &[(ONE, one), (TWO, two)]);
        assert!(
            said.iter().any(|fact| fact.contains("is reached by")),
            "{base:#x}: {said:#?}"
        );
    }
}
