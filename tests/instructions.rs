//! What QEMU can't show, looked for in the instructions of linked images: it has no caches that could
//! hold what is old, no TLB tagged by partition, no speculation, and not all of the traps that a CPU has.
//!
//! What is asserted here is what stands in the image, whatever the source means.

#[path = "instructions/switched.rs"]
mod switched;

use std::collections::{BTreeMap, BTreeSet};

use paratia::build;
use paratia_tests::code::{Code, Encoding, Instruction as I};
use paratia_tests::{DEFAULT_BOARD, is_about};

use switched::{SWITCHED, moved};

/// Systems that have between them all that switches: plain partitions; performance monitors and debug
/// registers; several vCPUs of a partition on one CPU.
const PLAIN: &str = "cluster";
const SYSTEMS: [&str; 3] = [PLAIN, "test-monitors", "test-numbers"];

const TLBI_ALLE2: I = I::System([1, 4, 8, 7, 0]);
const TLBI_ALLE1: I = I::System([1, 4, 8, 7, 4]);
const TLBI_VMALLE1: I = I::System([1, 0, 8, 7, 0]);
const TLBI_VMALLS12E1IS: I = I::System([1, 4, 8, 3, 6]);
const IC_IALLU: I = I::System([1, 0, 7, 5, 0]);
const IC_IALLUIS: I = I::System([1, 0, 7, 1, 0]);
const DC_IVAC: I = I::System([1, 0, 7, 6, 1]);
const DC_CIVAC: I = I::System([1, 3, 7, 14, 1]);
/// Domains of `DSB` in `CRm`.
const DSB_SY: I = I::Dsb(0b1111);
const DSB_ISH: I = I::Dsb(0b1011);
const DSB_ISHST: I = I::Dsb(0b1010);
const DSB_NSH: I = I::Dsb(0b0111);

const SCTLR_EL2: Encoding = [3, 4, 1, 0, 0];
const TTBR0_EL2: Encoding = [3, 4, 2, 0, 0];
const TCR_EL2: Encoding = [3, 4, 2, 0, 2];
const MAIR_EL2: Encoding = [3, 4, 10, 2, 0];
const VTTBR_EL2: Encoding = [3, 4, 2, 1, 0];
const VTCR_EL2: Encoding = [3, 4, 2, 1, 2];
const FPCR: Encoding = [3, 3, 4, 4, 0];
const FPSR: Encoding = [3, 3, 4, 4, 1];
const PMCR_EL0: Encoding = [3, 3, 9, 12, 0];
const PMCCNTR_EL0: Encoding = [3, 3, 9, 13, 0];
const PMOVSSET_EL0: Encoding = [3, 3, 9, 14, 3];
/// Stands for the barrier in a list of registers.
const ISB: Encoding = [0; 5];
const ELR_EL2: Encoding = [3, 4, 4, 0, 1];
const SPSR_EL2: Encoding = [3, 4, 4, 0, 0];

fn image(system: &str) -> Vec<u8> {
    let image = build::image(DEFAULT_BOARD, system).expect("it can be built");
    std::fs::read(image).expect("it was built")
}

fn code(system: &str) -> Code {
    Code::of(&image(system))
}

/// The code of every system, if this is about the board that was asked for.
fn all() -> impl Iterator<Item = (&'static str, Code)> {
    let systems = is_about(DEFAULT_BOARD).then_some(SYSTEMS);
    let systems = systems.into_iter().flatten();
    systems.map(|system| (system, code(system)))
}

/// The one place of an instruction.
fn only(code: &Code, wanted: I) -> u64 {
    let found = code.instructions().filter(|(_, it)| *it == wanted);
    let found: Vec<_> = found.map(|(address, _)| address).collect();
    let [address] = found[..] else {
        panic!("{wanted:?} is at {found:x?}, not at one place");
    };
    address
}

