//! The figures: what each is called, and what it is at other hypervisors.

use serde::Serialize;

use super::Values;
use super::guest::{Figures, Samples};

/// A figure.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figure {
    /// Its name in `tests/budgets.toml`, and in the bench guest's output.
    pub key: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it is a number of.
    pub unit: Unit,
    /// Other hypervisors' figures, measured once with the same method.
    pub measured_once: &'static [(&'static str, u64)],
}

/// What a figure is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Instructions, one tick each.
    Instructions,
    /// Hundredths of an instruction a byte.
    HundredthsPerByte,
    /// Bytes.
    Bytes,
    /// Lines of code, without blanks and comments.
    Lines,
    /// Millionths of a CPU's time.
    Millionths,
}

impl Unit {
    /// Its name in JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::HundredthsPerByte => "hundredths_per_byte",
            Self::Bytes => "bytes",
            Self::Lines => "lines",
            Self::Millionths => "millionths",
        }
    }
}

const fn figure(
    key: &'static str,
    title: &'static str,
    unit: Unit,
    measured_once: &'static [(&'static str, u64)],
) -> Figure {
    Figure {
        key,
        title,
        unit,
        measured_once,
    }
}

const BAO: &str = "Bao";
const HVISOR: &str = "hvisor";
const JAILHOUSE: &str = "Jailhouse";
const XEN_NULL: &str = "Xen 4.22 null";
const XEN_ARINC: &str = "Xen arinc653";
const XEN_CREDIT: &str = "Xen credit";
const XEN: &str = "Xen 4.17";

use Unit::{Bytes, HundredthsPerByte, Instructions, Lines, Millionths};

