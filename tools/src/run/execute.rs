//! Makes a run: prepares the image, starts QEMU, listens until the end, takes the picture.

use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use paratia_config::board::ImageForm;
use paratia_config::run::RunParameters;

use super::record::Record;
use super::standstill::Watch;
use super::{Outcome, Run, RunReport, Sight, image, picture};
use crate::build;
use crate::log::{Decoder, Piece, Splitter};
use crate::qemu::{self, Control, Process, Time};

/// How often the loop looks at the clock and the interrupt flag while the board is silent.
const TICK: Duration = Duration::from_millis(20);
/// How long QEMU may take to end when asked to.
const QUIT_LIMIT: Duration = Duration::from_secs(2);
/// How long the hypervisor may go on talking after it refused or crashed.
const LAST_WORDS: Duration = Duration::from_millis(300);

pub(super) fn execute(run: &Run, observer: &mut dyn FnMut(Sight<'_>)) -> anyhow::Result<RunReport> {
    let started = Instant::now();
    let folder = tempfile::Builder::new().prefix("paratia-").tempdir()?;
    let (image, socket) = (folder.path().join("image"), folder.path().join("qmp"));
    let elf = prepare_image(run)?;
    match (&run.start_from, run.choice.board.image_form) {
        (Some(file), _) => fs::write(&image, fs::read(file)?)?,
        (None, ImageForm::Elf) => fs::write(&image, &elf)?,
        (None, ImageForm::Flat) => fs::write(&image, build::flat(&elf)?)?,
    }
    let mut record = Record::new(run.choice, Decoder::new(&elf)?);

    let program = qemu::version::program(run.machine.least_version)?;
    if run.machine.window {
        qemu::version::has_window(&program)?;
    }
    let (mut process, output) = Process::start(&program, &run.machine.arguments(&image, &socket))?;
    if let (Some(keys), Some(input)) = (&run.keys, process.input()) {
        forward(Arc::clone(keys), input);
    }
    let pieces = listen(output);
    let passes_by_instructions = run.machine.time != Time::Real && !run.may_stand_still;
    let mut listening = Listening {
        run,
        pieces: &pieces,
        process: &mut process,
        record: &mut record,
        stillness: passes_by_instructions.then(|| Watch::new(run.choice.system, &socket)),
    };
    let mut outcome = listening.watch(observer);
    let last_look = finish(run, &outcome, &socket, &mut process)?;
    // The process has ended, so its output does too.
    for piece in pieces {
        record.take(piece, observer);
    }
    if outcome == Outcome::MachineEnded(String::new()) {
        let said = process.complaints().trim().to_owned();
        let status = process
            .status()
            .map_or_else(String::new, |it| it.to_string());
        outcome = Outcome::MachineEnded(qemu::version::ended(&program, &said, &status));
    }
    Ok(record.report(outcome, last_look, started.elapsed()))
}

fn prepare_image(run: &Run) -> anyhow::Result<Vec<u8>> {
    let mut elf = fs::read(&run.image).with_context(|| {
        format!(
            "the image {} isn't there; `cargo paratia build {}` builds it",
            crate::workspace::shown(&run.image),
            run.choice.name
        )
    })?;
    let stop_after_us = u64::try_from(run.stop_after.as_micros())?;
    let rest = RunParameters {
        stop_after_us,
        seed: run.seed.unwrap_or(0),
        is_seeded: run.seed.is_some().into(),
        clock: run.clock,
        ..RunParameters::DEFAULT
    };
    let parameters = image::parameters(
        run.choice.system,
        rest,
        &run.arguments,
        run.focus.as_deref(),
    )?;
    image::set_parameters(&mut elf, &parameters)?;
    for patch in &run.patches {
        image::apply(&mut elf, patch)?;
    }
    Ok(elf)
}

/// Hands over what is typed, in a thread of its own, until the board or the keyboard is gone.
fn forward(keys: Arc<Mutex<Receiver<Vec<u8>>>>, mut input: ChildStdin) {
    thread::spawn(move || {
        let Ok(keys) = keys.lock() else { return };
        for bytes in keys.iter() {
            if input
                .write_all(&bytes)
                .and_then(|()| input.flush())
                .is_err()
            {
                return;
            }
        }
    });
}

/// Reads the serial output in a thread of its own and hands it over in pieces.
fn listen(mut output: ChildStdout) -> Receiver<Piece> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut splitter = Splitter::new();
        let mut chunk = [0; 16 * 1024];
        loop {
            let (pieces, ended) = match output.read(&mut chunk) {
                Ok(0) | Err(_) => (splitter.finish(), true),
                Ok(count) => (splitter.push(&chunk[..count]), false),
            };
            for piece in pieces {
                if sender.send(piece).is_err() {
                    return;
                }
            }
            if ended {
                return;
            }
        }
    });
    receiver
}

