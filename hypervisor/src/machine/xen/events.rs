//! A guest's event channels in two levels (`xen/include/public/event_channel.h`): which there are, and how one
//! is told. A word of pending events lies in a page that the guest shares, its selector and the byte that says
//! so in a record of each vCPU. All are the guest's own memory: what it writes there confuses itself alone.
//!
//! Between domains there are no channels that are made at run time: a guest binds its channels to itself, and
//! those to others are declared.

use super::call::SELF;
use super::memory::{Memory, Own, Page, Word};
use super::status::Refusal::{self, Again, Exists, Invalid, NoSpace, NotPermitted};
use super::structures::{
    INFO_BYTES, INFO_SELECTOR, INFO_UPCALL, SHARED_BYTES, SHARED_MASK, SHARED_PENDING, Status,
};
use paratia_config::address::PAGE_BYTES;
use paratia_config::xen::{CONSOLE_PORT, PORTS};

/// What a channel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Nothing.
    Free,
    /// For the first to bind it.
    Unbound,
    /// Between the guest and what moves its console.
    Console,
    /// To another channel of the same guest.
    Local(u8),
    /// An interrupt of Xen's that never comes here, by its number.
    Virtual(u8),
    /// Between vCPUs of the same guest.
    Interprocessor,
}

/// A channel.
#[derive(Clone, Copy, Debug)]
struct Channel {
    bound: Use,
    /// The vCPU that is told.
    vcpu: u8,
}

const FREE: Channel = Channel {
    bound: Use::Free,
    vcpu: 0,
};

/// Interrupts of Xen's (`NR_VIRQS`).
const VIRTUAL_INTERRUPTS: u32 = 24;

/// What an event on a channel leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Sent {
    /// Nothing: nobody is there to be told.
    Nothing,
    /// The guest's console is to be moved.
    Console,
    /// This channel of the guest itself has an event.
    Own(usize),
}

/// Where a vCPU is told: a page, and where in it.
#[derive(Clone, Copy, Debug)]
struct Info {
    page: Page,
    offset: u64,
}

impl Info {
    const fn upcall(self) -> Word {
        self.page.word(self.offset.wrapping_add(INFO_UPCALL))
    }

    const fn selector(self) -> Word {
        self.page.word(self.offset.wrapping_add(INFO_SELECTOR))
    }
}

/// A guest's event channels, and where it is told of them.
#[derive(Debug)]
pub struct Events<const VCPUS: usize> {
    channels: [Channel; PORTS],
    /// The shared page.
    shared: Option<Page>,
    /// The record of each vCPU, once it has registered one.
    infos: [Option<Info>; VCPUS],
    /// Channels whose event couldn't be told yet, bit n for the n-th.
    waiting: u64,
}

const _: () = assert!(
    PORTS as u64 == u64::BITS as u64,
    "a guest's events are one word"
);

impl<const VCPUS: usize> Events<VCPUS> {
    /// As a guest is born.
    #[must_use]
    pub const fn new() -> Self {
        let mut channels = [FREE; PORTS];
        channels[CONSOLE_PORT].bound = Use::Console;
        Self {
            channels,
            shared: None,
            infos: [None; VCPUS],
            waiting: 0,
        }
    }

    /// The guest names the page of its own memory that it shares, and finds it empty.
    ///
    /// # Errors
    /// It isn't its own.
    pub fn share(&mut self, own: Own, memory: &mut impl Memory, ipa: u64) -> Result<(), Refusal> {
        let page = own.page(ipa).ok_or(Invalid)?;
        for word in 0..SHARED_BYTES / 8 {
            memory.write(page.word(8 * word), 0, u8::MAX);
        }
        self.shared = Some(page);
        Ok(())
    }

    /// A vCPU names where it is told. It may have been told before elsewhere, so all is told once more. Whether
    /// its interrupt comes follows.
    ///
    /// # Errors
    /// The record isn't in one page of the guest's own memory, or there is one already.
    pub fn register(
        &mut self,
        own: Own,
        memory: &mut impl Memory,
        vcpu: usize,
        ipa: u64,
        offset: u32,
    ) -> Result<(), Refusal> {
        let offset = u64::from(offset);
        if !offset.is_multiple_of(8) || offset > PAGE_BYTES - INFO_BYTES {
            return Err(Invalid);
        }
        let page = own.page(ipa).ok_or(Invalid)?;
        let place = self.infos.get_mut(vcpu).ok_or(Invalid)?;
        if place.is_some() {
            return Err(Invalid);
        }
        let info = Info { page, offset };
        *place = Some(info);
        memory.write(info.selector(), u64::MAX, u8::MAX);
        memory.write(info.upcall(), 1, 1);
        Ok(())
    }

