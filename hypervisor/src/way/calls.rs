//! The exits of calls that have no short answer: a way for each, found by the call's number.

use paratia_abi::ExitCause;
use paratia_abi::call::{
    BASE, RECEIVE_QUEUING_MESSAGE, SAMPLING_PORT_READ, SAMPLING_PORT_WRITE, SEND_QUEUING_MESSAGE,
    SIGNAL_EVENT, TAKE_EVENT, WAIT_FOR_WINDOW,
};

use crate::arch::timer;
use crate::base::time::Ticks;
use crate::built::chosen::ANY;
use crate::exits::call;
use crate::exits::events;
use crate::exits::messages;
use crate::state::channels;
use crate::state::cpu::{Cpu, PerCpu};
use crate::state::decision::Next;
use crate::state::running::Guest;
use crate::way::exit::Exit;

/// The ways of Paratia's own calls that have no short answer, by their numbers: one load finds the way, and
/// none pays for the others.
pub(super) static WAYS: [extern "C" fn(u64, Exit) -> Next; call::OWN_CALLS as usize] = {
    let mut ways: [extern "C" fn(u64, Exit) -> Next; _] = [Exit::called; call::OWN_CALLS as usize];
    ways[number(WAIT_FOR_WINDOW)] = Exit::window_given_back;
    if channels::ANY_SAMPLED {
        ways[number(SAMPLING_PORT_WRITE)] = Exit::writes;
        ways[number(SAMPLING_PORT_READ)] = Exit::reads;
    }
    if ANY.queues {
        ways[number(SEND_QUEUING_MESSAGE)] = Exit::sends;
        ways[number(RECEIVE_QUEUING_MESSAGE)] = Exit::receives;
    }
    if ANY.events {
        ways[number(SIGNAL_EVENT)] = Exit::signals;
        ways[number(TAKE_EVENT)] = Exit::takes;
    }
    ways
};

const fn number(id: u32) -> usize {
    (id - BASE) as usize
}

impl Exit {
    /// A message is written to a sampling port.
    extern "C" fn writes(_: u64, mut exit: Self) -> Next {
        let begun = timer::now_early();
        let vcpu = exit.vcpu();
        match messages::write(vcpu, vcpu.ports, begun, Self::cpu) {
            Some(()) => exit.exchanged(begun),
            None if messages::SOME_HAVE_SEVERAL => exit.writes_to_several(begun),
            None => exit.called_since(begun),
        }
    }

    /// The same, if the message has several destinations; or else it can't be written.
    #[inline(never)]
    extern "C" fn writes_to_several(mut self, begun: Ticks) -> Next {
        let vcpu = self.vcpu();
        match messages::write_to_several(vcpu, vcpu.ports, begun, Self::cpu) {
            Some(()) => self.exchanged(begun),
            None => self.called_since(begun),
        }
    }

    /// A message is read from a sampling port.
    extern "C" fn reads(_: u64, mut exit: Self) -> Next {
        let begun = timer::now_early();
        let vcpu = exit.vcpu();
        match messages::read(vcpu, vcpu.ports, begun) {
            Some(()) => exit.exchanged(begun),
            None => exit.called_since(begun),
        }
    }

    /// A message is sent to a queuing port.
    extern "C" fn sends(_: u64, mut exit: Self) -> Next {
        let begun = timer::now_early();
        let vcpu = exit.vcpu();
        match messages::send(vcpu, vcpu.ports, Self::cpu) {
            Some(()) => exit.exchanged(begun),
            None => exit.called_since(begun),
        }
    }

    /// A message is received from a queuing port.
    extern "C" fn receives(_: u64, mut exit: Self) -> Next {
        let begun = timer::now_early();
        let vcpu = exit.vcpu();
        match messages::receive(vcpu, vcpu.ports) {
            Some(()) => exit.exchanged(begun),
            None => exit.called_since(begun),
        }
    }

    /// An event is signalled.
    extern "C" fn signals(_: u64, mut exit: Self) -> Next {
        let begun = timer::now_early();
        let vcpu = exit.vcpu();
        match events::signal(vcpu, vcpu.ports, Self::cpu) {
            Some(()) => exit.exchanged(begun),
            None => exit.called_since(begun),
        }
    }

    /// An event is taken.
    extern "C" fn takes(_: u64, mut exit: Self) -> Next {
        let begun = timer::now_early();
        let vcpu = exit.vcpu();
        match events::take(vcpu, vcpu.ports) {
            Some(()) => exit.exchanged(begun),
            None => exit.called_since(begun),
        }
    }

    /// A message or an event has come or gone by the short way ([`messages`], [`events`]).
    ///
    /// No lock was to be had: a vCPU has ports of its own only if it is its partition's one, and nobody else
    /// ever touches that partition's state. Nothing follows but the return to the guest: whether it lives on
    /// isn't touched by a message, and no window ends here, so the beginning of this exit is no beginning of a
    /// switch that would be kept.
    #[inline(always)]
    fn exchanged(mut self, begun: Ticks) -> Next {
        let spent = timer::now_early().since_past(begun);
        self.vcpu().count_exit(ExitCause::Call, spent);
        self.resume()
    }

    /// This CPU, for an exit that hasn't asked for it yet and does so once.
    fn cpu() -> &'static mut Cpu {
        // SAFETY: a guest has run here, so boot is through, and nothing else of this exit looks at the CPU's
        // state.
        unsafe { PerCpu::cpu() }
    }

    /// A call without a short answer.
    #[inline(never)]
    pub(super) extern "C" fn called(_: u64, exit: Self) -> Next {
        exit.called_since(timer::now_early())
    }

    /// A call without a short answer, whose exit began at `begun`.
    #[inline(never)]
    extern "C" fn called_since(self, begun: Ticks) -> Next {
        self.handle(begun, ExitCause::Call, call::dispatch)
    }

    /// The call by which nearly every window ends that time doesn't end.
    extern "C" fn window_given_back(_: u64, exit: Self) -> Next {
        let decide = |guest: &mut Guest| call::wait_for_window(guest.vcpu);
        exit.handle(timer::now_early(), ExitCause::Call, decide)
    }
}
