//! A hypervisor on the host that answers by the same table and the same ports as on the target: what is asked of it
//! passes through the crate's traits, as an application's calls do.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use a653rs::bindings::*;
use a653rs::prelude::{Partition, PartitionExt as _, StartContext};
use paratia_a653::clock::Clock;
use paratia_a653::ports::Ports;
use paratia_a653::processes::Processes;
use paratia_abi::passport::{
    MAX_PORTS, Name, PORT_DESTINATION, PORT_SOURCE, Passport, PortRecord, WindowRecord,
};

/// The hypervisor; each thread has one.
#[derive(Clone, Copy, Debug)]
pub struct Host;

/// What it has.
pub struct State {
    pub processes: Processes,
    pub ports: Ports<'static>,
    /// Refresh periods with which ports were created.
    pub refreshes: Vec<ApexSystemTime>,
    /// Sizes with which ports were created.
    pub sizes: Vec<MessageSize>,
    /// Processes as they were asked for.
    pub asked: Vec<ApexProcessAttribute>,
}

thread_local! {
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
}

/// A partition with a sampling port at either end, `out` and `in`, of 64 bytes and 60 ms.
fn passport() -> &'static Passport {
    // SAFETY: all fields are numbers and names, of which zero is a value.
    let mut passport: Passport = unsafe { std::mem::zeroed() };
    passport.major_frame_ns = 20_000_000;
    passport.window_count = 1;
    passport.windows[0] = WindowRecord {
        start_ns: 0,
        length_ns: 10_000_000,
    };
    passport.port_count = 3;
    assert!(passport.port_count as usize <= MAX_PORTS);
    let port = |name, direction, refresh_ns| PortRecord {
        name: Name::new(name),
        window: 0,
        message_bytes: 64,
        direction,
        refresh_ns,
    };
    passport.ports[0] = port("out", PORT_SOURCE, 60_000_000);
    passport.ports[1] = port("in", PORT_DESTINATION, 60_000_000);
    passport.ports[2] = port("queue", PORT_DESTINATION, 0);
    passport.port_depths[2] = 4;
    Box::leak(Box::new(passport))
}

/// Does something with the hypervisor.
pub fn with<T>(act: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(|state| {
        act(state.get_or_insert_with(|| State {
            processes: Processes::new(Clock::new(1_000_000_000, 20_000_000, 0), 1 << 20),
            ports: Ports::new(passport()),
            refreshes: Vec::new(),
            sizes: Vec::new(),
            asked: Vec::new(),
        }))
    })
}

/// Begins anew.
#[allow(dead_code, reason = "each test uses what it needs")]
pub fn forget() {
    STATE.with_borrow_mut(|state| *state = None);
}

/// Does something in a partition's start, where alone the crate has a context.
#[allow(dead_code, reason = "each test uses what it needs")]
pub fn in_start(act: impl Fn(&mut StartContext<Host>)) {
    struct Start<F>(F);
    impl<F: Fn(&mut StartContext<Host>)> Partition<Host> for Start<F> {
        fn cold_start(&self, context: &mut StartContext<Host>) {
            (self.0)(context);
            STARTED.set(true);
        }

        fn warm_start(&self, context: &mut StartContext<Host>) {
            self.cold_start(context);
        }
    }
    thread_local! {
        static STARTED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    STARTED.set(false);
    // Normal mode has no way back but this.
    let end = catch_unwind(AssertUnwindSafe(|| Start(act).run()));
    assert!(end.is_err() && STARTED.get(), "the start came to its end");
}

impl ApexPartitionP4 for Host {
    fn get_partition_status() -> ApexPartitionStatus {
        ApexPartitionStatus {
            operating_mode: OperatingMode::ColdStart,
            ..ApexPartitionStatus::default()
        }
    }

    fn set_partition_mode(_: OperatingMode) -> Result<(), ErrorReturnCode> {
        panic!("the start is over")
    }
}

impl ApexProcessP4 for Host {
    fn create_process(attributes: &ApexProcessAttribute) -> Result<ProcessId, ErrorReturnCode> {
        with(|state| {
            state.asked.push(attributes.clone());
            state.processes.create(attributes)
        })
    }

    fn start(process_id: ProcessId) -> Result<(), ErrorReturnCode> {
        with(|state| state.processes.start(0, process_id).map(|_| ()))
    }
}

impl ApexTimeP4 for Host {
    fn periodic_wait() -> Result<(), ErrorReturnCode> {
        with(|state| state.processes.periodic_wait(0))
    }

    fn get_time() -> ApexSystemTime {
        0
    }
}

impl ApexTimeP1 for Host {
    fn timed_wait(delay_time: ApexSystemTime) -> Result<(), ErrorReturnCode> {
        with(|state| state.processes.timed_wait(0, delay_time))
    }

    fn replenish(budget_time: ApexSystemTime) -> Result<(), ErrorReturnCode> {
        with(|state| state.processes.replenish(0, budget_time))
    }
}

impl ApexSamplingPortP4 for Host {
    fn create_sampling_port(
        sampling_port_name: SamplingPortName,
        max_message_size: MessageSize,
        port_direction: PortDirection,
        refresh_period: ApexSystemTime,
    ) -> Result<SamplingPortId, ErrorReturnCode> {
        with(|state| {
            state.refreshes.push(refresh_period);
            state.sizes.push(max_message_size);
            let port = state.ports.create_sampling(
                &sampling_port_name,
                max_message_size,
                port_direction,
                refresh_period,
                false,
            );
            port.map(|port| port.id())
        })
    }

    fn write_sampling_message(
        sampling_port_id: SamplingPortId,
        message: &[ApexByte],
    ) -> Result<(), ErrorReturnCode> {
        with(|state| {
            let port = state.ports.writable(sampling_port_id, false, message.len());
            port.map(|_| ())
        })
    }

    unsafe fn read_sampling_message(
        sampling_port_id: SamplingPortId,
        message: &mut [ApexByte],
    ) -> Result<(Validity, MessageSize), ErrorReturnCode> {
        with(|state| {
            let port = state.ports.readable(sampling_port_id, false, message.len());
            port.map(|port| (Validity::Valid, port.message_size))
        })
    }
}

impl ApexErrorP4 for Host {
    fn report_application_message(_: &[ApexByte]) -> Result<(), ErrorReturnCode> {
        Ok(())
    }

    fn raise_application_error(_: ErrorCode, _: &[ApexByte]) -> Result<(), ErrorReturnCode> {
        Ok(())
    }
}
