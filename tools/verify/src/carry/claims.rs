//! What must hold at each way's end.

use std::collections::{BTreeMap, BTreeSet};

use super::state::State;
use super::table::{CONFINING, INTERFACE_IN_MEMORY, Interface, Need};
use super::value::{Base, Owner, Place, Register, Value};
use super::ways::{End, Ways};
use crate::code::Limits;
use crate::code::checks::Code;
use crate::code::word::Encoding;
use crate::image::Image;

/// Where the compiler put what a vCPU's state points to, and stage 2 in that.
const FACTS: &str = "layout.Vcpu.facts";
const STAGE2: &str = "layout.Facts.stage2";

/// What is asked, and what was found.
pub struct Claims<'a, 'b> {
    code: &'a Code<'b>,
    image: &'a Image<'a>,
    interface: Interface,
    /// Whether interrupts of some guest are signalled by `HCR_EL2`.
    is_played: bool,
    registers: Vec<(Register, Need)>,
    /// Where in its context each register was found to be.
    pub places: BTreeMap<String, Place>,
    /// What isn't as it must be, by place.
    pub found: BTreeSet<(u64, String)>,
}

impl<'a, 'b> Claims<'a, 'b> {
    /// Nothing found yet.
    pub fn new(
        code: &'a Code<'b>,
        image: &'a Image<'a>,
        limits: &Limits,
        registers: Vec<(Register, Need)>,
    ) -> Self {
        Self {
            code,
            image,
            interface: limits.interface,
            is_played: limits.is_interface_played,
            registers,
            places: BTreeMap::new(),
            found: BTreeSet::new(),
        }
    }

    fn complain(&mut self, at: u64, what: String) {
        self.found.insert((at, what));
    }

    /// All that must hold at the ends of all ways.
    pub fn ends(&mut self, ways: &Ways, is_alone: bool) {
        for vector in self.code.guest_vectors() {
            for (is_switch, to) in [(false, "back to its guest"), (true, "to the next guest")] {
                if !ways.leads.contains(&(vector, is_switch)) {
                    self.complain(vector, format!("no way leads {to}"));
                }
            }
        }
        let ends = &ways.ends;
        for end in ends {
            let base = if end.is_switch && !is_alone {
                Base::Next
            } else {
                Base::Left
            };
            self.context(end, base);
            for (register, need) in self.registers.clone() {
                if end.is_switch {
                    self.switched(end, register, need, is_alone);
                } else {
                    self.same(end, register);
                }
            }
            if end.is_switch {
                self.confined(end, is_alone);
            }
            if end.is_switch && self.interface == Interface::Memory {
                self.interface_in_memory(end, is_alone);
            }
        }
        // A guest that is alone finds such a register as it was, carried or not.
        if !is_alone {
            self.optional(ends);
        }
    }

    /// `SP` is at the context of the guest that is entered, where the next exit stores.
    fn context(&mut self, end: &End, base: Base) {
        let is = end.state.sp().place();
        let is_there = is.is_some_and(|place| {
            place.offset == 0
                && (place.base == base || base == Base::Left && place.base == Base::Next)
        });
        if !is_there {
            let what = format!(
                "SP isn't at the context of the guest that is entered, but holds {}",
                end.state.sp()
            );
            self.complain(end.at, what);
        }
    }

    /// A register of a guest that goes on: as it was, or as a handler has it.
    fn same(&mut self, end: &End, register: Register) {
        let is = end.state.register(register);
        let answer = Value::Answered(register);
        let was = match kept_at(&end.state, answer) {
            Some(_) => answer,
            None => Value::Guest(register),
        };
        if is != was {
            self.complain(
                end.at,
                format!("{register} holds {is}, and must hold {was}"),
            );
        }
    }

    /// A register after the switch.
    fn switched(&mut self, end: &End, register: Register, need: Need, is_alone: bool) {
        let is = end.state.register(register);
        let mut all = [Value::Guest(register), Value::Answered(register)].into_iter();
        let kept = all.find_map(|was| Some((was, kept_at(&end.state, was)?)));
        let was = kept.map_or(Value::Guest(register), |(was, _)| was);
        if need == Need::WhereItIs && kept.is_none() && is == was {
            return;
        }
        let found = Found {
            is,
            was,
            stored: kept.map(|(_, place)| place),
        };
        self.carried(end, &register.to_string(), found, is_alone);
    }

