//! Who writes samples and orders, and receives replies.

use a653rs::bindings::ErrorReturnCode::{
    InvalidConfig, InvalidMode, InvalidParam, NoAction, NotAvailable, TimedOut,
};
use a653rs::bindings::{
    ApexErrorP1, ApexErrorP4, ApexProcessP1, ApexQueuingPortP1, ApexQueuingPortP4,
    ApexSamplingPortP1, ApexSamplingPortP4, ApexSamplingPortStatus, ApexTimeP1, ApexTimeP4,
    ErrorCode, INFINITE_TIME_VALUE, PortDirection, QueuingDiscipline, QueuingPortStatus, Validity,
};
use paratia_a653::Paratia;
use paratia_runtime::println;

use crate::checks::{check, done};
use crate::{DEPTH, MILLISECOND, ORDER_BYTES, REPLY_BYTES, SAMPLE_BYTES, begin, name};

/// The ports' places in the system's channels, plus one.
const SPEED: i64 = 1;
const ECHO: i64 = 2;
const ORDERS: i64 = 3;
const REPLIES: i64 = 4;
const NO_PORTS: [i64; 5] = [0, 7, 99, -1, i64::MIN];
const NOTHING: i64 = 0;

pub(crate) fn start() {
    sampling_is_created();
    queuing_is_created();
    // Nobody waits before normal mode.
    check(
        "waiting in the start",
        receive(REPLIES, MILLISECOND).err(),
        Some(InvalidMode),
    );
    let waits = Paratia::send_queuing_message(ORDERS, &[1; 16], INFINITE_TIME_VALUE);
    check(
        "sending in the start with a time-out",
        waits,
        Err(InvalidMode),
    );
    Paratia::create_error_handler(handler, 16_384).expect("there is none yet");
    begin("work", work, 10);
    begin("second", second, 9);
}

fn create_sampling(
    called: &str,
    size: u32,
    direction: PortDirection,
    refresh: i64,
) -> Result<i64, a653rs::bindings::ErrorReturnCode> {
    Paratia::create_sampling_port(name(called), size, direction, refresh)
}

fn sampling_is_created() {
    use PortDirection::{Destination, Source};
    let invalid = Err(InvalidConfig);
    check(
        "no such port",
        create_sampling("sped", 64, Source, 1),
        invalid,
    );
    check("a queue", create_sampling("orders", 16, Source, 1), invalid);
    check(
        "another size",
        create_sampling("speed", 63, Source, 1),
        invalid,
    );
    check(
        "a size above",
        create_sampling("speed", 65, Source, 1),
        invalid,
    );
    check(
        "another end",
        create_sampling("speed", 64, Destination, 1),
        invalid,
    );
    for refresh in [0, -1, i64::MIN] {
        check(
            "no refresh",
            create_sampling("speed", 64, Source, refresh),
            invalid,
        );
        check(
            "no refresh",
            create_sampling("echo", 64, Destination, refresh),
            invalid,
        );
    }
    // Longer than the channel's 60 ms.
    let longer = 60 * MILLISECOND + 1;
    check(
        "a longer refresh",
        create_sampling("echo", 64, Destination, longer),
        invalid,
    );
    check(
        "an id too early",
        Paratia::get_sampling_port_id(name("speed")),
        invalid,
    );
    // As the crate's own `create_sampling_port_source` asks: 1 ns.
    check(
        "a source",
        create_sampling("speed", SAMPLE_BYTES, Source, 1),
        Ok(SPEED),
    );
    check(
        "again",
        create_sampling("speed", SAMPLE_BYTES, Source, 1),
        Err(NoAction),
    );
    let echo = create_sampling("echo", SAMPLE_BYTES, Destination, 60 * MILLISECOND);
    check("a destination", echo, Ok(ECHO));
    check(
        "its id",
        Paratia::get_sampling_port_id(name("echo")),
        Ok(ECHO),
    );
}

fn create_queuing(
    called: &str,
    size: u32,
    depth: u32,
    direction: PortDirection,
) -> Result<i64, a653rs::bindings::ErrorReturnCode> {
    Paratia::create_queuing_port(
        name(called),
        size,
        depth,
        direction,
        QueuingDiscipline::Fifo,
    )
}

