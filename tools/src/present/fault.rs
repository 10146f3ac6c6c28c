//! A fault as a sentence: partition, instruction, address, and the nearest region of its
//! configuration.

use paratia::catalog::Choice;
use paratia::log::Event;
use paratia::pieces;
use paratia_abi::exception;
use paratia_config::machine::{CLOCK_BYTES, UART_BYTES, VirtualGic, WATCHDOG_FRAME_BYTES};
use paratia_config::{BoardFacts, Ipa, Partition, Region};

use super::instruction::undescribed;

/// The sentence for a `fault` event; the hypervisor's own words come first if it has any. None if
/// the verdict that follows says it all.
pub(crate) fn sentence(event: &Event, choice: &Choice) -> Option<String> {
    worded(event, choice, &|name, address| {
        pieces::symbol(choice, name, address)
    })
}

/// The same with what says which function lies at an address of a partition's.
fn worded(
    event: &Event,
    choice: &Choice,
    symbol: &dyn Fn(&str, u64) -> Option<String>,
) -> Option<String> {
    let partition = event
        .partition()
        .and_then(|index| choice.system.partitions.get(index))?;
    let name = partition.name;
    if !event.text().is_empty() {
        // A program's panic is its own doing, and its words say what it did.
        let of_its_own = event.word("event") == Some("application_error");
        let separator = if of_its_own { "" } else { ":" };
        return Some(format!("'{name}'{separator} {}", event.text()));
    }
    let elr = event.integer("elr").unwrap_or(0);
    let function = symbol(name, elr).map_or_else(String::new, |it| format!(", {it}"));
    let at = format!("at {elr:#x}{function}");
    let esr = event.integer("esr").unwrap_or(0);
    let what = match event.word("event").unwrap_or("fault") {
        "stray_access" => format!("{} {}", access(esr), place(event, partition, esr)),
        "stray_fetch" => format!("jumped to {}", place(event, partition, esr)),
        "undescribed_access" => {
            let ipa = event.integer("ipa").unwrap_or(0);
            let elr = event.integer("elr").unwrap_or(0);
            let word = pieces::instruction(choice, name, elr);
            format!(
                "{} {ipa:#x} of its {} {}, which the CPU doesn't describe to a hypervisor; use plain \
                 loads and stores of one general register there",
                access(esr),
                device(partition, choice.board, ipa),
                by(word)
            )
        }
        "forbidden_instruction" => instruction(esr).to_owned(),
        "unhandled_exception" => {
            format!(
                "took an exception that it doesn't handle: {}",
                own_exception(esr)
            )
        }
        "missed_heartbeat" | "console_overflow" | "refused_calls" | "reset" | "shutdown" => {
            return None;
        }
        // What the partition says of it is its own number; a Rust program's panic gives its line.
        "application_error" => {
            let what = format!("reported an error of its own, number {esr}");
            // A program that panics gives its line, and no address.
            return Some(if elr == 0 {
                format!("'{name}' {what}")
            } else {
                format!("'{name}' {what}; {at}")
            });
        }
        "system_error" => format!("was running when a bus error came in (ESR {esr:#x})"),
        other => format!("had the fault {other} (ESR {esr:#x})"),
    };
    Some(format!("'{name}' {what}; {at}"))
}

/// The address of a fault and what is nearest to it, in the partition's own physical addresses; of a
/// right that is missing the CPU says the virtual address alone.
fn place(event: &Event, partition: &Partition, esr: u64) -> String {
    let ipa = event.integer("ipa").unwrap_or(0);
    if ipa == 0 && is_permission_fault(esr) {
        let far = event.integer("far").unwrap_or(0);
        return format!("virtual address {far:#x}, for which it lacks the right");
    }
    format!("{ipa:#x}, {}", nearest(partition, ipa))
}

/// Whether the address is mapped, but not for this access (Arm DDI 0487, ESR_EL2, DFSC and IFSC).
fn is_permission_fault(esr: u64) -> bool {
    esr >> 2 & 0xF == 0b0011
}

