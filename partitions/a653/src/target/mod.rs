//! What acts: the partition's own kernel, and the traits of `a653rs` on it.

mod context;
mod ends;
mod error;
mod kernel;
mod partition;
mod process;
mod queuing;
mod sampling;
mod schedule;
mod stacks;
mod time;

use a653rs::bindings::{
    ApexLimits, ApexUnsigned, MessageRange, MessageSize, StartCondition as ApexStart,
};
use a653rs::prelude::{Partition, PartitionExt as _};
use paratia_runtime::Context;
use paratia_runtime::abi::StartCondition;
use paratia_runtime::abi::passport::MAX_PORTS;

pub use kernel::interrupted;

use crate::processes::MOST_PROCESSES;

const PROCESSES: ApexUnsigned = 16;
const PORTS: ApexUnsigned = 8;
const _: () = assert!(PROCESSES as usize == MOST_PROCESSES && PORTS as usize == MAX_PORTS);

/// The hypervisor, as `a653rs` names one: its services are this type's.
#[derive(Clone, Copy, Debug)]
pub struct Paratia;

/// Starts a partition; [`crate::partition!`] calls it.
pub fn run(context: Context, partition: impl Partition<Paratia>) -> ! {
    let start_condition = match context.start_condition {
        StartCondition::NormalStart => ApexStart::NormalStart,
        StartCondition::PartitionRestart => ApexStart::PartitionRestart,
        StartCondition::HealthMonitorRestart => ApexStart::HmPartitionRestart,
    };
    kernel::set_up(&context, start_condition);
    partition.run()
}

impl ApexLimits for Paratia {
    const SYSTEM_LIMIT_NUMBER_OF_MESSAGES: MessageRange = 256;
    const SYSTEM_LIMIT_MESSAGE_SIZE: MessageSize = 512;
    const SYSTEM_LIMIT_NUMBER_OF_PROCESSES: ApexUnsigned = PROCESSES;
    const SYSTEM_LIMIT_NUMBER_OF_SAMPLING_PORTS: ApexUnsigned = PORTS;
    const SYSTEM_LIMIT_NUMBER_OF_QUEUING_PORTS: ApexUnsigned = PORTS;
    // None of these services is there.
    const SYSTEM_LIMIT_NUMBER_OF_BUFFERS: ApexUnsigned = 0;
    const SYSTEM_LIMIT_NUMBER_OF_BLACKBOARDS: ApexUnsigned = 0;
    const SYSTEM_LIMIT_NUMBER_OF_SEMAPHORES: ApexUnsigned = 0;
    const SYSTEM_LIMIT_NUMBER_OF_EVENTS: ApexUnsigned = 0;
    const SYSTEM_LIMIT_NUMBER_OF_MUTEXES: ApexUnsigned = 0;
}