fn queuing_is_created() {
    use PortDirection::{Destination, Source};
    let invalid = Err(InvalidConfig);
    check(
        "no such queue",
        create_queuing("order", 16, 4, Source),
        invalid,
    );
    check(
        "a sampling port",
        create_queuing("speed", 64, 4, Source),
        invalid,
    );
    check(
        "another size",
        create_queuing("orders", 8, 4, Source),
        invalid,
    );
    check(
        "another depth",
        create_queuing("orders", 16, 3, Source),
        invalid,
    );
    check(
        "another end",
        create_queuing("orders", 16, 4, Destination),
        invalid,
    );
    check(
        "an id too early",
        Paratia::get_queuing_port_id(name("orders")),
        invalid,
    );
    check(
        "a sender",
        create_queuing("orders", ORDER_BYTES, DEPTH, Source),
        Ok(ORDERS),
    );
    check(
        "again",
        create_queuing("orders", ORDER_BYTES, DEPTH, Source),
        Err(NoAction),
    );
    let replies = create_queuing("replies", REPLY_BYTES, DEPTH, Destination);
    check("a receiver", replies, Ok(REPLIES));
    check(
        "its id",
        Paratia::get_queuing_port_id(name("replies")),
        Ok(REPLIES),
    );
}

fn receive(port: i64, time_out: i64) -> Result<(u64, bool), a653rs::bindings::ErrorReturnCode> {
    let mut buffer = [0; 8];
    // SAFETY: the buffer is as long as the port's longest message.
    let answer = unsafe { Paratia::receive_queuing_message(port, time_out, &mut buffer) };
    answer.map(|(length, overflow)| {
        check("a reply's length", length, REPLY_BYTES);
        (u64::from_le_bytes(buffer), overflow)
    })
}

fn send(number: u64, time_out: i64) -> Result<(), a653rs::bindings::ErrorReturnCode> {
    let mut order = [0; 16];
    order[..8].copy_from_slice(&number.to_le_bytes());
    Paratia::send_queuing_message(ORDERS, &order, time_out)
}

/// Normal mode: ports can't be created, and messages go.
extern "C" fn work() {
    let created = create_sampling("spare", SAMPLE_BYTES, PortDirection::Source, 1);
    check("created too late", created, Err(InvalidMode));
    let created = create_queuing("spare-queue", ORDER_BYTES, DEPTH, PortDirection::Source);
    check("created too late", created, Err(InvalidMode));
    sampling_is_used();
    orders_are_refused();
    replies_are_refused();
    Paratia::raise_application_error(ErrorCode::ApplicationError, b"").expect("an error");

    // The queue is full. This waits for the window in which the peer takes them all.
    check("who waits for room", send(4, INFINITE_TIME_VALUE), Ok(()));
    // The other process waits at this port, too, since before.
    let status = Paratia::get_queuing_port_status(REPLIES);
    check("one waits", status.map(|it| it.waiting_processes), Ok(1));
    check(
        "the next reply",
        receive(REPLIES, INFINITE_TIME_VALUE),
        Ok((1, false)),
    );
    check(
        "another",
        receive(REPLIES, 100 * MILLISECOND),
        Ok((2, false)),
    );
    check(
        "the last",
        receive(REPLIES, INFINITE_TIME_VALUE),
        Ok((3, false)),
    );
    check(
        "nothing in time",
        receive(REPLIES, 3 * MILLISECOND),
        Err(TimedOut),
    );
    done();
}

/// Waits at the port before the other does, and is served before it, though its priority is lower.
extern "C" fn second() {
    let reply = receive(REPLIES, INFINITE_TIME_VALUE);
    check("the first reply", reply, Ok((0, false)));
    println!("the first in line is served first");
}

