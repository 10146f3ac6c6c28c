//! A model of the registers for the host's tests: what the manual says, and what QEMU 10.0 does where the manual
//! leaves room. The bus is a list of frames.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::registers::{Port, Register};
use super::{
    ALL_INTERRUPTS, CONFIGURATION, ENABLE, FIFO_FRAMES, LOOPBACK, RECEIVE_NOT_EMPTY,
    RECEIVE_OVERFLOW,
};

/// `ISR`'s `TXOK`.
pub(super) const TRANSMITTED: u32 = 1 << 1;
/// `ISR`'s `RXUFLW`.
pub(super) const RECEIVE_UNDERFLOW: u32 = 1 << 5;

type Words = [u32; 4];

/// An access, with what was read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read(Register, u32),
    Write(Register, u32),
}

#[derive(Default)]
pub(super) struct State {
    plain: BTreeMap<usize, u32>,
    pub(super) status: u32,
    pub(super) interrupts: u32,
    /// Words written to be sent.
    pub(super) sending: VecDeque<u32>,
    pub(super) received: VecDeque<Words>,
    /// The frame taken out last, whose words are read.
    taken: Words,
    /// What reached the bus.
    pub(super) bus: Vec<Words>,
    pub(super) log: Vec<Access>,
    /// Never enters or leaves the configuration mode.
    pub(super) stuck: bool,
}

/// A handle on the model, and the driver's port.
#[derive(Clone, Default)]
pub(super) struct Model(pub(super) Rc<RefCell<State>>);

impl Model {
    /// After a reset: in the configuration mode.
    pub(super) fn new() -> Self {
        let model = Self::default();
        model.0.borrow_mut().status = CONFIGURATION;
        model
    }

    /// A frame comes on the bus.
    pub(super) fn hear(&self, words: Words) {
        let mut state = self.0.borrow_mut();
        if state.enabled() && state.accepts(words[0]) {
            state.store(words);
        }
    }

    pub(super) fn plain(&self, register: Register) -> u32 {
        self.0.borrow().get(register)
    }
}

impl State {
    fn get(&self, register: Register) -> u32 {
        self.plain
            .get(&(register as usize))
            .copied()
            .unwrap_or_default()
    }

    fn enabled(&self) -> bool {
        self.get(Register::SoftwareReset) & ENABLE != 0
    }

    fn accepts(&self, id: u32) -> bool {
        let used = self.get(Register::FilterEnable);
        let passes = |index: usize| {
            let mask = self.get(Register::filter_mask(index));
            let filter = self.get(Register::filter_id(index));
            used >> index & 1 != 0 && id & mask == filter & mask
        };
        used == 0 || (0..4).any(passes)
    }

    fn store(&mut self, words: Words) {
        if self.received.len() == FIFO_FRAMES {
            self.interrupts |= RECEIVE_OVERFLOW;
        } else {
            self.received.push_back(words);
        }
        self.look();
    }

    /// Sets what follows from the FIFOs' state.
    fn look(&mut self) {
        if !self.received.is_empty() {
            self.interrupts |= RECEIVE_NOT_EMPTY;
        }
    }

    fn send(&mut self) {
        while self.sending.len() >= 4 {
            let words: Vec<u32> = self.sending.drain(..4).collect();
            let words = words.try_into().unwrap();
            if self.get(Register::ModeSelect) & LOOPBACK != 0 {
                self.store(words);
            } else {
                self.bus.push(words);
            }
        }
        self.interrupts |= TRANSMITTED;
    }
}

impl Port for Model {
    fn read(&mut self, register: Register) -> u32 {
        let mut state = self.0.borrow_mut();
        let value = match register {
            Register::Status => state.status,
            Register::InterruptStatus => state.interrupts,
            Register::ReceiveId => {
                if let Some(words) = state.received.pop_front() {
                    state.taken = words;
                } else {
                    state.interrupts |= RECEIVE_UNDERFLOW;
                }
                state.taken[0]
            }
            Register::ReceiveLength => state.taken[1],
            Register::ReceiveFirst => state.taken[2],
            Register::ReceiveSecond => state.taken[3],
            Register::TransmitId
            | Register::TransmitLength
            | Register::TransmitFirst
            | Register::TransmitSecond => panic!("{register:?} is for writing"),
            _ => state.get(register),
        };
        state.log.push(Access::Read(register, value));
        value
    }

    fn write(&mut self, register: Register, value: u32) {
        let mut state = self.0.borrow_mut();
        state.log.push(Access::Write(register, value));
        match register {
            Register::SoftwareReset => {
                state.plain.insert(register as usize, value);
                if !state.stuck {
                    let configuring = value & ENABLE == 0;
                    state.status = u32::from(configuring) * CONFIGURATION;
                }
                if state.enabled() {
                    state.send();
                }
            }
            Register::InterruptClear => {
                assert_eq!(value & !ALL_INTERRUPTS, 0, "reserved bits");
                state.interrupts &= !value;
                state.look();
            }
            Register::ModeSelect | Register::BaudRatePrescaler | Register::BitTiming => {
                assert!(!state.enabled(), "{register:?} in operation");
                state.plain.insert(register as usize, value);
            }
            Register::TransmitId
            | Register::TransmitLength
            | Register::TransmitFirst
            | Register::TransmitSecond => {
                state.sending.push_back(value);
                if register == Register::TransmitSecond && state.enabled() {
                    state.send();
                }
            }
            Register::FilterEnable | Register::InterruptEnable => {
                state.plain.insert(register as usize, value);
            }
            _ if register as usize >= Register::FilterMask1 as usize => {
                assert_eq!(state.get(Register::FilterEnable), 0, "a filter in use");
                state.plain.insert(register as usize, value);
            }
            _ => panic!("{register:?} is for reading"),
        }
    }
}
