use paratia_config::machine::VirtualMachine;

use super::*;

/// A tree as lines: `node {`, `name = words` or `"text"`, `}`; read by the specification alone
/// (Devicetree Specification 0.4, chapter 5).
fn lines(tree: &[u8]) -> Vec<String> {
    let word = |at: usize| u32::from_be_bytes(tree[at..at + 4].try_into().unwrap());
    let place = |at: usize| usize::try_from(word(at)).unwrap();
    assert_eq!((word(0), place(4)), (0xD00D_FEED, tree.len()));
    let (mut at, strings) = (place(8), place(12));
    let text = |at: usize| tree[at..].split(|byte| *byte == 0).next().unwrap();
    let string = |at| str::from_utf8(text(at)).unwrap();
    let mut lines = Vec::new();
    loop {
        let token = word(at);
        at += 4;
        match token {
            1 => {
                lines.push(format!("{} {{", string(at)));
                at = (at + text(at).len() + 1).next_multiple_of(4);
            }
            2 => lines.push("}".to_owned()),
            3 => {
                let (size, name) = (place(at), string(strings + place(at + 4)));
                let value = &tree[at + 8..at + 8 + size];
                lines.push(format!("{name}{}", shown(value)));
                at = (at + 8 + size).next_multiple_of(4);
            }
            9 => return lines,
            other => panic!("token {other}"),
        }
    }
}

/// A property's value: text if it looks like some, else words.
fn shown(value: &[u8]) -> String {
    let is_text = value.len() > 1
        && value.ends_with(&[0])
        && value[0] != 0
        && value
            .iter()
            .all(|byte| *byte == 0 || byte.is_ascii_graphic() || *byte == b' ');
    if value.is_empty() {
        return String::new();
    }
    if is_text {
        let texts = value[..value.len() - 1].split(|byte| *byte == 0);
        let texts: Vec<_> = texts
            .map(|text| format!("{:?}", str::from_utf8(text).unwrap()))
            .collect();
        return format!(" = {}", texts.join(", "));
    }
    let words = value.chunks(4).map(|word| {
        let word = word
            .iter()
            .fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
        format!("{word:x}")
    });
    format!(" = <{}>", words.collect::<Vec<_>>().join(" "))
}

fn guest() -> Guest<'static> {
    Guest {
        machine: VirtualMachine::VIRT.with_watchdog(),
        gic_version: 3,
        monitors_interrupt: Some(23),
        watchdog_seconds: 2,
        ram: vec![(0x4000_0000, 0x400_0000)],
        xen: None,
        devices: vec![],
        channels: vec![],
        command_line: "console=ttyAMA0",
        initrd: Some((0x41C0_0000, 0x41DC_4400)),
    }
}

#[test]
fn the_tree_of_a_linux_partition() {
    let expected = r#"
 {
#address-cells = <2>
#size-cells = <2>
compatible = "linux,dummy-virt"
model = "Paratia partition"
interrupt-parent = <1>
chosen {
bootargs = "console=ttyAMA0"
stdout-path = "/pl011@9000000"
linux,initrd-start = <0 41c00000>
linux,initrd-end = <0 41dc4400>
kaslr-seed = <6e6f2073 65656421>
rng-seed = <6e6f2073 65637265 743a206e 6577206f 6e657320 61742061 6e792073 74617274>
}
memory@40000000 {
device_type = "memory"
reg = <0 40000000 0 4000000>
}
psci {
compatible = "arm,psci-1.0", "arm,psci-0.2"
method = "hvc"
}
cpus {
#address-cells = <1>
#size-cells = <0>
cpu@0 {
device_type = "cpu"
compatible = "arm,armv8"
reg = <0>
enable-method = "psci"
}
}
intc@8000000 {
#address-cells = <2>
#size-cells = <2>
compatible = "arm,gic-v3"
reg = <0 8000000 0 10000 0 80a0000 0 20000>
interrupt-controller
#interrupt-cells = <3>
phandle = <1>
}
timer {
compatible = "arm,armv8-timer"
interrupts = <1 d 4 1 e 4 1 b 4 1 a 4>
interrupt-names = "sec-phys", "phys", "virt", "hyp-phys"
always-on
}
apb-pclk {
compatible = "fixed-clock"
#clock-cells = <0>
clock-frequency = <16e3600>
clock-output-names = "clk24mhz"
phandle = <2>
}
pl011@9000000 {
compatible = "arm,pl011", "arm,primecell"
reg = <0 9000000 0 1000>
interrupts = <0 1 4>
clocks = <2 2>
clock-names = "uartclk", "apb_pclk"
}
rtc@9010000 {
compatible = "arm,pl031", "arm,primecell"
reg = <0 9010000 0 1000>
clocks = <2>
clock-names = "apb_pclk"
}
watchdog@90e0000 {
compatible = "arm,sbsa-gwdt"
reg = <0 90e0000 0 1000 0 90e1000 0 1000>
timeout-sec = <2>
}
}"#;
    let expected: Vec<&str> = expected.lines().skip(1).collect();
    assert_eq!(lines(&guest().tree().unwrap()), expected);
}

