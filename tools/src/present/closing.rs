//! The end of a run: what each partition did, and whether the promises were kept.

use std::time::Duration;

use paratia::log::Statistics;
use paratia::run::{Outcome, RunReport};
use paratia::{pieces, workspace};
use paratia_abi::ExitCause;
use paratia_config::Partition;
use paratia_config::system::Criticality;

use super::paint::{BAD, BOLD, DIM, GOOD, PLAIN, WARNING};
use super::table::Table;

/// Shows the closing table, the picture's place and the broken promises.
pub(crate) fn closing(report: &RunReport, broken: &[String]) {
    anstream::println!();
    if report.reached_end() {
        table(report).print();
        anstream::println!();
        exits(report).print();
        for line in LEGEND {
            anstream::println!("{DIM}{line}{PLAIN}");
        }
        anstream::println!();
        cpus(report).print();
        anstream::println!();
        if report.named("queue").next().is_some() {
            queues(report).print();
            anstream::println!();
        }
        for line in report.silent() {
            anstream::println!("{WARNING}{line}{PLAIN}");
        }
        summary(report);
    } else if !matches!(report.outcome, Outcome::Interrupted | Outcome::Refused(_)) {
        anstream::println!("{BOLD}The last lines were{PLAIN}");
        for line in &report.last_lines {
            anstream::println!("  {line}");
        }
    }
    match (&report.outcome, broken) {
        (Outcome::Interrupted, _) => anstream::println!("Interrupted."),
        (_, []) => anstream::println!("{GOOD}All promises kept.{PLAIN}"),
        (_, broken) => {
            for promise in broken {
                anstream::println!("{BAD}Broken{PLAIN}: {promise}");
            }
            if let Outcome::Crashed(words) = &report.outcome {
                anstream::println!("{}", crashed_at(report, words));
            }
        }
    }
}

/// Where the hypervisor failed, as far as its last words and its image tell.
fn crashed_at(report: &RunReport, words: &str) -> String {
    let Some(address) = instruction(words) else {
        return "Its last words don't say where.".to_owned();
    };
    let function = pieces::symbol_of_image(&report.image, address);
    let function = function.map_or_else(String::new, |it| format!(", {it}"));
    format!("It was at {address:#x}{function}.")
}

/// The instruction in a crash's last words, which are `key=number`.
fn instruction(words: &str) -> Option<u64> {
    let mut words = words.split_whitespace();
    let address = words.find_map(|it| it.strip_prefix("elr=0x"))?;
    u64::from_str_radix(address, 16).ok()
}

fn table(report: &RunReport) -> Table {
    let mut headings = vec![
        "partition",
        ">windows",
        ">frames",
        ">missed",
        ">faults",
        ">restarts",
        ">time used",
        ">of run",
        ">worst start",
    ];
    let partitions = report.system.partitions;
    let has_halts = partitions
        .iter()
        .any(|it| report.halted_at(it.name).is_some());
    if has_halts {
        headings.push(">halted at");
    }
    let mut table = Table::new(&headings);
    for partition in partitions {
        let counters = report.statistics(partition.name).unwrap_or_default();
        let row = row(report, partition, &counters);
        let halt = has_halts.then(|| halt(report.halted_at(partition.name)));
        table.row(row.into_iter().chain(halt));
    }
    table
}

/// When a partition was halted for good, if it was.
fn halt(at: Option<Duration>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| format!("{:.4} s", at.as_secs_f64()))
}

/// What went through each queue.
fn queues(report: &RunReport) -> Table {
    let mut table = Table::new(&["queue", ">sent", ">refused", ">dropped unread", ">waiting"]);
    for event in report.named("queue") {
        let number = |key| event.integer(key).unwrap_or(0);
        let channel = usize::try_from(number("channel")).ok();
        let channel = channel.and_then(|it| report.system.channels.get(it));
        let counts = ["sent", "refused", "dropped", "waiting"].map(|it| number(it).to_string());
        let name = channel.map_or("?", |it| it.name).to_owned();
        table.row([name].into_iter().chain(counts));
    }
    table
}

fn row(report: &RunReport, partition: &Partition, counters: &Statistics) -> [String; 9] {
    let critical = partition.criticality == Criticality::Critical;
    let frames = |count: u64| match partition.heartbeat {
        Some(_) => count.to_string(),
        None => "-".to_owned(),
    };
    let used = report.duration(counters.used_ticks);
    [
        format!("{}{}", partition.name, if critical { " *" } else { "" }),
        counters.windows.to_string(),
        frames(counters.heartbeats_expected),
        frames(counters.heartbeats_missed),
        counters.faults.to_string(),
        counters.restarts.to_string(),
        format!("{:.1} ms", used.as_secs_f64() * 1e3),
        share(counters.used_ticks, report.time_ticks().unwrap_or(0)),
        jitter(report.duration(counters.jitter_worst)),
    ]
}

