//! Calls as guests of Xen's make them: `HVC #0xEA1` with the call's number in `x16`, what it is asked for in `x0`
//! and up, and the answer in `x0`. What can't be carried out is refused by Xen's own numbers, and counted as
//! any refused call.
//!
//! The guest's pointers are followed by [`pointers`], which is the one file here that knows where they come
//! from.

mod console;
mod event_channel;
mod pointers;
mod schedule;

use paratia_config::address::PAGE_BYTES;
use paratia_config::xen::{self, CONSOLE_PAGE, CONSOLE_PORT, GRANT_FRAMES};

use crate::arch::cpu as arch_cpu;
use crate::arch::memory::Physical;
use crate::base::total;
use crate::exits::{call as own_call, register};
use crate::interrupts::{events, lists};
use crate::machine::vgic::low;
use crate::machine::xen::call;
use crate::machine::xen::status::Refusal::{self, Fault, Invalid, NoCall, NotPermitted, TooMuch};
use crate::machine::xen::structures::{
    AddToPhysmap, FeatureInfo, Number, Parameter, QuerySize, RegisterInfo,
};
use crate::state::decision::Decision;
use crate::state::running::Guest;
use crate::state::xen::Guest as XenGuest;
use pointers::{read, write};

/// What a call that is carried out leads to.
enum Done {
    /// This in `x0`.
    Value(u64),
    /// More than an answer, which is 0 if there is one.
    Decided(Decision),
    /// The same call once more, with what is in the registers now: it had more to do than one exit may.
    Again,
}

/// What a call leads to.
type Answer = Result<Done, Refusal>;

const SUCCESS: Answer = Ok(Done::Value(0));

/// Does what the call in the guest's registers asks for.
#[inline(never)]
pub fn call(guest: &mut Guest) -> Decision {
    if state(guest).is_none() {
        // It isn't built for Xen, or not declared so.
        arch_cpu::return_to_instruction();
        return register::forbid(guest);
    }
    total::add(&mut guest.vcpu.counts.calls, 1);
    let answer = match low(guest.vcpu.context.x[16]) {
        call::EVENT_CHANNEL => event_channel::call(guest),
        call::SCHEDULE => schedule::call(guest),
        call::CONSOLE => console::call(guest),
        call::VERSION => version(guest),
        call::HVM => hvm(guest),
        call::MEMORY => memory(guest),
        call::GRANT_TABLE => grant_table(guest),
        call::VCPU => vcpu(guest),
        call::ASSIST => assist(guest),
        _ => Err(NoCall),
    };
    match answer {
        Ok(Done::Value(value)) => guest.vcpu.context.x[0] = value,
        Ok(Done::Decided(decision)) => {
            guest.vcpu.context.x[0] = 0;
            return decision;
        }
        Ok(Done::Again) => arch_cpu::return_to_instruction(),
        Err(refusal) => {
            guest.vcpu.context.x[0] = (refusal as i64).cast_unsigned();
            return own_call::refuse(guest);
        }
    }
    Decision::Resume
}

/// The running guest's state as a guest of Xen's, if it is one.
fn state<'a>(guest: &'a mut Guest) -> Option<&'a mut XenGuest> {
    guest.partition.xen.iter_mut().flatten().next()
}

/// The same, of one that makes a call.
fn caller<'a>(guest: &'a mut Guest) -> Result<&'a mut XenGuest, Refusal> {
    state(guest).ok_or(NoCall)
}

/// Whom an event concerns looks at its interrupts.
fn attend(guest: &mut Guest, told: Option<usize>) {
    if let Some(vcpu) = told {
        let concerned = events::raise(&mut guest.partition, vcpu);
        lists::attend(guest, concerned);
    }
}

fn version(guest: &mut Guest) -> Answer {
    let [what, pointer, ..] = guest.vcpu.context.x;
    match what {
        call::VERSION_NUMBER => return Ok(Done::Value(call::XEN_4_17)),
        call::VERSION_PAGE_BYTES => return Ok(Done::Value(PAGE_BYTES)),
        call::VERSION_EXTRA => write(guest, pointer, b".0-paratia\0\0\0\0\0\0")?,
        call::VERSION_CAPABILITIES => write(guest, pointer, b"xen-3.0-aarch64 \0")?,
        call::VERSION_FEATURES => {
            let mut asked: FeatureInfo = read(guest, pointer)?;
            if asked.index != 0 {
                return Err(Invalid);
            }
            asked.features = call::FEATURES;
            write(guest, pointer, &asked)?;
        }
        _ => return Err(NoCall),
    }
    SUCCESS
}