    /// Where a vCPU is told: the first has a record in the shared page from the beginning.
    fn info(&self, vcpu: usize) -> Option<Info> {
        let registered = self.infos.get(vcpu).copied().flatten();
        let first = self.shared.filter(|_| vcpu == 0);
        registered.or(first.map(|page| Info { page, offset: 0 }))
    }

    /// Whether a vCPU has been told of an event that it hasn't looked at: the level of its interrupt.
    #[must_use]
    pub fn is_told(&self, memory: &impl Memory, vcpu: usize) -> bool {
        self.info(vcpu)
            .is_some_and(|info| memory.read(info.upcall()) & 0xFF != 0)
    }

    /// The channels that have an event, masked or not.
    #[must_use]
    pub fn pending(&self, memory: &impl Memory) -> u64 {
        let word = self.shared.map(|page| page.word(SHARED_PENDING));
        word.map_or(0, |word| memory.read(word))
    }

    /// Tells of an event on a channel, if it isn't told already: the vCPU whose interrupt comes. What can't
    /// be told in a bounded time waits ([`Self::next_waiting`]).
    ///
    /// # Errors
    /// It couldn't.
    pub fn tell(
        &mut self,
        memory: &mut impl Memory,
        port: usize,
    ) -> Result<Option<usize>, Refusal> {
        let bit = 1_u64.wrapping_shl(u32::try_from(port).unwrap_or(0));
        let told = self.try_tell(memory, port, bit);
        match told {
            Some(vcpu) => Ok(vcpu),
            None => {
                self.waiting |= bit;
                Err(Again)
            }
        }
    }

    fn try_tell(&self, memory: &mut impl Memory, port: usize, bit: u64) -> Option<Option<usize>> {
        let Some(shared) = self.shared else {
            // It never asked to be told.
            return Some(None);
        };
        let before = memory.change(shared.word(SHARED_PENDING), 0, bit)?;
        if before & bit != 0 || memory.read(shared.word(SHARED_MASK)) & bit != 0 {
            return Some(None);
        }
        self.select(memory, port)
    }

    /// Tells a channel's vCPU that there are events in the first word, where all are. In this order: a guest
    /// clears the byte before it takes the selector.
    fn select(&self, memory: &mut impl Memory, port: usize) -> Option<Option<usize>> {
        let vcpu = self.channels.get(port)?.vcpu.into();
        let Some(info) = self.info(vcpu) else {
            return Some(None);
        };
        let before = memory.change(info.selector(), 0, 1)?;
        if before & 1 != 0 {
            return Some(None);
        }
        memory.write(info.upcall(), 1, 1);
        Some(Some(vcpu))
    }

    /// The first channel whose event waits to be told, which it doesn't any more.
    pub fn next_waiting(&mut self) -> Option<usize> {
        let port = self.waiting.trailing_zeros() as usize;
        self.waiting &= self.waiting.wrapping_sub(1);
        (port < PORTS).then_some(port)
    }

    /// The channel, if it is in use.
    fn bound(&mut self, port: u32) -> Result<&mut Channel, Refusal> {
        let channel = usize::try_from(port)
            .ok()
            .and_then(|port| self.channels.get_mut(port));
        channel
            .filter(|channel| channel.bound != Use::Free)
            .ok_or(Invalid)
    }

    /// What the guest's event on a channel leads to.
    ///
    /// # Errors
    /// There is no such channel, or events come there and don't go.
    pub fn send(&mut self, port: u32) -> Result<Sent, Refusal> {
        match self.bound(port)?.bound {
            Use::Console => Ok(Sent::Console),
            Use::Unbound => Ok(Sent::Nothing),
            Use::Local(other) => Ok(Sent::Own(other.into())),
            Use::Interprocessor => Ok(Sent::Own(port as usize)),
            Use::Free | Use::Virtual(_) => Err(Invalid),
        }
    }

    /// The guest wants to be told of a channel again, and is of what came meanwhile.
    ///
    /// # Errors
    /// There is no such channel, or its word couldn't be changed in a bounded time.
    pub fn unmask(
        &mut self,
        memory: &mut impl Memory,
        port: u32,
    ) -> Result<Option<usize>, Refusal> {
        self.bound(port)?;
        let (bit, port) = (1_u64.wrapping_shl(port), port as usize);
        let shared = self.shared.ok_or(Invalid)?;
        let before = memory
            .change(shared.word(SHARED_MASK), bit, 0)
            .ok_or(Again)?;
        if before & bit == 0 || memory.read(shared.word(SHARED_PENDING)) & bit == 0 {
            return Ok(None);
        }
        self.select(memory, port).ok_or(Again)
    }

    fn take_free(&mut self, bound: Use, vcpu: u32) -> Result<u32, Refusal> {
        let vcpu = self.vcpu(vcpu)?;
        // Number 0 is no channel.
        for (port, channel) in (0..).zip(&mut self.channels).skip(1) {
            if channel.bound == Use::Free {
                *channel = Channel { bound, vcpu };
                return Ok(port);
            }
        }
        Err(NoSpace)
    }

