//! An instance of the unit: the standard's states (FMI 3.0, 2.3.1, 4.2.1), its values, and the board once there is
//! one.

mod values;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use paratia::catalog::{self, Choice};
use paratia::log::{Event, jsonl};
use paratia::run::Sight;
use paratia::unit::{self, LOG_CONSOLE, LOG_EVENTS, Manifest, Variable};

use crate::board::Board;
use crate::counts::Counts;
use crate::display::Display;
use values::Values;

/// What a call comes to (FMI 3.0, 2.2.3, `fmi3Status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// All is well.
    Ok = 0,
    /// It wasn't done, and nothing has changed.
    Discard = 2,
    /// It can't be done.
    Error = 3,
}

/// Why a call isn't done.
#[derive(Debug)]
pub struct Refusal(pub Status, pub String);

/// What a call that may be refused comes to.
pub type Answer<T> = Result<T, Refusal>;

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self(Status::Error, format!("{error:#}"))
    }
}

/// A call that can't be done.
pub fn error<T>(why: String) -> Answer<T> {
    Err(Refusal(Status::Error, why))
}

/// Takes what is to be logged: a status, a category, a text.
pub type Logger = Box<dyn Fn(Status, &str, &str)>;

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Instantiated,
    Initializing,
    Stepping,
    Terminated,
    /// The board is gone: only a reset helps.
    Failed,
}

/// An instance.
pub struct Instance {
    choice: Choice,
    resources: PathBuf,
    variables: Vec<Variable>,
    logger: Logger,
    /// Whether consoles and events are logged.
    logged: [bool; 2],
    state: State,
    start: f64,
    stop: Option<f64>,
    time: f64,
    /// Board time when it was last held.
    board_time_ns: u64,
    values: Values,
    counts: Counts,
    display: Option<Display>,
    board: Option<Board>,
}

impl Instance {
    /// An instance of the unit whose resources are in a folder.
    ///
    /// # Errors
    /// If they can't be read, or `token` is another unit's.
    pub fn new(resources: &Path, token: &str, is_logging: bool, logger: Logger) -> Answer<Self> {
        let choice = chosen(resources, token)?;
        let variables = unit::variables(&choice);
        let mut instance = Self {
            values: Values::new(&variables),
            counts: Counts::default(),
            display: None,
            board: None,
            choice,
            resources: resources.to_owned(),
            variables,
            logger,
            logged: [is_logging; 2],
            state: State::Instantiated,
            start: 0.0,
            stop: None,
            time: 0.0,
            board_time_ns: 0,
        };
        instance.reset();
        Ok(instance)
    }

    /// Logs why a call isn't done.
    pub fn complain(&self, refusal: &Refusal) {
        let category = match refusal.0 {
            Status::Discard => "logStatusDiscard",
            _ => "logStatusError",
        };
        (self.logger)(refusal.0, category, &refusal.1);
    }

    /// Logs these categories, or doesn't; all if none is named.
    pub fn set_logging(&mut self, is_logging: bool, categories: &[String]) -> Answer<()> {
        let known = [LOG_CONSOLE, LOG_EVENTS];
        if let Some(unknown) = categories.iter().find(|it| !known.contains(&it.as_str())) {
            return error(format!(
                "there is no log category '{unknown}'; there are {}",
                known.join(" and ")
            ));
        }
        for (name, logged) in known.iter().zip(&mut self.logged) {
            if categories.is_empty() || categories.iter().any(|it| it == name) {
                *logged = is_logging;
            }
        }
        Ok(())
    }

    /// Starts the board, and holds it before its first instruction.
    pub fn enter_initialization(&mut self, start: f64, stop: Option<f64>) -> Answer<()> {
        self.must_be(&[State::Instantiated], "fmi3EnterInitializationMode")?;
        if !start.is_finite() || stop.is_some_and(|stop| stop.is_nan() || stop < start) {
            return error(format!(
                "the start time is {start} s and the stop time {stop:?}"
            ));
        }
        (self.start, self.stop, self.time) = (start, stop, start);
        let log = self.values.event_log().map(PathBuf::from);
        self.board = Some(Board::start(self.choice, &self.resources, log.as_deref())?);
        self.state = State::Initializing;
        Ok(())
    }

    /// Is ready to step.
    pub fn exit_initialization(&mut self) -> Answer<()> {
        self.must_be(&[State::Initializing], "fmi3ExitInitializationMode")?;
        self.state = State::Stepping;
        Ok(())
    }

    /// Steps the board; returns whether it has ended by itself.
    pub fn step(&mut self, from: f64, size: f64) -> Answer<bool> {
        self.must_be(&[State::Stepping], "fmi3DoStep")?;
        if !size.is_finite() || size <= 0.0 {
            return error(format!(
                "the step size is {size} s, and it must be more than 0"
            ));
        }
        let Some(mut board) = self.board.take() else {
            return error("there is no board".to_owned());
        };
        match self.step_board(&mut board, from, size) {
            Ok(()) => {
                let ended = board.ended();
                self.board = Some(board);
                if let Some(how) = &ended {
                    (self.logger)(Status::Ok, LOG_EVENTS, how);
                }
                Ok(ended.is_some())
            }
            Err(refusal) => {
                // One that wasn't moved can be stepped still.
                if self.state != State::Failed {
                    self.board = Some(board);
                }
                Err(refusal)
            }
        }
    }

