//! What any partition's machine has: code for what none has isn't in the image.

use super::interrupts::{Links, Model, shared_blocks};
use crate::board::BoardFacts;
use crate::each;
use crate::machine::{Forbidden, Stray};
use crate::solo5;
use crate::system::{ChannelKind, System};
use crate::xen;

/// What the partitions' machines have, all together: code for what none has isn't needed.
#[derive(Clone, Copy, Debug)]
pub struct Union {
    /// Most vCPUs.
    pub most_vcpus: usize,
    /// Most blocks of 32 shared interrupts.
    pub most_shared_blocks: usize,
    /// The kind of all controllers, if it is one.
    pub model: Option<Model>,
    /// Whether any has a UART.
    pub uart: bool,
    /// Whether any has a shared interrupt of the board's.
    pub shared_links: bool,
    /// Whether vCPUs of any are called by an interrupt.
    pub kicks: bool,
    /// Whether any is told of stray accesses by an abort.
    pub aborts: bool,
    /// Whether any is told of forbidden instructions as of undefined ones.
    pub undefined: bool,
    /// Whether any has the CPU's debug registers.
    pub debug: bool,
    /// Whether any is given random numbers.
    pub entropy: bool,
    /// Whether any has a clock.
    pub clock: bool,
    /// Whether any has a watchdog.
    pub watchdog: bool,
    /// Whether any is told its stolen time.
    pub stolen_time: bool,
    /// Whether messages of any channel queue at the hypervisor.
    pub queues: bool,
    /// Whether any channel has memory of its own.
    pub channel_memory: bool,
    /// Whether any channel is an event.
    pub events: bool,
    /// Whether any is a guest of Xen's.
    pub xen: bool,
    /// Whether any is a unikernel beside its tender.
    pub tender: bool,
    /// Whether what is typed can be for any.
    pub hears: bool,
}

impl Union {
    /// Of a system on a board.
    #[must_use]
    pub const fn of(system: &System, board: &BoardFacts) -> Self {
        let mut all = Self {
            most_vcpus: 1,
            most_shared_blocks: 1,
            model: None,
            uart: false,
            shared_links: false,
            kicks: false,
            aborts: false,
            undefined: false,
            debug: false,
            entropy: false,
            clock: false,
            watchdog: false,
            stolen_time: false,
            queues: false,
            channel_memory: false,
            events: false,
            xen: false,
            tender: false,
            hears: false,
        };
        let mut v2 = 0;
        each! { partition in system.partitions => {
            let machine = &partition.machine;
            let vcpus = machine.vcpus as usize;
            if vcpus > all.most_vcpus {
                all.most_vcpus = vcpus;
            }
            let blocks = shared_blocks(partition, board);
            if blocks > all.most_shared_blocks {
                all.most_shared_blocks = blocks;
            }
            if machine.gic.version_on(board) == 2 {
                v2 += 1;
            }
            all.uart |= machine.uart.is_some();
            all.shared_links |= Links::of(partition, board).has_shared();
            all.kicks |= vcpus > 1;
            all.aborts |= matches!(machine.stray, Stray::ExternalAbort);
            all.undefined |= matches!(machine.forbidden, Forbidden::Undefined);
            all.debug |= machine.debug;
            all.entropy |= machine.entropy;
            all.clock |= machine.clock.is_some();
            all.watchdog |= machine.watchdog.is_some();
            all.stolen_time |= machine.stolen_time.is_some();
            all.xen |= xen::region(partition).is_some();
            all.tender |= solo5::tender(partition).is_some();
            all.hears |= xen::hears(partition);
        }}
        each! { channel in system.channels => {
            all.queues |= matches!(channel.kind, ChannelKind::Queuing { .. });
            all.channel_memory |= channel.kind.memory().is_some();
            all.events |= channel.kind.is_event();
            each! { destination in channel.destinations => {
                all.kicks |= destination.interrupt.is_some();
            }}
        }}
        all.model = match v2 {
            0 => Some(Model::V3),
            _ if v2 == system.partitions.len() => Some(Model::V2),
            _ => None,
        };
        all
    }
}
