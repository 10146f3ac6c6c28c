//! The root of all random numbers, and each partition's source, which comes from it: once, at boot. The root
//! isn't kept.

use paratia_board_support::device_tree;

use crate::arch::random;
use crate::built::chosen::run_seed;
use crate::machine::entropy::{Drawn, Root, Source};
use crate::state::entropy::compress;
use crate::state::partition::PARTITIONS;

/// Gives every partition that is to have random numbers its source, and says where they come from: the run's
/// number, else the CPU's generator, else the seed that firmware has put into the board's device `tree`. If there
/// is none of these, no partition has a source.
///
/// # Safety
/// The caller is CPU 0 at boot, before others are started, and holds no partition's lock.
pub unsafe fn give(tree: Option<&[u8]>) {
    let Some(root) = root(tree) else {
        defmt::warn!(
            "entropy source=none \"neither the run nor the CPU nor firmware gives any: no seeds, no random \
             numbers by call\""
        );
        return;
    };
    for partition in &PARTITIONS {
        // SAFETY: the caller promises to be the only CPU, without another guard; none is left of the round before.
        let mut partition = unsafe { partition.lock() };
        if partition.declaration().machine.entropy {
            let source = Source::new(&root, partition.index as u64, compress);
            if let Some(place) = partition.entropy.first_mut() {
                *place = Some(source);
            }
        }
    }
}

fn root(tree: Option<&[u8]>) -> Option<Root> {
    if let Some(number) = run_seed() {
        defmt::info!("entropy source=run seed={=u64}", number);
        return Some(Root::of_number(number, compress));
    }
    if let Some(bytes) = of_cpu() {
        defmt::info!("entropy source=cpu");
        return Some(Root::of_board(&bytes, compress));
    }
    let bytes = tree.and_then(device_tree::seed)?;
    defmt::info!("entropy source=firmware");
    Some(Root::of_board(&bytes, compress))
}

/// As many numbers of the CPU's generator as a root has, if it has one.
fn of_cpu() -> Option<Drawn> {
    let mut all = Drawn::default();
    for place in all.chunks_exact_mut(8) {
        place.copy_from_slice(&random::number()?.to_le_bytes());
    }
    Some(all)
}