/// Whether an instruction at `address` is in what runs once, at boot: before the vectors.
fn is_of_boot(code: &Code, address: u64) -> bool {
    address < code.function("vectors").start
}

/// What stands around the one place of an instruction, itself included.
fn around(code: &Code, wanted: I, before: usize, after: usize) -> Vec<I> {
    let address = only(code, wanted);
    let mut all = code.before(address, before);
    all.extend(code.from(address).map(|(_, it)| it).take(after + 1));
    all
}

/// Arm's errata notices name CPUs that execute an address translation speculatively with the registers
/// of two guests mixed in a switch, and keep the answer (Cortex-A57 1319537, Cortex-A72 1319367,
/// Cortex-A55 1530923, Cortex-A76 1165522). Where none is, nothing is speculated on, not even in data
/// between instructions.
#[test]
fn no_address_is_translated_for_a_guest() {
    for (system, code) in all() {
        let found = code.words().filter(|(_, it)| it.is_translation());
        let found: Vec<_> = found
            .map(|(at, _)| code.function_at(at).to_owned())
            .collect();
        assert_eq!(found, [""; 0], "{system}");
    }
}

/// Cortex-A53 erratum 843419 needs an `ADRP`, of which there is none; 835769 a multiplication that
/// accumulates 64 bits right after an access to memory.
#[test]
fn no_image_has_what_a_cortex_a53_does_wrong() {
    for (system, code) in all() {
        let pages = code
            .instructions()
            .filter(|(_, it)| *it == I::AddressOfPage);
        assert_eq!(pages.count(), 0, "{system}: 843419");
        let all: Vec<_> = code.instructions().collect();
        let wrong = all
            .windows(2)
            .filter(|pair| pair[0].1.is_memory() && pair[1].1 == I::MultiplyAccumulate);
        let wrong: Vec<_> = wrong.map(|pair| code.function_at(pair[0].0)).collect();
        assert_eq!(wrong, [""; 0], "{system}: 835769");
        assert!(
            all.iter().any(|(_, it)| *it == I::MultiplyAccumulate),
            "{system}: one would be found"
        );
    }
}

/// Nothing is done between an invalidation and the barriers that complete it (Arm ARM DDI 0487, D8.17.5).
#[test]
fn every_invalidation_is_waited_for() {
    for (system, code) in all() {
        let invalidations = code
            .instructions()
            .filter(|(_, it)| it.is_tlb_invalidation());
        let mut count = 0;
        for (address, _) in invalidations {
            let following = code.from(address).map(|(_, it)| it);
            let barriers: Vec<_> = following
                .skip_while(|it| it.is_tlb_invalidation() || it.is_instruction_cache_invalidation())
                .take(2)
                .collect();
            let function = code.function_at(address);
            assert!(
                matches!(barriers[..], [DSB_SY | DSB_ISH | DSB_NSH, I::Isb]),
                "{system}, {function}: {barriers:?}"
            );
            count += 1;
        }
        assert!(count >= 3, "{system}: at boot twice, at a restart");
    }
}

/// EL2's own translation: everything set and synchronised, nothing old left, and only then on.
#[test]
fn the_mmu_is_turned_on_in_order() {
    for (system, code) in all() {
        let found = around(&code, TLBI_ALLE2, 1, 6);
        assert!(
            matches!(
                found[..],
                [
                    I::Isb,
                    TLBI_ALLE2,
                    IC_IALLU,
                    DSB_NSH,
                    I::Isb,
                    I::Other | I::Memory,
                    I::Write(SCTLR_EL2, _),
                    I::Isb
                ]
            ),
            "{system}: {found:?}"
        );
        let address = only(&code, TLBI_ALLE2);
        let before = code.before(address, 20);
        for register in [MAIR_EL2, TCR_EL2, TTBR0_EL2] {
            let is_set = |it: &I| matches!(it, I::Write(written, _) if *written == register);
            assert!(
                before.iter().any(is_set),
                "{system}: {register:?} {before:?}"
            );
        }
        assert!(
            before.contains(&DSB_SY),
            "{system}: variables are in memory"
        );
        assert!(is_of_boot(&code, address), "{system}");
    }
}

