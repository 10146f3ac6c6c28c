//! Who preempts whom, and who doesn't.

use a653rs::bindings::{ApexProcessP1, ApexProcessP4, ApexTimeP1, ProcessId};
use core::sync::atomic::{AtomicI64, Ordering};
use paratia_a653::Paratia;
use paratia_runtime::println;

use crate::common::{MILLISECOND, attributes, begin, create, work_for};

static LAZY: AtomicI64 = AtomicI64::new(0);
static URGENT: AtomicI64 = AtomicI64::new(0);

pub(crate) fn start() {
    begin(&attributes("long", long, 5));
    begin(&attributes("equal", equal, 5));
    let urgent = begin(&attributes("urgent", urgent, 9));
    let lazy = create(&attributes("lazy", lazy, 7));
    URGENT.store(urgent, Ordering::Relaxed);
    LAZY.store(lazy, Ordering::Relaxed);
}

fn id(of: &AtomicI64) -> ProcessId {
    of.load(Ordering::Relaxed)
}

/// Is preempted by who is urgent in the middle of its work; by its equal only when it lets it.
extern "C" fn long() {
    println!("long begins");
    work_for(2 * MILLISECOND);
    println!("long goes on");
    Paratia::timed_wait(0).expect("it may");
    println!("long is behind its equal");

    // Who is started with a higher priority runs at once, but not while preemption is locked.
    Paratia::start(id(&LAZY)).expect("it is dormant");
    println!("long after lazy");
    Paratia::lock_preemption().expect("it may");
    Paratia::start(id(&LAZY)).expect("it has ended");
    println!("long before lazy");
    Paratia::unlock_preemption().expect("it is locked");
    println!("long after lazy again");

    // Its own priority above lazy's, and lazy waits.
    Paratia::set_priority(Paratia::get_my_id().expect("a process"), 8).expect("it may");
    Paratia::start(id(&LAZY)).expect("it has ended");
    println!("long is above lazy");
    Paratia::set_priority(Paratia::get_my_id().expect("a process"), 5).expect("it may");
    println!("long is below lazy");
    Paratia::resume(id(&URGENT)).expect("it is suspended");
    println!("long ends");
}

extern "C" fn equal() {
    println!("equal");
}

extern "C" fn lazy() {
    println!("lazy");
}

extern "C" fn urgent() {
    println!("urgent begins");
    Paratia::timed_wait(MILLISECOND).expect("it may");
    println!("urgent preempts");
    let answer = Paratia::suspend_self(-1);
    println!("urgent is resumed: {answer:?}");
}