    /// Registers of a GICv2's interface, in the page that the CPU's own state points to.
    fn interface_in_memory(&mut self, end: &End, is_alone: bool) {
        for (name, offset) in INTERFACE_IN_MEMORY {
            let is_it = |place: &Place| {
                let is_page = matches!(place.base, Base::Through(Owner::Cpu, _));
                is_page && place.offset == offset
            };
            let mut written = end.state.stored().map(|(place, ..)| place).filter(is_it);
            let Some(place) = written.next() else {
                let what =
                    format!("{name} isn't loaded, and the next guest finds what was left in it");
                self.complain(end.at, what);
                continue;
            };
            let was = Value::Held(place, 4);
            let found = Found {
                is: end.state.load(place, 4),
                was,
                stored: kept_at(&end.state, was),
            };
            self.carried(end, name, found, is_alone);
        }
    }

    fn carried(&mut self, end: &End, name: &str, found: Found, is_alone: bool) {
        let Found { is, was, stored } = found;
        let Some((place, bytes)) = stored else {
            let what = format!(
                "{name} isn't stored in the context of the guest that left, which loses it"
            );
            return self.complain(end.at, what);
        };
        let next = Place {
            base: Base::Next,
            offset: place.offset,
        };
        let must = if is_alone {
            was
        } else {
            Value::Held(next, bytes)
        };
        if is != must {
            self.complain(end.at, format!("{name} holds {is}, and must hold {must}"));
        }
        let known = *self.places.entry(name.to_owned()).or_insert(place);
        if known != place {
            let what = format!(
                "{name} is stored at offset {}, and elsewhere at {}",
                place.offset, known.offset
            );
            self.complain(end.at, what);
        }
    }

    /// Stage 2 and the traps are those that the next guest's own state names.
    fn confined(&mut self, end: &End, is_alone: bool) {
        let (base, owner) = match is_alone {
            true => (Base::Left, Owner::Left),
            false => (Base::Next, Owner::Next),
        };
        let offset = |name: &str| {
            let known = self.image.constants.get(name);
            known.and_then(|it| i64::try_from(*it).ok())
        };
        let stage2 = offset(FACTS).zip(offset(STAGE2)).map(|(facts, stage2)| {
            Value::Held(Place::of(Base::Through(owner, facts)).and(stage2), 8)
        });
        for (name, encoding) in CONFINING {
            let is = end.state.register(Register::System(encoding));
            let is_own = match is {
                _ if is_of_stage2(encoding) => Some(is) == stage2,
                // Where an interrupt is signalled by it, it is computed from what is noted.
                _ if self.is_played => is != Value::Guest(Register::System(encoding)),
                Value::Held(place, 8) => place.base == base,
                _ => false,
            };
            if !is_own {
                let what = format!(
                    "{name} holds {is}, and must hold what the state of the next guest names"
                );
                self.complain(end.at, what);
            }
        }
    }

    /// Those that only some CPUs have are carried on some way.
    fn optional(&mut self, ends: &[End]) {
        let switches = || ends.iter().filter(|end| end.is_switch);
        for (register, need) in self.registers.clone() {
            let is_carried = |end: &End| kept_at(&end.state, Value::Guest(register)).is_some();
            if let (Need::WhereItIs, false, Some(end)) =
                (need, switches().any(is_carried), switches().next())
            {
                self.complain(
                    end.at,
                    format!("{register} is carried on no way, and there are CPUs that have it"),
                );
            }
        }
    }
}

/// What of one register was found at a way's end.
#[derive(Clone, Copy)]
struct Found {
    /// What it holds.
    is: Value,
    /// What it held as the guest came in.
    was: Value,
    /// Where that is stored, and how many bytes of it.
    stored: Option<(Place, u8)>,
}

fn is_of_stage2(encoding: Encoding) -> bool {
    let (_, stage2) = CONFINING[0];
    encoding == stage2
}

/// Where in the context of the guest that left a value is stored, and how many bytes of it.
fn kept_at(state: &State, value: Value) -> Option<(Place, u8)> {
    let mut stored = state
        .stored()
        .filter(|(place, ..)| place.base == Base::Left);
    let found = stored.find(|(_, _, it)| *it == value);
    found.map(|(place, bytes, _)| (place, bytes))
}