/// Before the first guest runs on a CPU nothing is left in it of whoever ran there before.
#[test]
fn each_cpu_forgets_all_guests_at_boot() {
    for (system, code) in all() {
        let address = only(&code, TLBI_ALLE1);
        assert!(is_of_boot(&code, address), "{system}");
        assert!(
            code.function_at(address).contains("set_up_cpu"),
            "{system}: it is what every CPU does"
        );
        let found = around(&code, TLBI_ALLE1, 1, 3);
        assert_eq!(
            found,
            [I::Isb, TLBI_ALLE1, IC_IALLU, DSB_NSH, I::Isb],
            "{system}"
        );
        let before = code.before(address, 6);
        let sets = |it: &I| matches!(it, I::Write(VTCR_EL2, _));
        assert!(
            before.iter().any(sets),
            "{system}: VTCR_EL2 comes first: {before:?}"
        );
    }
}

/// A partition that starts again finds nothing of its translations and instructions, in any CPU.
#[test]
fn a_restart_forgets_the_guest_on_all_cpus() {
    for (system, code) in all() {
        let found = around(&code, TLBI_VMALLS12E1IS, 3, 3);
        assert!(
            matches!(
                found[..],
                [
                    I::Write(VTTBR_EL2, _),
                    I::Isb,
                    DSB_ISHST,
                    TLBI_VMALLS12E1IS,
                    IC_IALLUIS,
                    DSB_ISH,
                    I::Isb
                ]
            ),
            "{system}: {found:?}"
        );
    }
}

/// Where vCPUs of one partition share a CPU, what one had in the TLB isn't the other's; elsewhere that
/// costs nothing.
#[test]
fn a_vcpu_finds_nothing_of_its_siblings() {
    for (system, code) in all() {
        if system == PLAIN {
            let any = code.instructions().any(|(_, it)| it == TLBI_VMALLE1);
            assert!(!any, "{system} has no such vCPUs");
        }
        if system != "test-numbers" {
            continue;
        }
        let found = around(&code, TLBI_VMALLE1, 1, 3);
        assert_eq!(
            found,
            [I::Isb, TLBI_VMALLE1, IC_IALLU, DSB_NSH, I::Isb],
            "{system}"
        );
    }
}

/// Cleaning goes line by line of 64 bytes to its end, and is waited for; each line that is scrubbed or
/// cleaned goes to memory. Without that a guest whose caches are off reads what lay there before.
#[test]
fn memory_is_cleaned_to_its_end() {
    for (system, code) in all() {
        let places = code.instructions().filter(|(_, it)| *it == DC_CIVAC);
        let places: Vec<_> = places.map(|(address, _)| address).collect();
        for address in &places {
            let (end, _) = code
                .from(*address)
                .take(5)
                .find(|(at, it)| {
                    matches!(it, I::Maybe(far) if at.wrapping_add_signed((*far).into()) <= *address)
                })
                .unwrap_or_else(|| panic!("{system}: no loop at {address:#x}"));
            let mut inside = code.within(*address..end).map(|(_, it)| it);
            let is_step = |it| matches!(it, I::Add(to, from, 64) if to == from);
            assert!(inside.any(is_step), "{system}: it goes line by line");
            let after = code.from(end).nth(1).map(|(_, it)| it);
            let function = code.function_at(*address);
            assert_eq!(after, Some(DSB_SY), "{system}, {function}");
        }
        let has = |name: &str| {
            let mut functions = places.iter().map(|address| code.function_at(*address));
            functions.any(|function| function.contains(name))
        };
        assert!(
            has("restart4step") && has("memory5clean"),
            "{system}: {places:x?}"
        );
    }
}