fn sampling_is_used() {
    let write = |port, length: usize| Paratia::write_sampling_message(port, &[7; 65][..length]);
    for port in NO_PORTS {
        check("no port", write(port, 8), Err(InvalidParam));
    }
    check("a queue", write(ORDERS, 8), Err(InvalidParam));
    check("none at all", write(SPEED, 0), Err(InvalidParam));
    check("65 bytes into 64", write(SPEED, 65), Err(InvalidConfig));
    check("at a destination", write(ECHO, 8), Err(InvalidMode));
    check("a sample", write(SPEED, 64), Ok(()));

    let read = |port, length: usize| {
        // SAFETY: a buffer that doesn't hold the port's longest message is refused.
        unsafe { Paratia::read_sampling_message(port, &mut [0; 64][..length]) }
    };
    for port in NO_PORTS {
        check("no port", read(port, 64), Err(InvalidParam));
    }
    check("at a source", read(SPEED, 64), Err(InvalidMode));
    check("a short buffer", read(ECHO, 63), Err(InvalidParam));
    check("an empty port", read(ECHO, 64), Err(NoAction));
    let status = |validity| ApexSamplingPortStatus {
        refresh_period: 60 * MILLISECOND,
        max_message_size: SAMPLE_BYTES,
        port_direction: PortDirection::Destination,
        last_msg_validity: validity,
    };
    let answer = Paratia::get_sampling_port_status(ECHO);
    check("its status", answer, Ok(status(Validity::Invalid)));
    for port in NO_PORTS {
        let answer = Paratia::get_sampling_port_status(port);
        check("no status", answer.err(), Some(InvalidParam));
    }
}

fn orders_are_refused() {
    let bytes =
        |port, length: usize| Paratia::send_queuing_message(port, &[0; 17][..length], NOTHING);
    for port in NO_PORTS {
        check("no queue", bytes(port, 8), Err(InvalidParam));
    }
    check("a sampling port", bytes(SPEED, 8), Err(InvalidParam));
    check("none at all", bytes(ORDERS, 0), Err(InvalidParam));
    check("17 bytes into 16", bytes(ORDERS, 17), Err(InvalidConfig));
    check("at a receiver", bytes(REPLIES, 8), Err(InvalidMode));
    for number in 0..4 {
        check("an order", send(number, NOTHING), Ok(()));
    }
    check("a full queue", send(99, NOTHING), Err(NotAvailable));
    let before = Paratia::get_time();
    check("a full queue", send(99, 2 * MILLISECOND), Err(TimedOut));
    check(
        "it waited",
        Paratia::get_time() - before >= 2 * MILLISECOND,
        true,
    );
    let status = QueuingPortStatus {
        nb_message: 4,
        max_nb_message: DEPTH,
        max_message_size: ORDER_BYTES,
        port_direction: PortDirection::Source,
        waiting_processes: 0,
    };
    check(
        "its status",
        Paratia::get_queuing_port_status(ORDERS),
        Ok(status),
    );
    check(
        "cleared at a sender",
        Paratia::clear_queuing_port(ORDERS),
        Err(InvalidMode),
    );
    for port in NO_PORTS {
        let answer = Paratia::get_queuing_port_status(port);
        check("no status", answer.err(), Some(InvalidParam));
        check(
            "none to clear",
            Paratia::clear_queuing_port(port),
            Err(InvalidParam),
        );
    }
}

fn replies_are_refused() {
    for port in NO_PORTS {
        check("no queue", receive(port, NOTHING).err(), Some(InvalidParam));
    }
    check(
        "at a sender",
        receive(ORDERS, NOTHING).err(),
        Some(InvalidMode),
    );
    // SAFETY: a buffer that doesn't hold the port's longest message is refused.
    let short = unsafe { Paratia::receive_queuing_message(REPLIES, NOTHING, &mut [0; 7]) };
    check("a short buffer", short, Err(InvalidParam));
    check(
        "an empty queue",
        receive(REPLIES, NOTHING),
        Err(NotAvailable),
    );
    check(
        "an empty queue",
        receive(REPLIES, MILLISECOND),
        Err(TimedOut),
    );
    check("cleared", Paratia::clear_queuing_port(REPLIES), Ok(()));
    check("locked", Paratia::lock_preemption(), Ok(1));
    check(
        "waiting while locked",
        receive(REPLIES, MILLISECOND).err(),
        Some(InvalidMode),
    );
    check("not waiting", receive(REPLIES, NOTHING), Err(NotAvailable));
    check("locked", Paratia::timed_wait(MILLISECOND), Err(InvalidMode));
    check("unlocked", Paratia::unlock_preemption(), Ok(0));
}

/// The error handler doesn't wait.
extern "C" fn handler() {
    while Paratia::get_error_status().is_ok() {
        let waits = send(99, MILLISECOND);
        check("the error handler waits", waits, Err(InvalidMode));
        check(
            "the error handler waits",
            receive(REPLIES, -1).err(),
            Some(InvalidMode),
        );
    }
    Paratia::stop_self();
}
