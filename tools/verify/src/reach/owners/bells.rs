//! Whom a message or an event interrupts, and by what: the bell of each destination, and what calls a partition.

use super::calls::{self, End};
use super::{Look, Of};
use crate::reach::declared::Declaration;
use crate::reach::finding::{About, Finding};
use crate::reach::held::Record;

const EVENTS_TOLD: &str = "events::TOLD";
const VCPU_FACTS: &str = "constants::FACTS";
const WORD_BYTES: u64 = 8;

impl Look<'_> {
    /// A partition with several vCPUs, or with a port that interrupts, is called by an interrupt of its own; its
    /// vCPUs run where the schedule says.
    pub(super) fn called(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let facts = self.facts(of)?;
        let at = held.field(facts, "kick")?;
        let wanted = kick(self.declared, of.index);
        let found = (held.half_at(at)? != 0).then_some(held.half_at(at + 4)?);
        if found != wanted {
            let shown = |kick: Option<u32>| kick.map_or("nothing".to_owned(), |id| id.to_string());
            let fact = format!(
                "it is called by {}, but must be by {}",
                shown(found),
                shown(wanted)
            );
            self.complain(
                About::Interrupts,
                self.at(of, "what calls the vCPUs", at),
                fact,
            );
        }
        let doorbell = self.doorbell(of.index)?;
        self.same(of, "its doorbell", held.field(facts, "doorbell")?, doorbell)?;
        let cpus = cpus(self.declared, of.index);
        self.affinities(
            of,
            "the vCPUs' CPUs",
            held.field(facts, "affinities")?,
            &cpus,
        )?;
        let owners = self.declared.vcpus().into_iter().enumerate();
        let own = owners.filter(|(_, owner)| *owner == of.index);
        for ((vcpu, _), affinity) in own.zip(cpus) {
            let facts = held.row(VCPU_FACTS, "Facts", vcpu)?;
            let called = wanted.map_or(0, |id| 1 << id);
            let found = held.half(facts, "private")? & 0xFFFF;
            if found != called {
                let at = held.field(facts, "private")?;
                let fact = format!(
                    "vCPU {vcpu} of all is called by {found:#x}, but must be by {called:#x}"
                );
                self.complain(
                    About::Interrupts,
                    self.at(of, "private interrupts", at),
                    fact,
                );
            }
            self.same(
                of,
                "its vCPU's CPU",
                held.field(facts, "affinity")?,
                affinity,
            )?;
        }
        Ok(())
    }

    /// Each destination that a message interrupts has a bell: its own partition's doorbell, its port's index, and
    /// what calls that partition, on the CPUs of its vCPUs. No other destination has one.
    pub(super) fn bells(&mut self) -> Result<(), Finding> {
        let declared = self.declared;
        for (number, channel) in declared.channels.iter().enumerate() {
            for (end, port) in channel.destinations.iter().enumerate() {
                let to = End {
                    number,
                    channel,
                    destination: Some(end),
                    port,
                };
                if let Some(at) = self.place_of_bell(&to)? {
                    self.bell(&to, at)?;
                }
                if channel.is_event() {
                    self.told(&to)?;
                }
            }
        }
        Ok(())
    }

    /// Where the bell is; nowhere if the channel is in memory of its own, or has no table for it.
    fn place_of_bell(&self, to: &End<'_>) -> Result<Option<u64>, Finding> {
        let (held, channel) = (self.held, to.channel);
        if channel.memory.is_some() {
            return Ok(None);
        }
        if channel.is_event() {
            let source = End {
                destination: None,
                port: &channel.source,
                ..*to
            };
            let bells = held.field(self.event(&source)?.1, "bells")?;
            let end = to.destination.unwrap_or(0) as u64;
            return Ok(Some(bells + held.size("MaybeBell")? * end));
        }
        if channel.depth > 0 {
            return Ok(Some(held.field(self.queue(to.number)?, "bell")?));
        }
        // There is no table where every message has one destination and interrupts nobody.
        if !super::ports::is_any_looked_up(self.declared) {
            return Ok(None);
        }
        Ok(Some(held.field(self.destination(to)?, "bell")?))
    }

    fn bell(&mut self, to: &End<'_>, at: u64) -> Result<(), Finding> {
        let held = self.held;
        let bell = Record { at, kind: "Bell" };
        let doorbell = held.word(bell, "doorbell")?;
        let of = Of {
            index: to.port.partition,
            partition: &self.declared.partitions[to.port.partition],
        };
        let what = format!(
            "bell of channel '{}' at port '{}'",
            to.channel.name, to.port.name
        );
        if to.port.interrupt == 0 {
            // What isn't there is a reference to nothing.
            return self.same(&of, &what, held.field(bell, "doorbell")?, 0);
        }
        let wanted = self.doorbell(of.index)?;
        self.same(&of, &what, held.field(bell, "doorbell")?, wanted)?;
        if doorbell != wanted {
            return Ok(());
        }
        let port = port_index(self.declared, to);
        self.same(&of, &what, held.field(bell, "port")?, port)?;
        let (found, kick) = (held.half(bell, "kick")?, kick(self.declared, of.index));
        if Some(found) != kick {
            let fact = format!("it calls by {found}, but the partition is called by {kick:?}");
            self.complain(About::Channels, self.at(&of, &what, at), fact);
        }
        // They are its partition's own, which are looked at there; elsewhere other words may be equal by chance.
        let own = held.word(self.facts(&of)?, "affinities")?;
        let at = held.field(bell, "cpus")?;
        self.same(&of, &what, at, own)?;
        let cpus = cpus(self.declared, of.index);
        self.affinities(&of, &what, at, &cpus)
    }

    /// Each destination of an event counts for itself what it was told.
    fn told(&mut self, to: &End<'_>) -> Result<(), Finding> {
        let held = self.held;
        let place = to.number * super::ports::most_destinations(self.declared);
        let place = place + to.destination.unwrap_or(0);
        let at = held.field(self.event(to)?.1, "told")?;
        let own = held.symbol(EVENTS_TOLD)?.address + WORD_BYTES * place as u64;
        let of = Of {
            index: to.port.partition,
            partition: &self.declared.partitions[to.port.partition],
        };
        let what = format!("what port '{}' was told", to.port.name);
        self.same(&of, &what, at, own)
    }

    /// Complains unless a slice has these affinities.
    fn affinities(
        &mut self,
        of: &Of<'_>,
        what: &str,
        at: u64,
        wanted: &[u64],
    ) -> Result<(), Finding> {
        let held = self.held;
        let (first, count) = held.slice_at(at)?;
        let count = count.min(wanted.len() as u64 + 1);
        let words = (0..count).map(|it| held.word_at(first.wrapping_add(WORD_BYTES * it)));
        // What lies nowhere is no CPU's.
        let found: Vec<u64> = words.map(|word| word.unwrap_or(u64::MAX)).collect();
        if found != wanted {
            let first = held.place(first);
            let fact = format!("the CPUs at {first} are {found:x?}, but {wanted:x?} are declared");
            self.complain(About::Channels, self.at(of, what, at), fact);
        }
        Ok(())
    }
}

