//! Messages through memory that two partitions share, each with words that follow from its number; and both ends
//! in what happens to them: a restart of either, a writer that lies, a reader that writes.
//!
//! The run argument is a number of messages above a manner.

#![no_std]
#![no_main]

use core::arch::asm;
use core::hint::black_box;

use paratia_runtime::abi::passport::MEMORY_QUEUING;
use paratia_runtime::abi::passport::{PORT_DESTINATION, PORT_SOURCE};
use paratia_runtime::direct::{
    DirectDestination, DirectQueuingDestination, DirectQueuingSource, DirectSource,
};
use paratia_runtime::queue::ReturnCode;
use paratia_runtime::shared_memory::SharedMemory;
use paratia_runtime::time::Instant;
use paratia_runtime::{Context, call, entry, passport, println};

entry!(main);

/// What the writer does, and the reader with it.
const STREAM_UNTIL_TAKEN: u64 = 0;
const STREAM_WHATEVER_COMES: u64 = 1;
const LIVES: u64 = 2;
const LIES: u64 = 3;
const TRESPASS: u64 = 4;
const BOUNDS: u64 = 5;
const COSTS: u64 = 6;

/// The number of the last message, whose next word is how many were refused.
const END: u64 = u64::MAX;
const WORDS: usize = 8;
const LARGE: usize = 4096;
const LARGEST: usize = 65_536;
/// A sampled message for so many queued ones.
const SAMPLED_EVERY: u64 = 8;

fn main(context: Context) -> ! {
    let (manner, count) = (context.run_argument & 0xFF, context.run_argument >> 8);
    let is_writer = passport::argument(context.passport, "role") == Some("writer");
    match (is_writer, manner) {
        (true, STREAM_UNTIL_TAKEN | STREAM_WHATEVER_COMES) => {
            stream(&context, manner == STREAM_WHATEVER_COMES, count);
        }
        (false, STREAM_UNTIL_TAKEN | STREAM_WHATEVER_COMES) => look(&context),
        (true, LIVES) => write_in_two_lives(&context),
        (false, LIVES) => read_two_lives(&context),
        (true, LIES) => lie(&context, count),
        (false, LIES) => believe_nothing(&context),
        (false, TRESPASS) => trespass(&context),
        (true, BOUNDS) => write_at_bounds(&context),
        (false, BOUNDS) => read_at_bounds(&context),
        (true, COSTS) => cost_of_writing(&context),
        (false, COSTS) => cost_of_reading(&context),
        _ => {}
    }
    loop {
        let _ = call::wait_for_window();
    }
}

fn give_turn() {
    // SAFETY: a hint, by which QEMU lets the other CPU go on.
    unsafe { asm!("yield", options(nomem, nostack, preserves_flags)) };
}

/// A message whose every word follows from its number and the word's place.
fn fill(number: u64, bytes: &mut [u8]) {
    for (place, word) in bytes.chunks_exact_mut(8).enumerate() {
        word.copy_from_slice(&number.wrapping_mul(1 + place as u64).to_le_bytes());
    }
}

fn word(bytes: &[u8], place: usize) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    u64::from_le_bytes(words[place])
}

fn is_whole(bytes: &[u8]) -> bool {
    let number = word(bytes, 0);
    (0..bytes.len() / 8).all(|place| word(bytes, place) == number.wrapping_mul(1 + place as u64))
}

fn stream(context: &Context, drops: bool, count: u64) {
    let mut stream = DirectQueuingSource::find(context, "stream").expect("a port 'stream'");
    let mut newest = DirectSource::find(context, "newest").expect("a port 'newest'");
    let (mut message, mut large) = ([0; 8 * WORDS], [0; LARGE]);
    let mut refused = 0_u64;
    for number in 1..=count {
        fill(number, &mut message);
        while !drops && stream.waiting() >= 7 {
            give_turn();
        }
        match stream.send(&message) {
            Ok(_) => {}
            Err(code) => {
                assert!(drops && code == ReturnCode::NotAvailable, "{code:?}");
                refused += 1;
                give_turn();
            }
        }
        if number % SAMPLED_EVERY == 0 {
            fill(number, &mut large);
            newest.write(&large).expect("it is no longer than allowed");
        }
    }
    fill(END, &mut message);
    message[8..16].copy_from_slice(&refused.to_le_bytes());
    while stream.waiting() >= 7 {
        give_turn();
    }
    stream.send(&message).expect("there is room");
    println!("sent={count} refused={refused}");
}

