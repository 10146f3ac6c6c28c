//! Releases and waits, each with the time at which it came.

use a653rs::bindings::{ApexProcessAttribute, ApexProcessP1, ApexTimeP1, ApexTimeP4};
use paratia_a653::Paratia;
use paratia_runtime::println;

use crate::common::{MILLISECOND, attributes, begin, create};

pub(crate) fn start() {
    begin(&ApexProcessAttribute {
        period: 20 * MILLISECOND,
        time_capacity: 20 * MILLISECOND,
        ..attributes("each", each, 5)
    });
    let delayed = create(&ApexProcessAttribute {
        period: 40 * MILLISECOND,
        ..attributes("delayed", delayed, 6)
    });
    // In the middle of the first window.
    Paratia::delayed_start(delayed, 2_500_000).expect("it is dormant");
    begin(&attributes("waits", waits, 4));
}

extern "C" fn each() {
    for _ in 0..4 {
        println!("each {}", Paratia::get_time());
        Paratia::periodic_wait().expect("it is periodic");
    }
}

extern "C" fn delayed() {
    for _ in 0..3 {
        println!("delayed {}", Paratia::get_time());
        Paratia::periodic_wait().expect("it is periodic");
    }
}

/// Begins at once, waits within the second window of a period, beyond a window's end, and until a time-out.
extern "C" fn waits() {
    Paratia::timed_wait(0).expect("it may");
    // Wherever in the first window: to 1 ms behind the start of the second.
    let now = Paratia::get_time();
    Paratia::timed_wait(13 * MILLISECOND - now).expect("it may");
    println!("waits {}", Paratia::get_time());
    // To 18 ms, when no window is: it goes on with the next one, at 22 ms.
    let now = Paratia::get_time();
    Paratia::timed_wait(18 * MILLISECOND - now).expect("it may");
    println!("waits {}", Paratia::get_time());
    let now = Paratia::get_time();
    let answer = Paratia::suspend_self(33 * MILLISECOND - now);
    println!("waits {} {answer:?}", Paratia::get_time());
}