/// What calls a partition: the interrupts below 16 go to those that are called, in their order.
fn kick(declared: &Declaration, partition: usize) -> Option<u32> {
    let rings = |index: usize| {
        let channels = declared.channels.iter();
        let mut ports = channels.flat_map(|channel| &channel.destinations);
        ports.any(|port| port.partition == index && port.interrupt != 0)
    };
    let is_called = |index: &usize| declared.partitions[*index].vcpus > 1 || rings(*index);
    let before = (0..partition).filter(is_called).count();
    let id = u32::try_from(before).ok()?;
    is_called(&partition).then_some(id)
}

/// The affinities of the CPUs on which a partition's vCPUs have their windows, by their number in it.
fn cpus(declared: &Declaration, partition: usize) -> Vec<u64> {
    let of = |vcpu: u32| {
        let has = |plan: &Vec<_>| {
            let mut windows = plan.iter();
            windows.any(|it: &crate::reach::declared::Window| {
                it.partition == partition && it.vcpu == vcpu
            })
        };
        let cpu = declared.schedule.plans.iter().position(has);
        cpu.and_then(|cpu| declared.board.cpus.get(cpu).copied())
    };
    (0..declared.partitions[partition].vcpus)
        .map(|vcpu| of(vcpu).unwrap_or(0))
        .collect()
}

/// The index of a destination's port among those of its partition.
fn port_index(declared: &Declaration, to: &End<'_>) -> u64 {
    let ends = calls::ends(declared, to.port.partition);
    let is_it = |end: &Option<End<'_>>| {
        let key = |end: &End<'_>| (end.number, end.destination);
        end.as_ref().is_some_and(|end| key(end) == key(to))
    };
    ends.iter().take_while(|end| !is_it(end)).count() as u64
}