    /// A vCPU that the guest has.
    fn vcpu(&self, number: u32) -> Result<u8, Refusal> {
        let vcpu = u8::try_from(number).map_err(|_| Invalid)?;
        if usize::from(vcpu) < self.infos.len() {
            Ok(vcpu)
        } else {
            Err(Invalid)
        }
    }

    /// A new channel for the guest itself to bind.
    ///
    /// # Errors
    /// It is for another domain, or none is free.
    pub fn allocate(&mut self, domain: u16, remote: u16) -> Result<u32, Refusal> {
        if domain != SELF || remote != SELF {
            return Err(NotPermitted);
        }
        self.take_free(Use::Unbound, 0)
    }

    /// A new channel to one that waits to be bound.
    ///
    /// # Errors
    /// That is another domain's, or doesn't wait.
    pub fn bind(&mut self, remote: u16, port: u32) -> Result<u32, Refusal> {
        if remote != SELF {
            return Err(NotPermitted);
        }
        if self.bound(port)?.bound != Use::Unbound {
            return Err(Invalid);
        }
        let other = u8::try_from(port).map_err(|_| Invalid)?;
        let new = self.take_free(Use::Local(other), 0)?;
        self.bound(port)?.bound = Use::Local(u8::try_from(new).map_err(|_| Invalid)?);
        Ok(new)
    }

    /// A new channel for an interrupt of Xen's.
    ///
    /// # Errors
    /// There is no such interrupt or vCPU, it is bound, or no channel is free.
    pub fn bind_virtual(&mut self, number: u32, vcpu: u32) -> Result<u32, Refusal> {
        let owner = self.vcpu(vcpu)?;
        if number >= VIRTUAL_INTERRUPTS {
            return Err(Invalid);
        }
        let bound = Use::Virtual(u8::try_from(number).map_err(|_| Invalid)?);
        let mut channels = self.channels.iter();
        if channels.any(|channel| channel.bound == bound && channel.vcpu == owner) {
            return Err(Exists);
        }
        self.take_free(bound, vcpu)
    }

    /// A new channel between vCPUs.
    ///
    /// # Errors
    /// There is no such vCPU, or no channel is free.
    pub fn bind_interprocessor(&mut self, vcpu: u32) -> Result<u32, Refusal> {
        self.take_free(Use::Interprocessor, vcpu)
    }

    /// Another vCPU is told of a channel from now on.
    ///
    /// # Errors
    /// There is no such vCPU or channel, or the channel is one vCPU's for good.
    pub fn bind_vcpu(&mut self, port: u32, vcpu: u32) -> Result<(), Refusal> {
        let vcpu = self.vcpu(vcpu)?;
        let channel = self.bound(port)?;
        if matches!(channel.bound, Use::Virtual(_) | Use::Interprocessor) {
            return Err(Invalid);
        }
        channel.vcpu = vcpu;
        Ok(())
    }

    /// A channel isn't used any more; one to it waits to be bound again. That of the console stays.
    ///
    /// # Errors
    /// There is no such channel.
    pub fn close(&mut self, port: u32) -> Result<(), Refusal> {
        let bound = self.bound(port)?.bound;
        if bound == Use::Console {
            return Err(Invalid);
        }
        if let Use::Local(other) = bound
            && let Some(channel) = self.channels.get_mut(usize::from(other))
        {
            channel.bound = Use::Unbound;
        }
        if let Some(channel) = self.channels.get_mut(port as usize) {
            *channel = FREE;
        }
        Ok(())
    }

    /// What a channel is, in Xen's words.
    ///
    /// # Errors
    /// It is another domain's, or there is no such number.
    pub fn status(&self, asked: Status) -> Result<Status, Refusal> {
        const SELF_AND_PORT: [u32; 2] = [SELF as u32, 0];
        if asked.domain != SELF {
            return Err(NotPermitted);
        }
        let port = usize::try_from(asked.port).unwrap_or(PORTS);
        let channel = self.channels.get(port).ok_or(Invalid)?;
        let (status, more) = match channel.bound {
            Use::Free => (0, [0; 2]),
            Use::Unbound => (1, SELF_AND_PORT),
            // To domain 0, as Xen's guests see it.
            Use::Console => (2, [0, asked.port]),
            Use::Local(other) => (2, [SELF.into(), other.into()]),
            Use::Virtual(number) => (4, [number.into(), 0]),
            Use::Interprocessor => (5, [0; 2]),
        };
        Ok(Status {
            status,
            vcpu: channel.vcpu.into(),
            more,
            ..asked
        })
    }

    /// All channels are as the guest was born with them; where it is told stays.
    pub fn reset_channels(&mut self) {
        self.channels = Self::new().channels;
        self.waiting = 0;
    }
}

impl<const VCPUS: usize> Default for Events<VCPUS> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
