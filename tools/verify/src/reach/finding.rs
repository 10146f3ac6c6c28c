//! What is wrong, in a sentence: where, the fact with both values, what to do.

use std::fmt;

use serde::Serialize;

/// Something that isn't as declared, or breaks what holds of every image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// What it is about.
    pub about: About,
    /// Where it is: an address with its name, a partition, a register.
    pub place: String,
    /// What is there and what should be.
    pub fact: String,
    /// What to do.
    pub remedy: &'static str,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The file's own tables, or places that aren't where they must be.
    Layout,
    /// A control register's value.
    Registers,
    /// A descriptor, or a map that isn't the declared one.
    Tables,
    /// What holds of every image, whatever is declared.
    Separation,
    /// VMIDs.
    Vmids,
    /// Windows.
    Schedule,
    /// Interrupts.
    Interrupts,
    /// Ports, message windows and channels.
    Channels,
    /// Where the hypervisor answers for a device.
    Devices,
    /// Passports.
    Passports,
    /// The partitions' pristine images.
    Images,
    /// Bytes that aren't those that were linked.
    Seal,
}

/// Almost every remedy: the builder's mistake is none of the declaration's.
pub(super) const BUILDER: &str = "the builder (config/src/tables, hypervisor/build.rs) or the file is wrong; build it anew, and if it \
     stays, look for what wrote it";

impl Finding {
    pub(super) fn new(about: About, place: impl Into<String>, fact: impl Into<String>) -> Self {
        Self {
            about,
            place: place.into(),
            fact: fact.into(),
            remedy: BUILDER,
        }
    }
}

impl Finding {
    /// The same, met while this was read.
    pub(super) fn while_reading(self, what: &str) -> Self {
        let place = format!("{what}: {}", self.place);
        Self { place, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.fact, self.remedy)
    }
}