/// What is listened to, and what notes it.
struct Listening<'a> {
    run: &'a Run,
    pieces: &'a Receiver<Piece>,
    process: &'a mut Process,
    record: &'a mut Record,
    /// Only where board time can stand still.
    stillness: Option<Watch<'a>>,
}

impl Listening<'_> {
    /// Listens until the run has ended one way or another.
    fn watch(&mut self, observer: &mut dyn FnMut(Sight<'_>)) -> Outcome {
        let run = self.run;
        let default_limit =
            Duration::from_secs(120).saturating_add(run.stop_after.saturating_mul(10));
        let endless = run.stop_after.is_zero().then_some(Duration::MAX);
        let limit = run.wall_clock_limit.or(endless).unwrap_or(default_limit);
        let started = Instant::now();
        let mut last_words_until: Option<Instant> = None;
        loop {
            match self.pieces.recv_timeout(TICK) {
                Ok(piece) => {
                    self.record.take(piece, observer);
                    if let Some(watch) = &mut self.stillness {
                        watch.heard();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    let watch = self.stillness.as_mut();
                    if let Some(why) = watch.and_then(|it| it.silent(self.process)) {
                        return Outcome::StandsStill(why);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.process.end_within(QUIT_LIMIT);
                    let silent_end = || Outcome::MachineEnded(String::new());
                    return self.record.outcome().cloned().unwrap_or_else(silent_end);
                }
            }
            match self.record.outcome() {
                Some(outcome @ Outcome::Stopped { .. }) => return outcome.clone(),
                Some(outcome) => {
                    let until =
                        *last_words_until.get_or_insert_with(|| Instant::now() + LAST_WORDS);
                    if Instant::now() >= until {
                        return outcome.clone();
                    }
                }
                None if run.interrupt.load(Ordering::Relaxed) => return Outcome::Interrupted,
                None if started.elapsed() >= limit => return Outcome::TimedOut,
                None => {}
            }
        }
    }
}

/// What was seen of the machine once the board stood still.
#[derive(Default)]
pub(super) struct LastLook {
    pub(super) screenshot: Option<PathBuf>,
    pub(super) words: Vec<u32>,
    pub(super) memory: Vec<Vec<u8>>,
}

/// Takes the picture and reads what is to be probed if the run reached its end, and ends QEMU.
fn finish(
    run: &Run,
    outcome: &Outcome,
    socket: &Path,
    process: &mut Process,
) -> anyhow::Result<LastLook> {
    let stopped = matches!(outcome, Outcome::Stopped { .. });
    if !stopped || process.status().is_some() {
        process.end_within(Duration::ZERO);
        return Ok(LastLook::default());
    }
    let mut control = match Control::connect(socket) {
        Ok(control) => control,
        // Nothing is wanted of it but its end, and a busy machine may keep it from answering.
        Err(_) if run.screenshot.is_none() && run.probes.is_empty() && run.dumps.is_empty() => {
            process.end_within(Duration::ZERO);
            return Ok(LastLook::default());
        }
        Err(error) => return Err(error),
    };
    if let Some(file) = &run.screenshot {
        let file = std::path::absolute(file)?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        picture::take(&mut control, run.choice, &file)?;
    }
    let words = run.probes.iter().map(|address| control.word(*address));
    let words = words.collect::<anyhow::Result<_>>()?;
    let file = socket.with_file_name("memory");
    let memory = run.dumps.iter().map(|(base, size_bytes)| {
        control.save_memory(*base, *size_bytes, &file)?;
        Ok(fs::read(&file)?)
    });
    let memory = memory.collect::<anyhow::Result<_>>()?;
    // QEMU may close the socket before its answer is read.
    let _ = control.quit();
    process.end_within(QUIT_LIMIT);
    Ok(LastLook {
        screenshot: run.screenshot.clone(),
        words,
        memory,
    })
}
