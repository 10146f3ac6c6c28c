//! Who reads samples, takes orders and replies to them.

use a653rs::bindings::ErrorReturnCode::{InvalidConfig, InvalidMode, NotAvailable};
use a653rs::bindings::{
    ApexProcessAttribute, ApexProcessP4, ApexQueuingPortP4, ApexSamplingPortP1, ApexSamplingPortP4,
    ApexTimeP4, Deadline, INFINITE_TIME_VALUE, PortDirection, QueuingDiscipline, Validity,
};
use paratia_a653::Paratia;

use crate::checks::{check, done};
use crate::{DEPTH, MILLISECOND, ORDER_BYTES, REPLY_BYTES, SAMPLE_BYTES, name};

const SPEED: i64 = 1;
const ORDERS: i64 = 3;
const REPLIES: i64 = 4;
/// How long a sample is valid for this application: less than for the channel.
const REFRESH: i64 = 30 * MILLISECOND;

pub(crate) fn start() {
    let speed = |refresh| {
        let direction = PortDirection::Destination;
        Paratia::create_sampling_port(name("speed"), SAMPLE_BYTES, direction, refresh)
    };
    check(
        "a longer refresh",
        speed(61 * MILLISECOND),
        Err(InvalidConfig),
    );
    check("a shorter refresh", speed(REFRESH), Ok(SPEED));
    let queue = |called, size, direction| {
        let fifo = QueuingDiscipline::Fifo;
        Paratia::create_queuing_port(name(called), size, DEPTH, direction, fifo)
    };
    let orders = queue("orders", ORDER_BYTES, PortDirection::Destination);
    check("orders", orders, Ok(ORDERS));
    check(
        "replies",
        queue("replies", REPLY_BYTES, PortDirection::Source),
        Ok(REPLIES),
    );
    let id = Paratia::create_process(&ApexProcessAttribute {
        period: 20 * MILLISECOND,
        time_capacity: INFINITE_TIME_VALUE,
        entry_point: work,
        stack_size: 32_768,
        base_priority: 1,
        deadline: Deadline::Hard,
        name: name("work"),
    });
    Paratia::start(id.expect("a process")).expect("it is dormant");
}

fn take() -> Result<(u64, bool), a653rs::bindings::ErrorReturnCode> {
    let mut buffer = [0; 16];
    // SAFETY: the buffer is as long as the port's longest message.
    let answer = unsafe { Paratia::receive_queuing_message(ORDERS, 0, &mut buffer) };
    answer.map(|(length, overflow)| {
        check("an order's length", length, ORDER_BYTES);
        let (words, _) = buffer.as_chunks::<8>();
        (u64::from_le_bytes(words[0]), overflow)
    })
}

fn speed() -> Result<(Validity, u32), a653rs::bindings::ErrorReturnCode> {
    let mut buffer = [0; 64];
    // SAFETY: the buffer is as long as the port's longest message.
    let answer = unsafe { Paratia::read_sampling_message(SPEED, &mut buffer) };
    check("a sample's bytes", buffer, [7; 64]);
    let status = Paratia::get_sampling_port_status(SPEED);
    let last = answer
        .as_ref()
        .map_or(Validity::Invalid, |(validity, _)| *validity);
    check(
        "its status",
        status.map(|it| it.last_msg_validity),
        Ok(last),
    );
    answer
}

/// The first period is that after the caller's first.
extern "C" fn work() {
    check("a fresh sample", speed(), Ok((Validity::Valid, 64)));
    // The first order that comes after a refusal says so: one was refused without a time-out.
    check("an order", take(), Ok((0, true)));
    for number in 1..4 {
        check("an order", take(), Ok((number, false)));
    }
    check("no more", take(), Err(NotAvailable));
    let cleared = Paratia::clear_queuing_port(REPLIES);
    check("cleared at a sender", cleared, Err(InvalidMode));
    wait();
    check("who waited has sent", take(), Ok((4, false)));
    // 40 ms later the sample is too old for this application.
    wait();
    check("an old sample", speed(), Ok((Validity::Invalid, 64)));
    for number in 0_u64..4 {
        let sent = Paratia::send_queuing_message(REPLIES, &number.to_le_bytes(), 0);
        check("a reply", sent, Ok(()));
        wait();
    }
    done();
}

fn wait() {
    Paratia::periodic_wait().expect("the process is periodic");
}
