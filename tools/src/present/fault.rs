//! A fault as a sentence: partition, instruction, address, and the nearest region of its
//! configuration.

use paratia::log::Event;
use paratia_config::{Partition, Region, System};

/// The sentence for a `fault` event; the hypervisor's own words come first if it has any. None if
/// the verdict that follows says it all.
pub(crate) fn sentence(event: &Event, system: &System) -> Option<String> {
    let partition = event
        .partition()
        .and_then(|index| system.partitions.get(index))?;
    let name = partition.name;
    if !event.text().is_empty() {
        return Some(format!("'{name}': {}", event.text()));
    }
    let at = format!("at {:#x}", event.integer("elr").unwrap_or(0));
    let esr = event.integer("esr").unwrap_or(0);
    let ipa = event.integer("ipa").unwrap_or(0);
    let what = match event.word("event").unwrap_or("fault") {
        "stray_access" => {
            format!("{} {ipa:#x}, {}", access(esr), nearest(partition, ipa))
        }
        "stray_fetch" => format!("jumped to {ipa:#x}, {}", nearest(partition, ipa)),
        "forbidden_instruction" => instruction(esr).to_owned(),
        "unhandled_exception" => {
            format!(
                "took an exception that it doesn't handle: {}",
                exception(esr)
            )
        }
        "missed_heartbeat" | "console_overflow" | "refused_calls" | "reset" | "shutdown" => {
            return None;
        }
        other => format!("{other} (ESR {esr:#x})"),
    };
    Some(format!("'{name}' {what}; {at}"))
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

/// The trapped instruction by its exception class (Arm DDI 0487, ESR_EL2.EC).
fn instruction(esr: u64) -> &'static str {
    match esr >> 26 & 0x3F {
        0x00 => "executed an unknown instruction",
        0x01 => "executed a trapped WFI or WFE",
        0x07 => "used floating-point registers that it doesn't have",
        0x17 => "executed an SMC that it may not",
        0x18 => "used a system register or instruction that it may not",
        0x19 => "used SVE registers that it doesn't have",
        0x20..=0x21 => "fetched an instruction that it may not",
        0x30..=0x3D => "used a debug facility that it may not",
        _ => "executed a forbidden instruction",
    }
}

/// What the guest's own exception was, by the class in its syndrome (Arm DDI 0487, ESR_EL1.EC).
fn exception(esr: u64) -> String {
    let name = match esr >> 26 & 0x3F {
        0x00 => "undefined instruction",
        0x07 => "floating point without access",
        0x15 => "SVC",
        0x20..=0x21 => "instruction abort",
        0x22 => "misaligned program counter",
        0x24..=0x25 => "data abort",
        0x26 => "misaligned stack pointer",
        0x2F => "SError",
        0x3C => "breakpoint instruction",
        other => return format!("class {other:#x}"),
    };
    name.to_owned()
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
        let system = paratia::catalog::choose("qemu-virt", "cluster")
            .unwrap()
            .system;
        sentence(&Event::parse(0, message), system).unwrap()
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
    fn a_forbidden_instruction_is_named_by_its_class() {
        assert_eq!(
            text("fault partition=2 event=forbidden_instruction esr=0x62000000 elr=0x40000120"),
            "'infotainment' used a system register or instruction that it may not; at 0x40000120"
        );
    }

    #[test]
    fn the_hypervisors_own_words_come_first() {
        assert_eq!(
            text("fault partition=2 event=reset \"its own words\""),
            "'infotainment': its own words"
        );
    }
}