#[test]
fn timers_are_found_by_position() {
    for (gic_version, vcpus, flags) in [(3, 1, 4), (3, 4, 4), (2, 1, 0x104), (2, 4, 0xF04)] {
        let mut guest = guest();
        guest.gic_version = gic_version;
        guest.machine = guest.machine.with_vcpus(vcpus);
        let lines = lines(&guest.tree().unwrap());
        let timer = lines.iter().position(|line| line == "timer {").unwrap();
        let expected =
            format!("interrupts = <1 d {flags:x} 1 e {flags:x} 1 b {flags:x} 1 a {flags:x}>");
        assert_eq!(lines[timer + 2], expected, "GICv{gic_version}, {vcpus}");
    }
}

/// Many readers take the first memory node alone, and its first range for the base.
#[test]
fn all_memory_is_in_one_node() {
    let mut guest = guest();
    guest.ram = vec![(0x4000_0000, 0x400_0000), (0x1000_0000, 0x1000)];
    let lines = lines(&guest.tree().unwrap());
    let nodes = lines.iter().filter(|line| line.starts_with("memory@"));
    assert_eq!(nodes.collect::<Vec<_>>(), ["memory@40000000 {"]);
    let expected = "reg = <0 40000000 0 4000000 0 10000000 0 1000>";
    assert!(lines.iter().any(|line| line == expected), "{lines:#?}");
}

/// Whoever doesn't know options after a colon looks for a node of that very name.
#[test]
fn the_path_to_the_console_is_a_node_s() {
    let lines = lines(&guest().tree().unwrap());
    let path = lines
        .iter()
        .find_map(|line| line.strip_prefix("stdout-path = \"/"));
    let node = format!("{} {{", path.unwrap().trim_end_matches('"'));
    assert!(lines.contains(&node), "{node}");
}

#[test]
fn vcpus_have_a_node_and_a_redistributor_each() {
    let mut guest = guest();
    guest.machine = guest.machine.with_vcpus(3);
    let lines = lines(&guest.tree().unwrap());
    for line in [
        "cpu@2 {",
        "reg = <2>",
        "reg = <0 8000000 0 10000 0 80a0000 0 60000>",
    ] {
        assert!(lines.iter().any(|it| it == line), "{line}: {lines:#?}");
    }
}

#[test]
fn granted_performance_monitors_have_a_node() {
    let mut guest = guest();
    let text = |guest: &Guest<'_>| lines(&guest.tree().unwrap()).join("\n");
    assert!(!text(&guest).contains("pmu"));
    guest.machine.pmu = true;
    let node = "pmu {\ncompatible = \"arm,armv8-pmuv3\"\n";
    assert!(text(&guest).contains(&format!("{node}interrupts = <1 7 4>\n}}")));
    guest.monitors_interrupt = None;
    assert!(text(&guest).contains(&format!("{node}}}")));
}

#[test]
fn an_older_interrupt_controller_and_devices() {
    let mut guest = guest();
    guest.gic_version = 2;
    guest.machine.uart = None;
    guest.initrd = None;
    guest.devices = vec![
        ("rtc", 0x0901_0000, 0x1000, &[34]),
        ("unheard-of", 0x0A00_0000, 0x1000, &[40]),
    ];
    let text = lines(&guest.tree().unwrap()).join("\n");
    assert!(text.contains("compatible = \"arm,cortex-a15-gic\""));
    assert!(text.contains("reg = <0 8000000 0 1000 0 8010000 0 2000>"));
    assert!(text.contains(
        "rtc@9010000 {\ncompatible = \"arm,pl031\", \"arm,primecell\"\nreg = <0 9010000 0 1000>\n\
         interrupts = <0 2 4>"
    ));
    for absent in ["pl011", "initrd", "stdout", "unheard-of"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
}

/// What Xen tells its guests, with the interrupt of a level that is low when there are events, as its own trees
/// have it.
#[test]
fn a_guest_of_xens_is_told_where_its_grants_and_events_are() {
    let guest = Guest {
        xen: Some(0x3800_0000),
        ..guest()
    };
    let lines = lines(&guest.tree().unwrap());
    let at = lines.iter().position(|line| line == "hypervisor {");
    let node = &lines[at.expect("there is a node")..];
    let expected = [
        "hypervisor {",
        "compatible = \"xen,xen-4.17\", \"xen,xen\"",
        "reg = <0 38000000 0 2000>",
        "interrupts = <1 f 4>",
        "}",
    ];
    assert_eq!(node[..5], expected);
}