/// What a data abort's syndrome says (Arm DDI 0487, ESR_EL2, ISS encoding for a Data Abort: WnR is
/// bit 6, CM bit 8).
fn access(esr: u64) -> &'static str {
    match (esr >> 8 & 1, esr >> 6 & 1) {
        (1, _) => "maintained the cache at",
        (_, 1) => "wrote to",
        _ => "read from",
    }
}

/// The emulated device at an address.
fn device(partition: &Partition, board: &BoardFacts, ipa: u64) -> &'static str {
    let machine = &partition.machine;
    let gic = &machine.gic;
    let (second, bytes) = if gic.version_on(board) == 3 {
        (gic.redistributors, machine.redistributors_bytes())
    } else {
        (gic.cpu_interface, VirtualGic::CPU_INTERFACE_BYTES)
    };
    let distributor = (gic.distributor, gic.distributor_bytes(board));
    let controller = [distributor, (second, bytes)];
    let holds = |(base, bytes): &(Ipa, u64)| ipa.wrapping_sub(base.0) < *bytes;
    if controller.iter().any(holds) {
        "interrupt controller"
    } else if machine.uart.is_some_and(|base| holds(&(base, UART_BYTES))) {
        "UART"
    } else if machine
        .clock
        .is_some_and(|base| holds(&(base, CLOCK_BYTES)))
    {
        "clock"
    } else if machine
        .watchdog
        .is_some_and(|base| holds(&(base, 2 * WATCHDOG_FRAME_BYTES)))
    {
        "watchdog"
    } else {
        "emulated device"
    }
}

/// By what an access was made that isn't described; `word` is the instruction, if the image has it.
fn by(word: Option<u32>) -> String {
    let known = word.and_then(|word| Some((undescribed(word)?, word)));
    known.map_or_else(
        || "by a pair, write-back, a vector or an exclusive access".to_owned(),
        |(what, word)| format!("by {what} (instruction {word:#010x})"),
    )
}

/// The trapped instruction by its exception class (Arm DDI 0487, ESR_EL2.EC).
fn instruction(esr: u64) -> &'static str {
    match exception::class(esr) {
        exception::UNKNOWN => "executed an unknown instruction",
        exception::WAIT => "executed a trapped WFI or WFE",
        exception::FLOATING_POINT => "used floating-point registers that it doesn't have",
        exception::HYPERVISOR_CALL => "executed an HVC with an immediate, which is no call",
        exception::MONITOR_CALL => "executed an SMC with an immediate, which is no call",
        exception::SYSTEM_REGISTER => "used a system register or instruction that it may not",
        exception::SVE => "used SVE registers that it doesn't have",
        exception::INSTRUCTION_ABORT | exception::OWN_INSTRUCTION_ABORT => {
            "fetched an instruction that it may not"
        }
        exception::FIRST_OF_DEBUG..=exception::LAST_OF_DEBUG => {
            "used a debug facility that it may not"
        }
        _ => "executed a forbidden instruction",
    }
}

/// What the guest's own exception was, by the class in its syndrome (Arm DDI 0487, ESR_EL1.EC).
fn own_exception(esr: u64) -> String {
    let class = exception::class(esr);
    exception::name(class).map_or_else(|| format!("class {class:#x}"), ToOwned::to_owned)
}

/// `beyond region 'ram' 0x40000000..0x40200000 by 0x1000`.
fn nearest(partition: &Partition, ipa: u64) -> String {
    let Some(region) = partition
        .regions
        .iter()
        .min_by_key(|region| distance(region, ipa))
    else {
        return "it has no regions".to_owned();
    };
    let (start, end) = (region.ipa.0, region.ipa_end().0);
    let place = if ipa < start {
        format!("{:#x} below", start - ipa)
    } else if ipa == end {
        "just beyond".to_owned()
    } else if ipa >= end {
        format!("{:#x} beyond", ipa - end)
    } else {
        "a right it doesn't have in".to_owned()
    };
    format!("{place} its region '{}' {start:#x}..{end:#x}", region.name)
}

