//! The cases. Each begins with everything disabled and ends with what was seen.

mod causes;
mod configuration;
mod crowd;
mod ends;
mod masking;
mod priorities;
mod state;

use core::fmt::{self, Display};

use crate::gic::Gic;
use crate::place::Place;
use crate::{device, handler, log, say, timer};

/// The priority that every interrupt has unless a case says otherwise.
pub const USUAL: u8 = 0xA0;
/// A shared interrupt without a device.
pub const SHARED: u32 = 64;
/// A private one without a device.
pub const PRIVATE: u32 = 20;

/// A case that begins.
pub struct Case<'a> {
    place: &'a Place,
    pub gic: Gic,
}

impl<'a> Case<'a> {
    /// Everything as after [`Gic::set_up`], interrupts let through.
    pub fn begin(place: &'a Place, gic: Gic) -> Self {
        handler::mask();
        timer::cancel();
        device::lower();
        handler::set_nesting(false);
        place.begin_window();
        gic.set_up(USUAL);
        timer::spin();
        log::clear();
        handler::unmask();
        Self { place, gic }
    }

    /// Interrupts are enabled that nothing is special about.
    pub fn enable(&self, ids: &[u32]) {
        ids.iter().for_each(|id| self.gic.enable(*id));
    }

    /// Waits until `count` interrupts were taken, and then whether there are more.
    pub fn wait_for(&self, count: usize) {
        timer::spin_until(|| log::count() >= count);
        timer::spin();
    }

    /// Says what was seen.
    pub fn end(self, name: &str, result: impl Display) {
        handler::mask();
        say!(self.place, "interrupts case={name} result={result}");
    }

    /// Says which interrupts the handler took.
    pub fn end_taken(self, name: &str) {
        handler::mask();
        self.end(name, log::Taken);
    }
}

/// Numbers with commas; `none` if there are none.
pub struct Numbers<'a>(pub &'a [u32]);

impl Display for Numbers<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Some((first, rest)) = self.0.split_first() else {
            return formatter.write_str("none");
        };
        write!(formatter, "{first}")?;
        rest.iter()
            .try_for_each(|number| write!(formatter, ",{number}"))
    }
}

/// All cases, one after the other.
pub fn run(place: &Place, gic: Gic) {
    let begin = || Case::begin(place, gic);
    causes::run(place, &begin);
    priorities::run(&begin);
    masking::run(&begin);
    state::run(&begin);
    ends::run(&begin);
    crowd::run(&begin);
    configuration::run(gic.version(), &begin);
}