/// A line that is scrubbed is written in full before it is cleaned; what is copied is cleaned after.
#[test]
fn what_is_loaded_or_scrubbed_is_cleaned() {
    for (system, code) in all() {
        let step = code.function("restart4step");
        let of_step: Vec<_> = code.within(step.clone()).collect();
        let scrubs = of_step
            .iter()
            .enumerate()
            .filter(|(_, (_, it))| *it == DC_CIVAC);
        let mut count = 0;
        for (cleaned, _) in scrubs {
            let zeros = &of_step[cleaned - 4..cleaned];
            let is_whole = |(offset, (_, it)): (i32, &(u64, I))| matches!(it, I::StorePair([31, 31], _, at) if *at == offset);
            assert!(
                [0, 16, 32, 48].into_iter().zip(zeros).all(is_whole),
                "{system}: {zeros:?}"
            );
            count += 1;
        }
        assert!(count > 0, "{system}: it scrubs");
        // Where it goes to next, in order.
        let goes_to = |(address, it): &(u64, I)| match it {
            I::Call(far) | I::Branch(far) => {
                let target = address.wrapping_add_signed((*far).into());
                (!step.contains(&target)).then(|| code.function_at(target))
            }
            _ => None,
        };
        let calls: Vec<_> = of_step.iter().filter_map(goes_to).collect();
        let copied = calls.iter().position(|name| name.contains("memcpy"));
        let copied = copied.unwrap_or_else(|| panic!("{system}: it copies: {calls:?}"));
        assert!(
            calls
                .get(copied + 1)
                .is_some_and(|name| name.contains("memory5clean")),
            "{system}: {calls:?}"
        );
    }
}

/// Variables that start as zero are written with the cache off, after old lines were thrown away.
#[test]
fn variables_begin_as_zero_in_memory() {
    for (system, code) in all() {
        let found = around(&code, DC_IVAC, 0, 5);
        let is_zero = |it: &I| *it == I::Memory;
        assert!(
            found[1..5].iter().all(is_zero) && matches!(found[5], I::Branch(_)),
            "{system}: {found:?}"
        );
    }
}

/// What touches FP registers before the first guest runs, and never later: `paratia verify` asks whether an exit
/// can come to it.
const FP_AT_BOOT: &str = "sha2_blocks";

/// The FP registers are guests' from the first switch on: nothing but the switch touches one then, and it moves
/// all of them.
#[test]
fn the_switch_alone_moves_fp_registers_and_moves_them_all() {
    for (system, code) in all() {
        let switch = code.function("switch");
        for (address, it) in code.instructions() {
            assert!(
                !it.is_vector()
                    || switch.contains(&address)
                    || code.function_at(address) == FP_AT_BOOT,
                "{system}: {it:?} in {}",
                code.function_at(address)
            );
        }
        let (mut stored, mut loaded) = (BTreeMap::new(), BTreeMap::new());
        for (_, it) in code.within(switch) {
            let (into, [first, second], offset) = match it {
                I::StoreVectors(pair, 0, offset) => (&mut stored, pair, offset),
                I::LoadVectors(pair, 19, offset) => (&mut loaded, pair, offset),
                it => {
                    assert!(!it.is_vector(), "{system}: {it:?}");
                    continue;
                }
            };
            into.insert(first, offset);
            into.insert(second, offset + 16);
        }
        assert_eq!(
            stored.keys().copied().collect::<Vec<_>>(),
            (0..32).collect::<Vec<_>>()
        );
        assert_eq!(stored, loaded, "{system}: each from where it went");
    }
}