/// The guest-physical page of the region by which the partition is such a guest.
fn page(guest: &Guest, page: u64) -> Result<u64, Refusal> {
    let region = xen::region(guest.partition.declaration()).ok_or(NoCall)?;
    Ok((region.ipa.0 / PAGE_BYTES).wrapping_add(page))
}

fn hvm(guest: &mut Guest) -> Answer {
    let [what, pointer, ..] = guest.vcpu.context.x;
    if what != call::HVM_GET_PARAMETER {
        return Err(NoCall);
    }
    let mut asked: Parameter = read(guest, pointer)?;
    if asked.domain != call::SELF {
        return Err(NotPermitted);
    }
    asked.value = match asked.index {
        call::PARAMETER_CONSOLE_PAGE => page(guest, CONSOLE_PAGE)?,
        call::PARAMETER_CONSOLE_PORT => CONSOLE_PORT as u64,
        // There is no store, among others; so does Xen say it.
        ..call::PARAMETER_END => 0,
        _ => return Err(Invalid),
    };
    write(guest, pointer, &asked)?;
    SUCCESS
}

/// No page is mapped: the shared page is one that the guest has, of which it says which, and the grant frames are
/// where they always were.
fn memory(guest: &mut Guest) -> Answer {
    let [what, pointer, ..] = guest.vcpu.context.x;
    if what != call::ADD_TO_PHYSMAP {
        return Err(NoCall);
    }
    let asked: AddToPhysmap = read(guest, pointer)?;
    if asked.domain != call::SELF {
        return Err(NotPermitted);
    }
    match asked.space {
        call::SPACE_SHARED_INFO if asked.index == 0 => {
            let ipa = asked.frame.checked_mul(PAGE_BYTES).ok_or(Invalid)?;
            let xen = caller(guest)?;
            xen.events.share(xen.own, &mut Physical, ipa)?;
        }
        call::SPACE_GRANT_TABLE if asked.index < GRANT_FRAMES => {
            if asked.frame != page(guest, asked.index)? {
                return Err(Invalid);
            }
        }
        _ => return Err(Invalid),
    }
    SUCCESS
}

fn grant_table(guest: &mut Guest) -> Answer {
    let [what, pointer, count, ..] = guest.vcpu.context.x;
    match what {
        call::GRANT_QUERY_SIZE | call::GRANT_SET_VERSION if count != 1 => Err(TooMuch),
        call::GRANT_QUERY_SIZE => {
            let mut asked: QuerySize = read(guest, pointer)?;
            if asked.domain != call::SELF {
                return Err(NotPermitted);
            }
            let frames = low(GRANT_FRAMES);
            (asked.frames, asked.most_frames, asked.status) = (frames, frames, 0);
            write(guest, pointer, &asked)?;
            SUCCESS
        }
        call::GRANT_SET_VERSION => {
            let asked: Number = read(guest, pointer)?;
            if asked.number == 1 {
                SUCCESS
            } else {
                Err(Invalid)
            }
        }
        _ => Err(NoCall),
    }
}

fn vcpu(guest: &mut Guest) -> Answer {
    let [what, number, pointer, ..] = guest.vcpu.context.x;
    let vcpu = usize::try_from(number).unwrap_or(usize::MAX);
    if vcpu >= guest.partition.facts.vcpus.len() {
        return Err(Invalid);
    }
    match what {
        call::VCPU_IS_UP => Ok(Done::Value(guest.partition.is_on(vcpu).into())),
        // It may be named, and is never written: a guest that is told its stolen time is told it elsewhere.
        call::VCPU_REGISTER_RUNSTATE => {
            let area: u64 = read(guest, pointer)?;
            if area.is_multiple_of(8) {
                SUCCESS
            } else {
                Err(Fault)
            }
        }
        call::VCPU_REGISTER_INFO => {
            let asked: RegisterInfo = read(guest, pointer)?;
            let ipa = asked.frame.checked_mul(PAGE_BYTES).ok_or(Invalid)?;
            let xen = caller(guest)?;
            xen.events
                .register(xen.own, &mut Physical, vcpu, ipa, asked.offset)?;
            attend(guest, Some(vcpu));
            SUCCESS
        }
        _ => Err(NoCall),
    }
}

fn assist(guest: &Guest) -> Answer {
    let [switch, kind, ..] = guest.vcpu.context.x;
    if switch <= 1 && kind == call::ASSIST_RUNSTATE_FLAG {
        SUCCESS
    } else {
        Err(Invalid)
    }
}
