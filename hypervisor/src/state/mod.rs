//! Who owns what: the state of CPUs, vCPUs and partitions, the lock between vCPUs of one partition, and the
//! little that all CPUs share. Says who may touch what and when; decides nothing.
//!
//! # What more than one CPU touches
//! All that isn't here has one owner for good. "Nobody" waits where one atomic operation does.
//!
//! | what | its owner, and who else touches it | in which order | longest wait |
//! |---|---|---|---|
//! | a partition ([`partition`]) | the CPU that holds its [`lock`]; with one vCPU, that vCPU's CPU | tickets: taken `Relaxed`, for no more hangs on them; `served` is stored `Release` and loaded `Acquire`, so the next holder sees all that the last one wrote | one hold of each other CPU that runs its vCPUs; a hold is one exit (`paratia_config::rules::longest_hold`) |
//! | a vCPU ([`vcpu`]) | its own CPU; CPU 0 at boot and in the safe state | boot is over before a CPU sees the epoch; the safe state follows `CPUS_STOPPED` | nobody |
//! | a CPU ([`cpu`]) | that CPU; CPU 0 reads its totals in the safe state | as for vCPUs, `CPUS_STOPPED` | nobody |
//! | `OCCASIONS` ([`shared`]): has a window anything to do? | whoever holds the partition's lock writes; the CPUs of its vCPUs read | `Relaxed`: a hint on whose account nothing else is read ([`crate::policy::lifecycle::Occasions`]) | nobody |
//! | a channel's link ([`crate::policy::port`]) | the source's CPU, under its partition's lock, writes; the destination's, likewise, reads | `SeqCst` for the words that choose a slot: writer and reader decide by each other's, so one order for both; `Relaxed` for the message, of which neither touches the other's slot, and for how old it may be, which CPU 0 has written before the schedule begins | nobody |
//! | a channel's queue ([`crate::policy::queue`]) | as for links: the source's CPU sends, the destination's receives | `Release` and `Acquire` around a message's words; `SeqCst` for the count of what was sent, which doorbells rely on; the argument is there | nobody |
//! | an event ([`crate::policy::event`]) | the source's CPU, under its partition's lock, counts signals; the destination's, likewise, what it was told | `SeqCst` for the count of signals, which doorbells rely on; `Relaxed` for all else, which is its writer's own, or a count for people | nobody |
//! | a doorbell ([`crate::policy::doorbell`]) | writers of its partition's ports, and the CPUs of its vCPUs | `SeqCst`: that a message came and that a window is open are told by one word, and whoever looks last sees both; the message is written before, in the same order | nobody |
//! | a queue to CPU 0: records, a console ([`event`], [`partition`]) | one sender: the CPU, or whoever holds the partition's lock; CPU 0 receives | the queue's own `Release` and `Acquire` of its two ends (`heapless::spsc`) | nobody: what finds no room is dropped and counted |
//! | what is typed ([`partition`]) | CPU 0 sends; whoever holds the partition's lock receives | the same queue's | nobody |
//! | the distributor ([`shared`]) | CPU 0 sets it up; then each interrupt's owner, by single writes that concern it alone | the reference is written before other CPUs are started, and only read then | where a word holds several owners', turns: one change of each other CPU |
//! | `EPOCH` ([`shared`]) | CPU 0, once | `Release` and `Acquire`: who sees it sees all that boot did | at boot alone: until CPU 0 is ready; for good, if it refuses the board |
//! | `CPUS_UP` ([`shared`]) | each CPU adds itself, once | `AcqRel` and `Acquire`: CPU 0 sees what the others set up | at boot alone: CPU 0, 500 ms for all |
//! | `STOP_AT` ([`shared`]) | any CPU brings it forward | `AcqRel` and `Acquire`: who stops sees what the one did who asked | nobody; looked at before each slot |
//! | `CPUS_STOPPED` ([`shared`]) | each CPU adds itself, once | `AcqRel` and `Acquire`: CPU 0 sees totals and crash records | at the end alone: CPU 0, two major frames |
//! | the words by which a guest of Xen's is told of events ([`xen`]) | whoever holds its partition's lock sets bits, and the byte behind them; the guest's CPUs clear them | `SeqCst`: a bit is set before the byte, and the guest clears the byte before it takes the bits | 16 tries, then it is told later |
//! | a page of stolen time ([`stolen`]) | the CPU of each vCPU writes its record; the guest reads | single aligned 64-bit stores | nobody |
//!
//! Nobody holds two locks, and nobody waits for a lock with a turn at the distributor in hand; so no wait is
//! for somebody who waits.

pub mod channels;
pub mod constants;
pub mod cpu;
pub mod decision;
pub mod entropy;
pub mod event;
pub mod events;
pub mod granted;
pub mod lock;
pub mod partition;
pub mod ports;
pub mod queues;
pub mod running;
pub mod shared;
pub mod stolen;
pub mod vcpu;
pub mod xen;
