//! ARINC 653 applications that are generic over the hypervisor: they know `a653rs`'s traits and nothing else.
//!
//! [`fuel_tank`] has two sampling channels, [`ping`] two queuing ones. Each partition is an [`Application`]:
//! what it creates, and what it does in each of its periods. [`application!`](crate::application) makes a
//! `a653rs` partition of one for one hypervisor, and that is all that differs between Paratia and another.

#![no_std]
#![forbid(unsafe_code)]

pub mod fuel_tank;
pub mod ping;
mod words;

use core::str::FromStr as _;

use a653rs::bindings::{
    ApexErrorP4, ApexPartitionP4, ApexProcessP4, ApexQueuingPortP4, ApexSamplingPortP4, ApexTimeP4,
};
use a653rs::prelude::{
    Deadline, Error, Name, ProcessAttribute, StartContext, SystemAddress, SystemTime,
};

/// For the expansion of [`application!`](crate::application).
#[doc(hidden)]
pub use {a653rs, spin};

/// Bytes of the stack of an application's process.
const STACK_BYTES: u32 = 32_768;

/// What an application needs of a hypervisor: the services of part 4.
pub trait Apex:
    ApexPartitionP4
    + ApexProcessP4
    + ApexSamplingPortP4
    + ApexQueuingPortP4
    + ApexTimeP4
    + ApexErrorP4
    + 'static
{
}

impl<T> Apex for T where
    T: ApexPartitionP4
        + ApexProcessP4
        + ApexSamplingPortP4
        + ApexQueuingPortP4
        + ApexTimeP4
        + ApexErrorP4
        + 'static
{
}

/// A partition's application, with one periodic process.
pub trait Application<H: Apex>: Sized {
    /// What changes from period to period.
    type State: Default;

    /// Creates its ports.
    ///
    /// # Errors
    /// Those of the services.
    fn create(context: &mut StartContext<H>) -> Result<Self, Error>;

    /// Works for a period; `number` counts them from 0.
    fn step(&self, state: &mut Self::State, number: u32);
}

/// The process: steps, each in a period of its partition.
///
/// # Panics
/// If the hypervisor refuses to wait for the next period.
pub fn work<H: Apex, A: Application<H>>(application: &A) {
    let mut state = A::State::default();
    for number in 0.. {
        application.step(&mut state, number);
        H::periodic_wait().expect("the process is periodic");
    }
}

/// Creates the process with this entry and starts it.
///
/// # Errors
/// Those of the services.
pub fn start<H: Apex>(
    context: &mut StartContext<H>,
    entry_point: SystemAddress,
) -> Result<(), Error> {
    let process = context.create_process(ProcessAttribute {
        period: SystemTime::new(H::get_partition_status().period),
        time_capacity: SystemTime::Infinite,
        entry_point,
        stack_size: STACK_BYTES,
        base_priority: 1,
        deadline: Deadline::Soft,
        name: Name::from_str("work").map_err(|_| Error::InvalidParam)?,
    })?;
    process.start()
}

/// Makes `$partition`, a partition of an application on a hypervisor.
#[macro_export]
macro_rules! application {
    ($partition:ident: $application:ident on $hypervisor:ty) => {
        /// The application's partition.
        struct $partition;

        static APPLICATION: $crate::spin::Once<$application<$hypervisor>> =
            $crate::spin::Once::new();

        extern "C" fn work() {
            let application = APPLICATION.get().expect("the start has created it");
            $crate::work::<$hypervisor, _>(application);
        }

        impl $crate::a653rs::prelude::Partition<$hypervisor> for $partition {
            fn cold_start(&self, context: &mut $crate::a653rs::prelude::StartContext<$hypervisor>) {
                let application =
                    <$application<$hypervisor> as $crate::Application<$hypervisor>>::create(
                        context,
                    )
                    .expect("its ports are configured");
                APPLICATION.call_once(|| application);
                $crate::start(context, work).expect("a periodic process");
            }

            fn warm_start(&self, context: &mut $crate::a653rs::prelude::StartContext<$hypervisor>) {
                self.cold_start(context);
            }
        }
    };
}