fn look(context: &Context) {
    let mut stream = DirectQueuingDestination::find(context, "stream").expect("a port 'stream'");
    let mut newest = DirectDestination::find(context, "newest").expect("a port 'newest'");
    let (mut message, mut large) = ([0; 8 * WORDS], [0; LARGE]);
    let (mut received, mut torn, mut disordered, mut late, mut told) = (0_u64, 0, 0, 0, 0_u64);
    let (mut sampled, mut sampled_torn, mut sampled_back, mut overtaken) = (0_u64, 0, 0, 0);
    let (mut last, mut lost, mut last_sampled) = (0, 0, 0);
    let refused = loop {
        match newest.read(&mut large) {
            Ok(_) => {
                sampled += 1;
                sampled_torn += u64::from(!is_whole(&large));
                sampled_back += u64::from(word(&large, 0) < last_sampled);
                last_sampled = word(&large, 0);
            }
            Err(ReturnCode::NotAvailable) => {}
            Err(ReturnCode::TimedOut) => overtaken += 1,
            Err(code) => panic!("{code:?}"),
        }
        let Ok(got) = stream.receive(&mut message) else {
            give_turn();
            continue;
        };
        assert!(got.length == message.len() && !got.is_broken);
        told += got.refused;
        let number = word(&message, 0);
        if number == END {
            break word(&message, 1);
        }
        received += 1;
        torn += u64::from(!is_whole(&message));
        disordered += u64::from(number <= last);
        lost += number.saturating_sub(last + 1);
        late += u64::from(lost > told);
        last = number;
    };
    println!(
        "received={received} torn={torn} disordered={disordered} late={late} told={told} refused={refused}"
    );
    println!(
        "sampled={sampled} sampled_torn={sampled_torn} sampled_back={sampled_back} overtaken={overtaken}"
    );
}

fn windows(count: u32) {
    for _ in 0..count {
        let _ = call::wait_for_window();
    }
}

/// One message of each kind in the first life and three that wait; then a restart, and again.
fn write_in_two_lives(context: &Context) {
    let mut stream = DirectQueuingSource::find(context, "stream").expect("a port 'stream'");
    let mut newest = DirectSource::find(context, "newest").expect("a port 'newest'");
    let (mut message, mut large) = ([0; 8 * WORDS], [0; LARGE]);
    let life = context.restarts;
    windows(2);
    for number in 1..=3 {
        fill(10 * life + number, &mut message);
        stream.send(&message).expect("there is room");
    }
    fill(10 * life + 1, &mut large);
    newest.write(&large).expect("it is written");
    println!("life {life}: written");
    windows(6);
    if life == 0 {
        call::restart();
    }
}

/// What is found in each window until there was nothing new for long; the reader restarts, too.
fn read_two_lives(context: &Context) {
    let mut stream = DirectQueuingDestination::find(context, "stream").expect("a port 'stream'");
    let mut newest = DirectDestination::find(context, "newest").expect("a port 'newest'");
    let (mut message, mut large) = ([0; 8 * WORDS], [0; LARGE]);
    let mut before = None;
    if context.restarts > 0 {
        println!("restarted: {} wait", stream.waiting());
    }
    for window in 0..30 {
        let found = newest.read(&mut large).map(|_| word(&large, 0));
        if before != Some(found) {
            println!("newest: {found:?}");
            before = Some(found);
        }
        // One of the first life's is taken, the others are not.
        let wanted = if window < 4 { 1 } else { 3 };
        for _ in 0..wanted {
            if window != 3 && window < 12 {
                break;
            }
            let Ok(got) = stream.receive(&mut message) else {
                break;
            };
            let (number, is_broken) = (word(&message, 0), got.is_broken);
            println!("stream: {number}, broken {is_broken}");
        }
        let _ = call::wait_for_window();
    }
    if context.restarts == 0 {
        call::restart();
    }
}