/// Performance monitors are stopped before anything is read of them. What they counted between two reads
/// could overflow a counter after its overflows were read, and that one would be lost with its interrupt: a
/// guest would see it if that came within just these instructions.
#[test]
fn monitors_are_stopped_before_they_are_saved() {
    for (system, code) in all() {
        let is_save = |it: &I| matches!(it, I::Read(PMCCNTR_EL0, _));
        let places = code.instructions().filter(|(_, it)| is_save(it));
        let places: Vec<_> = places.map(|(address, _)| address).collect();
        if system != "test-monitors" {
            assert!(places.is_empty(), "{system}: {places:x?}");
            continue;
        }
        let [saved] = places[..] else {
            panic!("{system}: they are saved at one place, not {places:x?}");
        };
        let of_monitors = |it: &I| match *it {
            I::Read(register @ ([3, 3, 9, 12..=14, _] | [3, 0, 9, 14, _]), _) => {
                Some((register, false))
            }
            I::Write(PMCR_EL0, _) => Some((PMCR_EL0, true)),
            I::Isb => Some((ISB, true)),
            _ => None,
        };
        let before = code.before(saved, 40);
        let before: Vec<_> = before.iter().filter_map(of_monitors).collect();
        let stopped = [(PMCR_EL0, false), (PMCR_EL0, true), (ISB, true)];
        let at = before.windows(3).rposition(|it| *it == stopped);
        let at = at.unwrap_or_else(|| panic!("{system}: nothing stops them: {before:?}"));
        let after = &before[at + stopped.len()..];
        let only_reads = after.iter().all(|(_, writes)| !writes);
        assert!(
            only_reads && after.contains(&(PMOVSSET_EL0, false)),
            "{system}: {before:?}"
        );
    }
}

/// Each system register that is stored in a switch is loaded in it from the same place, and no other.
/// One that is left out of either goes from one partition to the next.
#[test]
fn the_switch_loads_what_it_stores() {
    for (system, code) in all() {
        let moved = moved(code.within(code.function("switch13switch_system")), 0, 1);
        assert_eq!(moved.stored, moved.loaded, "{system}");
        // The table of the context, VMCR and two active priorities of the CPU interface.
        let names: BTreeSet<_> = moved.stored.values().collect();
        assert_eq!(names.len(), moved.stored.len(), "{system}: each once");
        for (name, register) in SWITCHED {
            assert!(names.contains(&register), "{system}: {name} isn't switched");
        }
        assert_eq!(names.len(), SWITCHED.len(), "{system}: {names:?}");
    }
}

/// What the assembly around it moves: the same question.
#[test]
fn the_switch_loads_the_rest_from_where_it_stored_it() {
    for (system, code) in all() {
        let switch: Vec<_> = code.within(code.function("switch")).collect();
        let is_call = |(_, it): &(u64, I)| matches!(it, I::Call(_));
        let middle = switch.iter().position(is_call).expect("it calls");
        let (before, after) = switch.split_at(middle);
        let stored = moved(before.iter().copied(), 0, 0).stored;
        let loaded = moved(after[1..].iter().copied(), 19, 19).loaded;
        assert_eq!(stored, loaded, "{system}");
        let names: BTreeSet<_> = stored.into_values().collect();
        assert_eq!(
            names,
            BTreeSet::from([FPCR, FPSR, ELR_EL2, SPSR_EL2]),
            "{system}"
        );
        let general = |instructions: &[(u64, I)], stores: bool| -> BTreeMap<u32, i32> {
            let pairs = instructions.iter().filter_map(|(_, it)| match it {
                I::StorePair(pair, 0, offset) if stores => Some((*pair, *offset)),
                I::LoadPair(pair, 19, offset) if !stores => Some((*pair, *offset)),
                I::Store(one, 0, offset) if stores => Some(([*one, 32], *offset)),
                I::Load(one, 19, offset) if !stores => Some(([*one, 32], *offset)),
                _ => None,
            });
            let each = pairs.flat_map(|([one, two], offset)| [(one, offset), (two, offset + 8)]);
            each.filter(|(one, _)| (20..=28).contains(one)).collect()
        };
        let (stored, loaded) = (general(before, true), general(after, false));
        assert_eq!(stored.len(), 9, "{system}: x20 to x28");
        assert_eq!(stored, loaded, "{system}");
    }
}
