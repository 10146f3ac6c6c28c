//! What surprises about the crate `a653rs` 0.6.1 and its macros, and what is answered to it here. The macros' refusals
//! are in the documentation tests of `paratia_a653`.

mod support;

use std::panic::catch_unwind;
use std::str::FromStr as _;
use std::time::Duration;

use a653rs::bindings::{
    ApexSamplingPortP4, ApexSystemTime, ApexTimeP1, ErrorReturnCode, INFINITE_TIME_VALUE,
};
use a653rs::prelude::{ApexSamplingPortP4Ext, Deadline, Error, Name, ProcessAttribute, SystemTime};
use paratia_a653::processes::Who;
use support::{Host, in_start, with};

fn name(text: &str) -> Name {
    Name::from_str(text).unwrap()
}

fn process(period: SystemTime) -> ProcessAttribute {
    ProcessAttribute {
        period,
        time_capacity: SystemTime::Infinite,
        entry_point: nothing,
        stack_size: 4096,
        base_priority: 1,
        deadline: Deadline::Soft,
        name: name("p"),
    }
}

extern "C" fn nothing() {}

/// The process that was created runs.
fn run_it() {
    with(|state| {
        state.processes.start(0, 1).unwrap();
        state.processes.enter_normal(0).unwrap();
        let _ = state.processes.advance(0);
        assert_eq!(state.processes.dispatch().who, Who::Process(0));
    });
}

#[test]
fn times_are_nanoseconds_and_what_does_not_fit_is_infinite() {
    let time = |duration| ApexSystemTime::from(SystemTime::Normal(duration));
    let most = Duration::from_nanos(i64::MAX.unsigned_abs());
    assert_eq!(time(most), i64::MAX);
    let beyond = most + Duration::from_nanos(1);
    assert_eq!(time(beyond), INFINITE_TIME_VALUE);
    assert_eq!(time(Duration::MAX), INFINITE_TIME_VALUE);
    assert_eq!(SystemTime::new(-5), SystemTime::Infinite);

    // So a wait or a budget of three hundred years arrives as one without end: refused, and nobody waits for ever.
    in_start(|context| {
        context
            .create_process(process(SystemTime::Infinite))
            .unwrap();
    });
    run_it();
    use a653rs::prelude::ApexTimeP1Ext;
    for too_long in [beyond, Duration::MAX] {
        assert_eq!(
            <Host as ApexTimeP1Ext>::timed_wait(too_long),
            Err(Error::InvalidParam)
        );
        assert_eq!(
            <Host as ApexTimeP1Ext>::replenish(too_long),
            Err(Error::InvalidParam)
        );
    }
    assert_eq!(
        <Host as ApexTimeP1>::timed_wait(INFINITE_TIME_VALUE),
        Err(ErrorReturnCode::InvalidParam)
    );
    // A period that doesn't fit is that of an aperiodic process, which is what its status says.
    let status = with(|state| state.processes.status(1)).unwrap();
    assert_eq!(status.attributes.period, INFINITE_TIME_VALUE);
}

#[test]
fn source_ports_come_with_a_refresh_period_of_a_nanosecond() {
    in_start(|context| {
        let port = context.create_sampling_port_source(name("out"), 64);
        assert_eq!(port.unwrap().id(), 1);
    });
    assert_eq!(with(|state| state.refreshes.clone()), [1]);
    // It is what the port's status says, and no message's validity depends on it.
    let status = with(|state| state.ports.sampling_status(1)).unwrap();
    assert_eq!(status.refresh_period, 1);
}

#[test]
fn zero_periods_stay_zero_and_are_refused() {
    in_start(|context| {
        let port = context.create_sampling_port_destination(name("in"), 64, Duration::ZERO);
        assert_eq!(port.unwrap_err(), Error::InvalidConfig);
        let zero = process(SystemTime::Normal(Duration::ZERO));
        let created = context.create_process(zero).map(|it| it.id());
        assert_eq!(created.unwrap_err(), Error::InvalidParam);
    });
    assert_eq!(with(|state| state.refreshes.clone()), [0]);
    assert_eq!(with(|state| state.asked[0].period), 0);
}

#[test]
fn sixty_five_bytes_are_another_error_than_none() {
    in_start(|context| {
        let port = context
            .create_sampling_port_source(name("out"), 64)
            .unwrap();
        // By the crate, which doesn't ask the hypervisor, and by the hypervisor.
        let id = port.id();
        for (length, error) in [(65, Error::InvalidConfig), (0, Error::InvalidParam)] {
            assert_eq!(port.send(&[0; 65][..length]), Err(error.clone()));
            let raw = Host::sampling_port_send_unchecked(id, &[0; 65][..length]);
            assert_eq!(raw, Err(error));
        }
        assert_eq!(port.send(&[0; 64]), Ok(()));
    });
}

#[test]
fn a_short_buffer_is_an_error_of_the_crates_own() {
    in_start(|context| {
        let refresh = Duration::from_millis(60);
        let port = context.create_sampling_port_destination(name("in"), 64, refresh);
        let port = port.unwrap();
        assert_eq!(port.receive(&mut [0; 63]), Err(Error::ReadError));
        // Whoever goes round that check is refused here.
        // SAFETY: the buffer is refused.
        let raw = unsafe { Host::read_sampling_message(port.id(), &mut [0; 63]) };
        assert_eq!(raw, Err(ErrorReturnCode::InvalidParam));
        assert!(port.receive(&mut [0; 64]).is_ok());
    });
}

/// The crate cuts a buffer at the length that it is told, so that one beyond it is a panic in the application.
/// Here none is told, as a buffer that is shorter than the port's messages is refused.
#[test]
fn a_length_above_the_buffer_is_never_answered() {
    in_start(|context| {
        let refresh = Duration::from_millis(60);
        let port = context.create_sampling_port_destination(name("in"), 64, refresh);
        let id = port.unwrap().id();
        for length in 0..=65 {
            let mut buffer = vec![0; length];
            let answer = catch_unwind(move || {
                // SAFETY: what is answered is as long as the buffer at most, which is what this is about.
                let answer = unsafe { Host::sampling_port_receive_unchecked(id, &mut buffer) };
                answer.map(|(_, message)| message.len())
            });
            let expected = if length < 64 {
                Err(Error::InvalidParam)
            } else {
                Ok(64)
            };
            assert_eq!(answer.expect("no panic"), expected);
        }
    });
}

/// The macros: a partition without a process, whose hypervisor has to have processes all the same.
#[a653rs::partition(crate::support::Host)]
mod by_macro {
    // 2^32 bytes and 64.
    #[sampling_out(name = "out", msg_size = "4294967360B")]
    struct Out;

    #[start(cold)]
    fn cold_start(mut ctx: start::Context) {
        ctx.create_out().unwrap();
    }

    #[start(warm)]
    fn warm_start(ctx: start::Context) {
        cold_start(ctx);
    }
}

#[test]
fn a_macros_sizes_are_cut_to_32_bits_in_silence() {
    use a653rs::prelude::Partition as _;
    in_start(|context| by_macro::Partition.cold_start(context));
    assert_eq!(with(|state| state.sizes.clone()), [64]);
}
