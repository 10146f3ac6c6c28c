//! How QEMU is asked for a board: a description that a test can bend into a wrong one.

use std::ffi::OsString;
use std::path::Path;

use paratia_board_support::list::Listed;
use paratia_config::System;

use super::version::Version;

/// Deterministic time: an instruction takes 2^0 = 1 ns of board time, so that a tick of a 62.5 MHz
/// counter is 16 instructions.
///
/// Time in which all CPUs wait costs nothing, so 20 s of board time cost as much as what runs in
/// them.
const ICOUNT_SHIFT: u32 = 0;

/// The model of CAN controllers that QEMU can put on a bus: those of `xlnx-zcu102`, whose properties for it
/// are called `canbus0` and `canbus1`.
const CAN_MODEL: &str = "xilinx-can";
/// The bus's name.
const CAN_BUS: &str = "can";

/// How board time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// By instructions executed: the same on every machine and in every run.
    Deterministic,
    /// By instructions while something runs, with the clock on the wall while all CPUs wait: fit to
    /// type for. A busy host delays a board that works as a whole, but may wake one that waits too late
    /// for its next window.
    Paced,
    /// With the clock on the wall.
    Real,
}

/// A QEMU machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Machine and properties, as after `-M`.
    pub kind: String,
    /// CPU model, such as `cortex-a57`.
    pub cpu: String,
    /// Number of CPUs.
    pub cpu_count: usize,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// The least version of QEMU that has it.
    pub least_version: Version,
    /// How board time passes.
    pub time: Time,
    /// Whether QEMU shows its window.
    pub window: bool,
    /// Arguments that the board's devices need.
    pub devices: Vec<String>,
    /// More arguments, at the end.
    pub extra: Vec<String>,
}

impl Machine {
    /// The machine that is the board.
    #[must_use]
    pub fn for_board(board: &Listed) -> Self {
        let qemu = &board.qemu;
        Self {
            kind: qemu.machine.to_owned(),
            cpu: qemu.cpu.to_owned(),
            cpu_count: board.facts.cpus.len(),
            memory_mib: qemu.memory_mib,
            least_version: qemu.least_version,
            time: Time::Deterministic,
            window: false,
            devices: qemu.arguments.iter().map(ToString::to_string).collect(),
            extra: Vec::new(),
        }
    }

    /// The machine that is the board, with what a system's devices need beside it: CAN controllers that
    /// partitions own are on one bus. A board has none if nobody asks for it.
    #[must_use]
    pub fn for_system(board: &Listed, system: &System) -> Self {
        let mut machine = Self::for_board(board);
        let owned = system.partitions.iter().flat_map(|it| it.devices);
        for device in owned.filter_map(|it| board.facts.device(it.device)) {
            if device.model == CAN_MODEL {
                let number = device.name.trim_start_matches("can");
                machine.kind += &format!(",canbus{number}={CAN_BUS}");
                machine.add_can_bus();
            }
        }
        machine
    }

    fn add_can_bus(&mut self) {
        let bus = ["-object".to_owned(), format!("can-bus,id={CAN_BUS}")];
        if !self.devices.ends_with(&bus) {
            self.devices.extend(bus);
        }
    }

    /// Sets the machine's version of the interrupt controller, if it has the choice.
    pub fn set_gic_version(&mut self, version: u32) {
        let properties = self.kind.split(',').map(|property| {
            if property.starts_with("gic-version=") {
                format!("gic-version={version}")
            } else {
                property.to_owned()
            }
        });
        self.kind = properties.collect::<Vec<_>>().join(",");
    }

    /// QEMU's arguments: serial output on its standard output, control on `socket`.
    #[must_use]
    pub fn arguments(&self, image: &Path, socket: &Path) -> Vec<OsString> {
        let mut all: Vec<OsString> = Vec::new();
        let mut add = |words: &[&str]| all.extend(words.iter().map(OsString::from));
        add(&["-M", &self.kind, "-cpu", &self.cpu]);
        add(&[
            "-smp",
            &self.cpu_count.to_string(),
            "-m",
            &format!("{}M", self.memory_mib),
        ]);
        add(&["-nodefaults", "-monitor", "none", "-serial", "stdio"]);
        for argument in &self.devices {
            add(&[argument]);
        }
        if !self.window {
            add(&["-display", "none"]);
        }
        if self.time != Time::Real {
            let sleep = if self.time == Time::Paced {
                "on"
            } else {
                "off"
            };
            add(&["-icount", &format!("shift={ICOUNT_SHIFT},sleep={sleep}")]);
            // The board's calendar clock keeps board time too.
            add(&["-rtc", "base=2026-01-01,clock=vm"]);
        }
        all.push("-qmp".into());
        all.push(option("unix:", socket, ",server=on,wait=off"));
        all.push("-kernel".into());
        all.push(image.into());
        all.extend(self.extra.iter().map(OsString::from));
        all
    }
}

/// A path inside a comma-separated option.
fn option(before: &str, path: &Path, after: &str) -> OsString {
    let mut text = OsString::from(before);
    text.push(path);
    text.push(after);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(machine: &Machine) -> String {
        let all = machine.arguments(Path::new("x.elf"), Path::new("s"));
        let all: Vec<_> = all.iter().map(|word| word.to_str().unwrap()).collect();
        all.join(" ")
    }

    #[test]
    fn the_board_as_it_is() {
        let board = crate::catalog::board("qemu-virt").unwrap();
        assert_eq!(
            words(&Machine::for_board(board)),
            "-M virt,virtualization=on,gic-version=3 -cpu cortex-a57 -smp 4 -m 1024M -nodefaults \
             -monitor none -serial stdio -device ramfb -display none -icount shift=0,sleep=off \
             -rtc base=2026-01-01,clock=vm -qmp unix:s,server=on,wait=off -kernel x.elf"
        );
    }

    #[test]
    fn a_boards_sound_stays_off() {
        let board = crate::catalog::board("zcu102").unwrap();
        let words = words(&Machine::for_board(board));
        assert!(words.contains("-serial stdio -audio driver=none"));
    }

    #[test]
    fn controllers_that_are_owned_are_on_one_bus() {
        let board = crate::catalog::board("zcu102").unwrap();
        let words_for = |system: &str| {
            let choice = crate::catalog::choose("zcu102", system).unwrap();
            words(&Machine::for_system(board, choice.system))
        };
        let with = words_for("cluster-can");
        assert!(with.starts_with("-M xlnx-zcu102,virtualization=on,canbus0=can,canbus1=can "));
        assert_eq!(with.matches("-object can-bus,id=can").count(), 1, "{with}");
        assert!(!words_for("cluster").contains("can"));
    }

    #[test]
    fn a_wrong_board_in_real_time_with_a_window() {
        let board = crate::catalog::board("qemu-virt").unwrap();
        let mut machine = Machine::for_board(board);
        machine.set_gic_version(2);
        machine.time = Time::Real;
        machine.window = true;
        machine.extra.push("-d".into());
        let words = words(&machine);
        assert!(words.contains("gic-version=2"));
        assert!(!words.contains("-icount") && !words.contains("-display"));
        assert!(words.ends_with("-kernel x.elf -d"));
    }
}
