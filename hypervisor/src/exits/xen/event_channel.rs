//! `event_channel_op`: a guest of Xen's makes, uses and closes event channels.

use paratia_config::xen::CONSOLE_PORT;

use super::pointers::{read, write};
use super::{Answer, Done, SUCCESS, attend, caller};
use crate::arch::memory::Physical;
use crate::interrupts::{events, lists};
use crate::machine::xen::call;
use crate::machine::xen::events::Sent;
use crate::machine::xen::status::Refusal::{self, NoCall, NoDomain};
use crate::machine::xen::structures::{
    AllocUnbound, BindInterdomain, BindIpi, BindVcpu, BindVirq, Number, Reset, Status,
};
use crate::state::decision::Decision;
use crate::state::running::Guest;

/// Carries such a call out.
pub fn call(guest: &mut Guest) -> Answer {
    let [what, pointer, ..] = guest.vcpu.context.x;
    match what {
        call::EVENT_SEND => {
            let Number { number } = read(guest, pointer)?;
            send(guest, number)?;
        }
        call::EVENT_UNMASK => {
            let Number { number } = read(guest, pointer)?;
            let told = caller(guest)?.events.unmask(&mut Physical, number)?;
            attend(guest, told);
        }
        call::EVENT_CLOSE => {
            let Number { number } = read(guest, pointer)?;
            caller(guest)?.events.close(number)?;
        }
        call::EVENT_BIND_VIRQ => {
            let mut asked: BindVirq = read(guest, pointer)?;
            asked.port = caller(guest)?
                .events
                .bind_virtual(asked.number, asked.vcpu)?;
            write(guest, pointer, &asked)?;
        }
        call::EVENT_ALLOC_UNBOUND => {
            let mut asked: AllocUnbound = read(guest, pointer)?;
            asked.port = caller(guest)?
                .events
                .allocate(asked.domain, asked.remote_domain)?;
            write(guest, pointer, &asked)?;
        }
        call::EVENT_BIND_INTERDOMAIN => {
            let mut asked: BindInterdomain = read(guest, pointer)?;
            let events = &mut caller(guest)?.events;
            asked.local_port = events.bind(asked.remote_domain, asked.remote_port)?;
            write(guest, pointer, &asked)?;
            // Whoever binds may have missed what came before.
            tell(guest, asked.local_port as usize)?;
        }
        call::EVENT_BIND_IPI => {
            let mut asked: BindIpi = read(guest, pointer)?;
            asked.port = caller(guest)?.events.bind_interprocessor(asked.vcpu)?;
            write(guest, pointer, &asked)?;
        }
        call::EVENT_BIND_VCPU => {
            let asked: BindVcpu = read(guest, pointer)?;
            caller(guest)?.events.bind_vcpu(asked.port, asked.vcpu)?;
        }
        call::EVENT_STATUS => {
            let asked: Status = read(guest, pointer)?;
            let status = caller(guest)?.events.status(asked)?;
            write(guest, pointer, &status)?;
        }
        call::EVENT_RESET => {
            let asked: Reset = read(guest, pointer)?;
            if asked.domain != call::SELF {
                return Err(NoDomain);
            }
            caller(guest)?.events.reset_channels();
        }
        _ => return Err(NoCall),
    }
    SUCCESS
}

/// Tells of an event on a channel of the guest's own.
fn tell(guest: &mut Guest, port: usize) -> Result<(), Refusal> {
    let concerned = events::tell(&mut guest.partition, port)?;
    lists::attend(guest, concerned);
    Ok(())
}

fn send(guest: &mut Guest, port: u32) -> Result<(), Refusal> {
    match caller(guest)?.events.send(port)? {
        Sent::Nothing => Ok(()),
        Sent::Own(port) => tell(guest, port),
        Sent::Console => {
            move_console(guest);
            Ok(())
        }
    }
}

/// Moves the guest's console, and tells it of what was moved; or later, if that can't be now.
pub fn move_console(guest: &mut Guest) {
    if events::move_console(guest.cpu, &mut guest.partition) {
        let _ = tell(guest, CONSOLE_PORT);
    }
}

/// What the guest gets by giving its time to nobody in particular: its console is moved, so that there is room.
pub fn give_turn(guest: &mut Guest) -> Answer {
    move_console(guest);
    Ok(Done::Decided(Decision::Resume))
}
