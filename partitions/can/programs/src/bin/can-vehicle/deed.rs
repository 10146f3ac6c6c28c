//! What a vehicle may do wrong on its bus, for the tests: from its second second on, for a second.

use embedded_can::Frame as _;
use paratia_can::speed::{FRAMES, IDS};
use paratia_devices::zynqmp_can::{Frame, Mmio, Port as _, Register, ZynqmpCan};

/// Major frames of a deed, of 20 ms.
const FROM: u64 = 50;
const TO: u64 = 100;
/// Major frames that a delayed message is late.
const LATE: usize = 4;
/// Registers that a storm writes or reads in a window.
const ACCESSES: u32 = 2_000;

/// The frames of a speed message.
pub type Set = [Frame; FRAMES];

/// What it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing but its duty.
    Nothing,
    Drops,
    Repeats,
    Delays,
    Corrupts,
    /// Writes at random to all of its controller's registers, and sends whatever comes of it.
    Storms,
    /// The same from the beginning, without end.
    StormsForEver,
}

/// A deed, under way or not.
#[derive(Debug)]
pub struct Deed {
    kind: Kind,
    /// The last sets; which one is the oldest, the frame's number says.
    kept: [Option<Set>; LATE],
    random: u32,
    is_told: bool,
}

impl Deed {
    /// The deed of a run argument: which one, and above 8 bits a seed.
    pub const fn of(argument: u64) -> Self {
        let kind = match argument & 0xFF {
            1 => Kind::Drops,
            2 => Kind::Repeats,
            3 => Kind::Delays,
            4 => Kind::Corrupts,
            5 => Kind::Storms,
            6 => Kind::StormsForEver,
            _ => Kind::Nothing,
        };
        let [_, a, b, c, d, ..] = argument.to_le_bytes();
        Self {
            kind,
            kept: [None; LATE],
            // Never 0, from which nothing comes.
            random: u32::from_le_bytes([a, b, c, d]) ^ 0x9E37_79B9,
            is_told: false,
        }
    }

    /// Whether it is done in this major frame.
    fn is_due(&self, frame: u64) -> bool {
        self.kind == Kind::StormsForEver || (FROM..TO).contains(&frame)
    }

    /// What becomes of a set that was to be sent in this major frame.
    pub fn spoil(&mut self, frame: u64, set: Set) -> Option<Set> {
        let place = usize::try_from(frame).unwrap_or(0) % LATE;
        let is_due = self.is_due(frame);
        if is_due && self.kind == Kind::Repeats {
            let oldest = self.kept.iter().flatten().next();
            return oldest.copied().or(Some(set));
        }
        let late = self.kept.get_mut(place).and_then(|kept| kept.replace(set));
        match self.kind {
            _ if !is_due => Some(set),
            Kind::Drops => None,
            Kind::Delays => late,
            Kind::Corrupts => Some(corrupt(set)),
            Kind::Nothing | Kind::Repeats | Kind::Storms | Kind::StormsForEver => Some(set),
        }
    }

    /// Storms, if it is to: over all registers, with frames of the speed's identifiers among them. Whether it
    /// did, so that the controller is to be started anew.
    pub fn storm(&mut self, frame: u64, can: &mut ZynqmpCan<Mmio>) -> bool {
        if !matches!(self.kind, Kind::Storms | Kind::StormsForEver) || !self.is_due(frame) {
            return false;
        }
        for _ in 0..ACCESSES / 4 {
            match self.draw() % 4 {
                0 => self.queue(can),
                _ => self.touch(can),
            }
        }
        true
    }

    /// The name of the deed, the first time that it is done.
    pub fn begins(&mut self, frame: u64) -> Option<impl core::fmt::Debug + use<>> {
        let begins = self.kind != Kind::Nothing && self.is_due(frame) && !self.is_told;
        self.is_told |= begins;
        begins.then_some(self.kind)
    }

    /// Four accesses to registers at random.
    fn touch(&mut self, can: &mut ZynqmpCan<Mmio>) {
        for _ in 0..4 {
            let drawn = self.draw() as usize;
            let Some(register) = Register::ALL.get(drawn % Register::ALL.len()) else {
                continue;
            };
            if drawn & 1 << 16 == 0 {
                let value = self.draw();
                can.port().write(*register, value);
            } else {
                let _ = can.port().read(*register);
            }
        }
    }

    /// A frame with one of the speed's identifiers and anything else.
    fn queue(&mut self, can: &mut ZynqmpCan<Mmio>) {
        let id = IDS.get(self.draw() as usize % FRAMES);
        let empty = id.and_then(|id| Frame::new(*id, &[]));
        let [id, ..] = empty.map_or([0; 4], |frame| frame.words());
        for (register, value) in [
            (Register::TransmitId, id),
            (Register::TransmitLength, self.draw()),
            (Register::TransmitFirst, self.draw()),
            (Register::TransmitSecond, self.draw()),
        ] {
            can.port().write(register, value);
        }
    }

    /// Marsaglia's 32-bit xorshift.
    fn draw(&mut self) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.random
    }
}

/// The set with a bit of its speed turned.
fn corrupt(set: Set) -> Set {
    set.map(|frame| {
        let [id, length, first, second] = frame.words();
        if Some(&frame.id()) == IDS.first() {
            Frame::from_words([id, length, first ^ 1, second])
        } else {
            frame
        }
    })
}