/// Every figure, in the order of the table.
#[rustfmt::skip]
pub const FIGURES: &[Figure] = &[
    figure("hvc-psci-version", "call PSCI_VERSION by HVC", Instructions,
        &[(HVISOR, 152), (BAO, 190), (XEN_NULL, 416)]),
    figure("hvc-own", "own null call", Instructions,
        &[(JAILHOUSE, 136), (BAO, 151), (XEN_NULL, 389)]),
    figure("hvc-unknown", "unknown call, refused", Instructions,
        &[(JAILHOUSE, 122), (HVISOR, 152), (XEN_NULL, 335), (BAO, 1_422)]),
    figure("smc-psci-version", "call PSCI_VERSION by SMC", Instructions,
        &[(HVISOR, 127), (JAILHOUSE, 138), (BAO, 204), (XEN_NULL, 442)]),
    figure("gicd-typer-read", "GICD_TYPER read", Instructions,
        &[(BAO, 226), (JAILHOUSE, 269), (HVISOR, 326), (XEN_NULL, 738)]),
    figure("gicd-isenabler1-read", "GICD_ISENABLER1 read", Instructions,
        &[(HVISOR, 718), (XEN_NULL, 839), (JAILHOUSE, 969), (BAO, 1_291)]),
    figure("gicr-isenabler0-read", "GICR_ISENABLER0 read", Instructions,
        &[(JAILHOUSE, 269), (HVISOR, 364), (XEN_NULL, 827), (BAO, 1_315)]),
    figure("gicr-isenabler0-write", "GICR_ISENABLER0 write", Instructions,
        &[(JAILHOUSE, 266), (HVISOR, 359), (XEN_NULL, 884), (BAO, 3_590)]),
    figure("timer-spinning", "virtual timer to vector, spinning (max)", Instructions,
        &[(BAO, 200), (JAILHOUSE, 207), (HVISOR, 227), (XEN_NULL, 1_021)]),
    figure("timer-waiting", "virtual timer to vector, in WFI (max)", Instructions,
        &[(BAO, 200), (JAILHOUSE, 207), (HVISOR, 227), (XEN_NULL, 3_337)]),
    figure("self-sgi", "SGI to self, to vector (max)", Instructions,
        &[(HVISOR, 334), (BAO, 777), (XEN_NULL, 963), (JAILHOUSE, 1_401)]),
    figure("event-to-cpu", "event to another CPU, call to vector", Instructions, &[(BAO, 755)]),
    figure("signal-to-cpu", "- without a message", Instructions, &[]),
    figure("event-signal", "- signalled to a partition of the same CPU", Instructions, &[]),
    figure("event-take", "- taken", Instructions, &[]),
    figure("port-write", "64 bytes into a sampling port", Instructions, &[]),
    figure("port-read", "64 bytes out of a sampling port", Instructions, &[]),
    figure("port-write-8", "- 8 bytes into one", Instructions, &[]),
    figure("port-read-8", "- 8 bytes out of one", Instructions, &[]),
    figure("port-write-512", "- 512 bytes into one", Instructions, &[]),
    figure("port-read-512", "- 512 bytes out of one", Instructions, &[]),
    figure("queue-send", "64 bytes into a queuing port", Instructions, &[]),
    figure("queue-receive", "64 bytes out of a queuing port", Instructions, &[]),
    figure("direct-write", "64 bytes into a direct channel, at EL1", Instructions, &[]),
    figure("direct-read", "64 bytes out of a direct channel, at EL1", Instructions, &[]),
    figure("direct-write-4096", "- 4096 bytes into one", Instructions, &[]),
    figure("direct-read-4096", "- 4096 bytes out of one", Instructions, &[]),
    figure("direct-copy-4096", "- a plain copy of 4096 bytes", Instructions, &[]),
    figure("partition-switch", "partition switch, FP state on both sides (max)", Instructions,
        &[(XEN_CREDIT, 2_988), (XEN_ARINC, 3_052)]),
    figure("last-switch", "- by which a partition ends itself", Instructions, &[]),
    figure("jitter-calm", "window start jitter, calm neighbour", Instructions, &[(XEN_ARINC, 8)]),
    figure("jitter-console", "- neighbour floods its console", Instructions,
        &[(XEN_ARINC, 1_031)]),
    figure("jitter-interrupts", "- neighbour raises interrupts", Instructions,
        &[(XEN_ARINC, 10_403)]),
    figure("jitter-restarts", "- neighbour is restarted, memory scrubbed", Instructions,
        &[(XEN_ARINC, 36_406)]),
    figure("jitter-refused-calls", "- neighbour makes refused calls", Instructions, &[]),
    figure("jitter-all", "- over all of these neighbours together", Instructions, &[]),
    figure("longest-path", "longest path with interrupts masked", Instructions, &[]),
    figure("boot", "reset to first guest instruction", Instructions,
        &[(BAO, 362_776), (JAILHOUSE, 568_045), (HVISOR, 1_070_000), (XEN, 17_900_000)]),
    figure("boot-hash", "- image hashed", HundredthsPerByte, &[]),
    figure("boot-copy", "- image copied, memory scrubbed", HundredthsPerByte, &[]),
    figure("text", "hypervisor .text", Bytes,
        &[(JAILHOUSE, 55_000), (BAO, 65_000), (HVISOR, 140_000), (XEN_NULL, 499_000)]),
    figure("own-ram", "own RAM of 'cluster', without tables", Bytes,
        &[(JAILHOUSE, 262_144), (BAO, 356_352), (XEN, 17_825_792), (HVISOR, 69_206_016)]),
    figure("tables", "- its tables", Bytes, &[]),
    figure("lines-running", "privileged code: functions of 'cluster'", Lines,
        &[(BAO, 6_640), (JAILHOUSE, 7_385), (HVISOR, 11_427), (XEN_NULL, 80_526)]),
    figure("lines-declared", "- its declarations, as in C's headers", Lines, &[]),
    figure("lines", "- all that any system may have", Lines, &[]),
    figure("more-partitions-call", "own null call: 16, 128 partitions less 2", Instructions, &[]),
    figure("more-partitions-timer", "virtual timer: 16, 128 partitions less 2", Instructions, &[]),
    figure("more-partitions-switch", "partition switch: 16, 128 partitions less 2", Instructions, &[]),
    figure("time-lost", "CPU time lost with 1 ms windows", Millionths, &[]),
];

/// Those of the figures that the bench guest measures itself: of interrupts the worst, of the
/// others the mean.
#[must_use]
pub fn of_guest(figures: &Figures) -> Values {
    let value = |key: &str, of: &Samples| match key {
        "timer-spinning" | "timer-waiting" | "self-sgi" => of.max,
        _ => of.mean,
    };
    FIGURES
        .iter()
        .filter_map(|figure| {
            let samples = figures.get(figure.key)?;
            Some((figure.key, value(figure.key, samples)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_s_name_is_what_is_written() {
        for unit in [Instructions, HundredthsPerByte, Bytes, Lines, Millionths] {
            assert_eq!(serde_json::to_value(unit).unwrap(), unit.key());
        }
    }
}