fn distance(region: &Region, ipa: u64) -> u64 {
    region
        .ipa
        .0
        .saturating_sub(ipa)
        .max(ipa.saturating_sub(region.ipa_end().0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(message: &str) -> String {
        text_of("cluster", message)
    }

    fn text_of(system: &str, message: &str) -> String {
        let choice = paratia::catalog::choose("qemu-virt", system).unwrap();
        worded(&Event::parse(0, message), &choice, &|_, _| None).unwrap()
    }

    #[test]
    fn an_instruction_has_its_function() {
        let choice = paratia::catalog::choose("qemu-virt", "cluster").unwrap();
        let event = "fault partition=2 event=forbidden_instruction esr=0x62000000 elr=0x40000120";
        let of = |name: &str, address| Some(format!("{name}::f at f.rs:{address}"));
        let said = worded(&Event::parse(0, event), &choice, &of).unwrap();
        assert!(
            said.ends_with("; at 0x40000120, infotainment::f at f.rs:1073742112"),
            "{said}"
        );
    }

    #[test]
    fn a_write_names_the_nearest_region() {
        assert_eq!(
            text(
                "fault partition=2 event=stray_access esr=0x93c08046 ipa=0x40401000 elr=0x40000120"
            ),
            "'infotainment' wrote to 0x40401000, 0x1000 beyond its region 'ram' \
             0x40000000..0x40400000; at 0x40000120"
        );
        assert_eq!(
            text(
                "fault partition=1 event=stray_access esr=0x93c08006 ipa=0x7ffff000 elr=0x40000120"
            ),
            "'speedometer' read from 0x7ffff000, 0x1000 below its region 'frame-buffer' \
             0x80000000..0x80200000; at 0x40000120"
        );
    }

    #[test]
    fn a_missing_right_is_told_by_the_virtual_address() {
        assert_eq!(
            text(
                "fault partition=2 event=stray_access esr=0x9200004f far=0x3fe00010 ipa=0x0 \
                 elr=0x40000120"
            ),
            "'infotainment' wrote to virtual address 0x3fe00010, for which it lacks the right; at \
             0x40000120"
        );
    }

    #[test]
    fn an_access_that_is_not_described_names_device_and_remedy() {
        for (ipa, device) in [
            (0x0800_0000, "interrupt controller"),
            (0x080B_FFF8, "interrupt controller"),
            (0x0900_0018, "UART"),
        ] {
            let message =
                format!("fault partition=0 event=undescribed_access ipa={ipa:#x} elr=0x10");
            assert_eq!(
                text_of("test-hidden", &message),
                format!(
                    "'hidden' read from {ipa:#x} of its {device} by a pair, write-back, a vector or an \
                     exclusive access, which the CPU doesn't describe to a hypervisor; use plain loads \
                     and stores of one general register there; at 0x10"
                )
            );
        }
        assert_eq!(
            by(Some(0xA900_0440)),
            "by a pair of registers (instruction 0xa9000440)"
        );
        assert_eq!(
            by(Some(0xD503_201F)),
            by(None),
            "what says nothing isn't named"
        );
    }

    #[test]
    fn a_forbidden_instruction_is_named_by_its_class() {
        assert_eq!(
            text("fault partition=2 event=forbidden_instruction esr=0x62000000 elr=0x40000120"),
            "'infotainment' used a system register or instruction that it may not; at 0x40000120"
        );
    }

    #[test]
    fn an_error_of_its_own_is_told_by_its_number() {
        assert_eq!(
            text("fault partition=2 event=application_error esr=0x2a elr=0x40000120"),
            "'infotainment' reported an error of its own, number 42; at 0x40000120"
        );
        assert_eq!(
            text("fault partition=2 event=application_error esr=0x14 elr=0"),
            "'infotainment' reported an error of its own, number 20"
        );
    }

    #[test]
    fn the_hypervisors_own_words_come_first() {
        assert_eq!(
            text("fault partition=2 event=reset \"its own words\""),
            "'infotainment': its own words"
        );
        assert_eq!(
            text(
                "fault partition=2 event=application_error esr=7 \"panicked at a.rs:7:1: no fuel\""
            ),
            "'infotainment' panicked at a.rs:7:1: no fuel"
        );
    }
}