/// What the columns of the exits mean.
const LEGEND: [&str; 3] = [
    "An exit is a guest's way to the hypervisor (EL2) and back, by what caused it: an interrupt, a call, a wait",
    "for one, an emulated device, a trapped register. Apart from these are counted, at some 60 instructions each,",
    "short calls (a constant answer) and all interrupts (most go straight to the guest, or end its window).",
];

/// What each CPU's hypervisor took at the longest.
fn cpus(report: &RunReport) -> Table {
    let mut table = Table::new(&[
        "CPU",
        ">longest switch",
        ">longest step of the log",
        ">slots missed",
        ">records lost",
    ]);
    for event in report.named("cpu-statistics") {
        let number = |key| event.integer(key).unwrap_or(0);
        let micros = |key| format!("{:.2} us", report.duration(number(key)).as_secs_f64() * 1e6);
        table.row([
            number("cpu").to_string(),
            micros("switch_worst"),
            micros("log_step_worst"),
            number("overruns").to_string(),
            number("records_dropped").to_string(),
        ]);
    }
    table
}

/// How often each partition came to EL2 and went back, why, and for how long.
fn exits(report: &RunReport) -> Table {
    let mut heads = vec!["exits by cause"];
    heads.extend([
        ">interrupt",
        ">call",
        ">wait",
        ">device",
        ">register",
        ">in EL2",
        ">longest",
        ">short calls",
        ">all interrupts",
    ]);
    let mut table = Table::new(&heads);
    for partition in report.system.partitions {
        // Each of its vCPUs tells its own.
        let of = |cause: ExitCause, field: &'static str| {
            let events = report.about("exits", partition.name);
            let for_it = events.filter(move |event| event.word("cause") == Some(cause.name()));
            for_it.filter_map(move |event| event.integer(field))
        };
        let all = ExitCause::ALL.iter().copied();
        let mut row = vec![partition.name.to_owned()];
        let counts = all.clone().map(|cause| of(cause, "count").sum::<u64>());
        row.extend(counts.map(|count| count.to_string()));
        let ticks: u64 = all.clone().flat_map(|cause| of(cause, "ticks")).sum();
        let worst = all.flat_map(|cause| of(cause, "worst")).max().unwrap_or(0);
        row.push(format!(
            "{:.1} us",
            report.duration(ticks).as_secs_f64() * 1e6
        ));
        row.push(format!(
            "{:.2} us",
            report.duration(worst).as_secs_f64() * 1e6
        ));
        let counters = report.statistics(partition.name).unwrap_or_default();
        row.push(counters.short_calls.to_string());
        row.push(counters.interrupts.to_string());
        table.row(row);
    }
    table
}

/// `12.3 %`; nothing of nothing is nothing.
#[allow(
    clippy::cast_precision_loss,
    reason = "a tenth of a percent is all that is shown"
)]
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    format!("{:.1} %", part as f64 / whole as f64 * 100.0)
}

fn jitter(late: Duration) -> String {
    if late.is_zero() {
        return "on the tick".to_owned();
    }
    format!("{:.3} us late", late.as_secs_f64() * 1e6)
}

fn summary(report: &RunReport) {
    let board_time = report
        .duration(report.time_ticks().unwrap_or(0))
        .as_secs_f64();
    let wall_clock = report.wall_clock.as_secs_f64();
    let windows = report.named("window").count();
    let heartbeats = report.named("heartbeat").count();
    anstream::println!(
        "{DIM}* critical; {board_time:.2} s of board time in {wall_clock:.1} s; \
         {windows} window starts and {heartbeats} heartbeats logged{PLAIN}"
    );
    if let Some(picture) = &report.screenshot {
        anstream::println!("Picture: {BOLD}{}{PLAIN}", workspace::shown(picture));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_says_where() {
        assert_eq!(
            instruction("crash cpu=0 kind=4 elr=0x40200a10 far=0"),
            Some(0x4020_0A10)
        );
        assert_eq!(instruction("crash cpu=0"), None);
    }

    #[test]
    fn a_halt_has_its_time() {
        assert_eq!(halt(None), "-");
        assert_eq!(halt(Some(Duration::from_micros(40_050))), "0.0401 s");
    }

    #[test]
    fn shares_and_jitters() {
        assert_eq!(share(1, 8), "12.5 %");
        assert_eq!(share(1, 0), "-");
        assert_eq!(jitter(Duration::ZERO), "on the tick");
        assert_eq!(jitter(Duration::from_nanos(16)), "0.016 us late");
    }
}
