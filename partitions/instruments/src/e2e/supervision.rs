//! Judges a channel by its last receptions: the state machine of end-to-end protection.
//!
//! One corrupt message is an incident, and the next good one makes up for it; five of ten are a
//! broken channel. A receiver gives each reception's [`Status`] to a [`Supervision`] and uses what
//! the channel says while the state is [`State::Valid`].
//!
//! Source: AUTOSAR Foundation, *Specification of E2E Protocol* (PRS_E2EProtocol), "E2E state
//! machine" (`E2E_SM`).

use heapless::Deque;

use super::Status;

/// What the last receptions amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing genuine has come yet (`NODATA`).
    NoData,
    /// Something has, and it isn't enough for a judgement (`INIT`).
    Init,
    /// The channel may be relied on (`VALID`).
    Valid,
    /// It may not (`INVALID`).
    Invalid,
}

/// What is asked of the receptions in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// How many of the last receptions count; from 1 to the number of the [`Supervision`].
    pub window: usize,
    /// How many of them are [`Status::Ok`] or [`Status::OkSomeLost`] at least.
    pub least_ok: usize,
    /// How many of them are [`Status::Error`] at most.
    pub most_errors: usize,
}

impl Demand {
    const fn is_possible(self, most: usize) -> bool {
        self.window >= 1 && self.window <= most && self.least_ok <= self.window
    }
}

/// What is asked in each state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demands {
    /// For the first time that the channel may be relied on.
    pub init: Demand,
    /// For it to remain so.
    pub valid: Demand,
    /// For it to be so again.
    pub invalid: Demand,
    /// Whether what came before counts no more once the channel was found broken.
    pub forgets_when_invalid: bool,
}

/// A window of demands that can't be: it is empty, longer than there is room for, or asks for more
/// good receptions than it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImpossibleDemand(pub Demand);

/// Follows one channel, remembering up to `MOST` receptions.
#[derive(Debug)]
pub struct Supervision<const MOST: usize> {
    demands: Demands,
    state: State,
    /// The last receptions, the oldest first; as many as the state's window has.
    window: Deque<Status, MOST>,
}

impl<const MOST: usize> Supervision<MOST> {
    /// A channel of which nothing is known.
    ///
    /// # Errors
    /// The first demand that nothing could fulfil.
    pub const fn new(demands: Demands) -> Result<Self, ImpossibleDemand> {
        if !demands.init.is_possible(MOST) {
            return Err(ImpossibleDemand(demands.init));
        }
        if !demands.valid.is_possible(MOST) {
            return Err(ImpossibleDemand(demands.valid));
        }
        if !demands.invalid.is_possible(MOST) {
            return Err(ImpossibleDemand(demands.invalid));
        }
        Ok(Self {
            demands,
            state: State::NoData,
            window: Deque::new(),
        })
    }

    /// What the receptions until now amount to.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// Takes a reception's status into account and returns what they amount to now.
    pub fn observe(&mut self, status: Status) -> State {
        let demand = self.demand();
        self.remember(status, demand.window);
        let is_kept = self.keeps(demand);
        let next = match self.state {
            State::NoData if matches!(status, Status::Error | Status::NoNewData) => State::NoData,
            State::NoData => State::Init,
            State::Init if is_kept => State::Valid,
            State::Init if self.count(is_error) > demand.most_errors => State::Invalid,
            State::Init => State::Init,
            State::Valid | State::Invalid if is_kept => State::Valid,
            State::Valid | State::Invalid => State::Invalid,
        };
        self.enter(next);
        next
    }

    /// What counts in this state; before the first message nothing does.
    const fn demand(&self) -> Demand {
        match self.state {
            State::NoData | State::Init => self.demands.init,
            State::Valid => self.demands.valid,
            State::Invalid => self.demands.invalid,
        }
    }

    fn enter(&mut self, next: State) {
        let is_news = next != self.state;
        self.state = next;
        if is_news && next == State::Invalid && self.demands.forgets_when_invalid {
            self.window.clear();
        }
        while self.window.len() > self.demand().window {
            self.window.pop_front();
        }
    }

    fn remember(&mut self, status: Status, window: usize) {
        while self.window.len() >= window {
            self.window.pop_front();
        }
        self.window
            .push_back(status)
            .expect("there is room for a window of any demand");
    }

    fn keeps(&self, demand: Demand) -> bool {
        self.count(Status::is_usable) >= demand.least_ok
            && self.count(is_error) <= demand.most_errors
    }

    fn count(&self, is_counted: fn(Status) -> bool) -> usize {
        self.window
            .iter()
            .filter(|&&status| is_counted(status))
            .count()
    }
}

fn is_error(status: Status) -> bool {
    status == Status::Error
}
