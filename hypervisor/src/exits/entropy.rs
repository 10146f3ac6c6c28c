//! The calls for random numbers (Arm DEN0098), of partitions that are given some.

use paratia_abi::status::NOT_SUPPORTED;

use crate::built::chosen::ANY;
use crate::machine::trng;
use crate::state::entropy;
use crate::state::partition::Partition;

/// Whether there is such a call: in a system in which nobody is given random numbers there is none.
#[inline]
#[must_use]
pub const fn is_call(id: u32) -> bool {
    ANY.entropy && trng::is_call(id)
}

/// The answer to a call that there is, in `x0`-`x3`. What the document refuses is an answer, too: only calls of
/// a partition that is given no numbers count as refused.
pub fn call(partition: &mut Partition, id: u32, x1: u64) -> Result<[u64; 4], i64> {
    if !partition.declaration().machine.entropy {
        return Err(NOT_SUPPORTED);
    }
    let source = partition.entropy.iter_mut().flatten().next();
    Ok(trng::answer(id, x1, source, entropy::compress))
}