/// Random words all over what it may write.
fn lie(context: &Context, count: u64) {
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..count {
        for (index, record) in context.passport.ports().iter().enumerate() {
            let memory = &context.passport.port_memories[index];
            let base = usize::try_from(record.window).expect("addresses have 64 bits");
            // The header's words, and those of the slots, now and then with numbers that could be true.
            let places = [0, 8, 64, 72, 80, 88, 4096, 4104];
            let at = base + places[usize::try_from(next() % 8).expect("few")];
            let value = match next() % 4 {
                0 => next(),
                1 => 4,
                2 => u64::MAX - next() % 8,
                _ => memory.slot_bytes + next() % 16,
            };
            let word: *mut u64 = core::ptr::with_exposed_provenance_mut(at);
            // SAFETY: a word of a channel's memory, which this partition may write and has no reference to.
            unsafe { word.write_volatile(value) };
        }
        give_turn();
    }
    println!("lied {count} times");
}

/// Reads whatever comes; says how often what was answered, and that its own memory is as it was.
fn believe_nothing(context: &Context) {
    let mut stream = DirectQueuingDestination::find(context, "stream").expect("a port 'stream'");
    let mut newest = DirectDestination::find(context, "newest").expect("a port 'newest'");
    let mut around = [0x55_u8; 3 * LARGE];
    let mut queued = [0x55_u8; 3 * 64];
    let (mut good, mut bad) = (0_u64, 0_u64);
    for _ in 0..20_000 {
        let read = newest.read(&mut around[LARGE..2 * LARGE]).is_ok();
        let received = stream.receive(&mut queued[64..128]).is_ok();
        good += u64::from(read) + u64::from(received);
        bad += u64::from(!read) + u64::from(!received);
        let _ = stream.waiting();
        give_turn();
    }
    stream.clear();
    let own = [
        &around[..LARGE],
        &around[2 * LARGE..],
        &queued[..64],
        &queued[128..],
    ];
    let is_own = own
        .iter()
        .all(|bytes| bytes.iter().all(|byte| *byte == 0x55));
    println!("alive: good={} bad={} own={is_own}", good > 0, bad > 0);
}

/// Writes its own page, which it may, and then what it may only read.
fn trespass(context: &Context) {
    let (record, memory) =
        passport::memory_port(context.passport, "stream", PORT_DESTINATION, MEMORY_QUEUING)
            .expect("a port 'stream'");
    for address in [memory.reader_page, record.window] {
        println!("writes {address:#x}");
        let address = usize::try_from(address).expect("addresses have 64 bits");
        let word: *mut u64 = core::ptr::with_exposed_provenance_mut(address + 64);
        // SAFETY: a word that no reference is to; the second is an abort, which is what is tried.
        unsafe { word.write_volatile(1) };
    }
    println!("both were written");
}

fn write_at_bounds(context: &Context) {
    let mut largest = DirectSource::find(context, "largest").expect("a port 'largest'");
    let mut stream = DirectQueuingSource::find(context, "stream").expect("a port 'stream'");
    assert!(DirectSource::find(context, "stream").is_none(), "it queues");
    assert!(
        DirectSource::find(context, "board").is_none(),
        "no messages"
    );
    let all = &PATTERN;
    println!("none: {:?}", largest.write(&[]).unwrap_err());
    println!("none queued: {:?}", stream.send(&[]).unwrap_err());
    println!("too long: {:?}", stream.send(&all[..65]).unwrap_err());
    for length in [1, 7, 8, 15, 31, 33, 63, 64] {
        stream
            .send(&all[..length])
            .unwrap_or_else(|_| give_way(&mut stream, &all[..length]));
    }
    // A call for a port that has none.
    let (index, _) = passport::port(context.passport, "largest", PORT_SOURCE).expect("a port");
    println!(
        "a call: {:?}",
        call::sampling_port_write(index, 8).unwrap_err()
    );
    let board = SharedMemory::find(context.passport, "board").expect("a port 'board'");
    // SAFETY: the channel's memory, to which nobody has a reference.
    unsafe { board.base().cast::<u64>().write_volatile(0xB0A4D) };
    largest.write(all).expect("it is as long as allowed");
}