    fn step_board(&mut self, board: &mut Board, from: f64, size: f64) -> Answer<()> {
        let (now, to) = (board.time_ns(), from + size);
        if self.moment(from)? != now {
            return error(format!(
                "the step begins at {from} s, and the one before has ended at {} s",
                self.time
            ));
        }
        let target = self.moment(to)?;
        if let Some(stop) = self.stop
            && target > self.moment(stop)?
        {
            return error(format!(
                "the step ends at {to} s, beyond the stop time {stop} s"
            ));
        }
        for (address, word) in self.values.told(&self.choice, &self.variables) {
            board
                .write(address, word)
                .inspect_err(|_| self.state = State::Failed)?;
        }
        let Self {
            counts,
            logger,
            logged,
            choice,
            ..
        } = self;
        let gone = board.go_to(target, &mut |sight| {
            if let Sight::Event(event) = sight {
                counts.take(event);
            }
            if let Some((category, text)) = logged_text(sight, *logged, choice) {
                logger(Status::Ok, category, &text);
            }
        });
        if let Err(error) = gone {
            self.state = State::Failed;
            return Err(error.into());
        }
        self.time = to;
        self.board_time_ns = board.time_ns();
        if let Some(display) = &mut self.display {
            display.moved();
        }
        Ok(())
    }

    /// Ends the board; its last values stay.
    pub fn terminate(&mut self) -> Answer<()> {
        let states = [State::Initializing, State::Stepping, State::Failed];
        self.must_be(&states, "fmi3Terminate")?;
        if let (Some(display), Some(board)) = (&mut self.display, &mut self.board) {
            display.look(board)?;
        }
        self.state = State::Terminated;
        Ok(self.board.take().map_or(Ok(()), Board::end)?)
    }

    /// Is as it was at first, whatever has happened.
    pub fn reset(&mut self) {
        self.board = None;
        self.state = State::Instantiated;
        self.values = Values::new(&self.variables);
        self.counts = Counts::new(self.choice.system.partitions.len());
        self.display = Display::of(self.choice.system);
        (self.start, self.stop, self.time) = (0.0, None, 0.0);
        self.board_time_ns = 0;
    }

    /// The importer's time as board time in ns: the one place that rounds, to the nearest and half away from 0.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "compared before"
    )]
    fn moment(&self, time: f64) -> Answer<u64> {
        let ns = |time: f64| (time * 1e9).round();
        let since_start = ns(time) - ns(self.start);
        // Beyond this a f64 doesn't have each nanosecond.
        if !(0.0..9.0e15).contains(&since_start) {
            return error(format!(
                "{time} s isn't within the {} days after the start at {} s that board time has",
                104, self.start
            ));
        }
        Ok(since_start as u64)
    }

    fn must_be(&self, states: &[State], call: &str) -> Answer<()> {
        if states.contains(&self.state) {
            return Ok(());
        }
        error(format!(
            "{call} isn't allowed in state {:?}, but in {states:?}{}",
            self.state,
            if self.state == State::Failed {
                "; fmi3Reset begins anew"
            } else {
                ""
            }
        ))
    }
}

/// The unit that the resources are of.
fn chosen(resources: &Path, token: &str) -> anyhow::Result<Choice> {
    let file = resources.join(unit::MANIFEST);
    let bytes = fs::read(&file).with_context(|| format!("can't read {}", file.display()))?;
    let manifest: Manifest = serde_json::from_slice(&bytes)?;
    ensure!(
        manifest.token == token,
        "the instantiation token is '{token}', and this unit's is '{}': its description is another unit's",
        manifest.token
    );
    catalog::choose(&manifest.board, &manifest.system)
}

/// What an importer may see of the run in its log.
fn logged_text(
    sight: Sight<'_>,
    [consoles, events]: [bool; 2],
    choice: &Choice,
) -> Option<(&'static str, String)> {
    match sight {
        Sight::Console {
            partition, line, ..
        } if consoles => Some((LOG_CONSOLE, format!("{partition}| {line}"))),
        Sight::Event(event) if events && is_told(event) => {
            let partitions = choice.system.partitions.iter();
            let names: Vec<&str> = partitions.map(|it| it.name).collect();
            Some((LOG_EVENTS, jsonl::line(event, &names, None)))
        }
        _ => None,
    }
}

fn is_told(event: &Event) -> bool {
    let all = [
        "fault",
        "verdict",
        "started",
        "halted",
        "heartbeat-missed",
        "refused",
    ];
    all.contains(&event.name.as_str())
}