/// The queue is full: the reader makes room.
fn give_way(stream: &mut DirectQueuingSource, message: &[u8]) -> u64 {
    loop {
        give_turn();
        if let Ok(waiting) = stream.send(message) {
            return waiting;
        }
    }
}

fn read_at_bounds(context: &Context) {
    let mut largest = DirectDestination::find(context, "largest").expect("a port 'largest'");
    let mut stream = DirectQueuingDestination::find(context, "stream").expect("a port 'stream'");
    // SAFETY: nothing else in this program refers to it.
    let buffer = unsafe { &mut *core::ptr::addr_of_mut!(BUFFER) };
    println!("short: {:?}", largest.read(&mut buffer[..8]).unwrap_err());
    println!(
        "short queued: {:?}",
        stream.receive(&mut buffer[..63]).unwrap_err()
    );
    let mut lengths = 0;
    while lengths < 8 {
        let Ok(got) = stream.receive(&mut buffer[1..65]) else {
            give_turn();
            continue;
        };
        let same = buffer[1..=got.length] == PATTERN[..got.length];
        println!("queued: {} bytes, whole {same}", got.length);
        lengths += 1;
    }
    let got = loop {
        match largest.read(buffer) {
            Ok(got) => break got,
            Err(_) => give_turn(),
        }
    };
    let same = buffer[..] == PATTERN[..];
    println!(
        "largest: {} bytes, whole {same}, valid {}",
        got.length, got.valid
    );
    let board = SharedMemory::find(context.passport, "board").expect("a port 'board'");
    // SAFETY: the channel's memory, to which nobody has a reference.
    let word = unsafe { board.base().cast::<u64>().read_volatile() };
    let (bytes, writable) = (board.size_bytes(), board.is_writable());
    println!("board: {word:#x} in {bytes} bytes, writable {writable}");
}

/// Instructions that something takes, the mean of a thousand, where an instruction takes a nanosecond and nobody
/// else runs.
fn instructions(mut act: impl FnMut()) -> u64 {
    const ROUNDS: u32 = 1000;
    let spent = |act: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            act();
        }
        Instant::now().since(start).to_duration().as_nanos()
    };
    let empty = spent(&mut || {});
    let all = spent(&mut act).saturating_sub(empty);
    u64::try_from(all).unwrap_or(u64::MAX) / u64::from(ROUNDS)
}

fn cost_of_writing(context: &Context) {
    let mut newest = DirectSource::find(context, "newest").expect("a port 'newest'");
    let large = [0x55; LARGE];
    let mut copied = [0; LARGE];
    let mut write = |bytes: usize| {
        instructions(|| {
            let written = newest.write(black_box(&large[..bytes]));
            written.expect("it is written");
        })
    };
    let (long, short) = (write(LARGE), write(64));
    let copy = instructions(|| black_box(&mut copied).copy_from_slice(black_box(&large)));
    println!("write64={short} write4096={long} copy4096={copy}");
    // The reader has read the short one by then.
    windows(5);
    newest.write(&large).expect("it is written");
}

fn cost_of_reading(context: &Context) {
    let mut newest = DirectDestination::find(context, "newest").expect("a port 'newest'");
    let mut buffer = [0; LARGE];
    // The writer is done by then, and sleeps.
    let mut cost = |after| {
        windows(after);
        instructions(|| {
            let read = newest.read(black_box(&mut buffer));
            read.expect("it is there");
        })
    };
    let (short, long) = (cost(3), cost(5));
    println!("read64={short} read4096={long}");
}

static mut BUFFER: [u8; LARGEST] = [0; LARGEST];

/// Bytes that differ from those around them.
static PATTERN: [u8; LARGEST] = {
    let mut pattern = [0; LARGEST];
    let mut at = 0;
    while at < LARGEST {
        #[allow(clippy::cast_possible_truncation, reason = "below 251")]
        let byte = (at % 251) as u8;
        pattern[at] = byte + 1;
        at += 1;
    }
    pattern
};
