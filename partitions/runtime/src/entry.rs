//! A partition's main function, and what it finds when it starts.

use paratia_abi::OperatingMode;
use paratia_abi::StartCondition;
use paratia_abi::passport::Passport;

use crate::call;
use crate::time::Instant;
use crate::window::Windows;

/// What a partition finds when it starts.
///
/// ```no_run
/// use paratia_runtime::abi::StartCondition;
/// use paratia_runtime::{Context, entry, println};
///
/// entry!(run);
///
/// fn run(context: Context) {
///     if context.start_condition != StartCondition::NormalStart {
///         println!("'{}' is here again, restart {}", context.name(), context.restarts);
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// What the configuration gave it.
    pub passport: &'static Passport,
    /// Why it starts.
    pub start_condition: StartCondition,
    /// How often it was restarted before.
    pub restarts: u64,
    /// A number from whoever started the board; 0 unless one was given.
    pub run_argument: u64,
}

impl Context {
    /// The partition's name.
    ///
    /// ```no_run
    /// # use paratia_runtime::{Context, println};
    /// # fn example(context: Context) {
    /// println!("this is '{}'", context.name());
    /// # }
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.passport.name.as_str()
    }

    /// The value of `key` among the configuration's arguments, which are written `key=value key=value`.
    ///
    /// ```no_run
    /// # use paratia_runtime::Context;
    /// # fn example(context: Context) {
    /// let litres = context.argument("litres").and_then(|it| it.parse().ok()).unwrap_or(40_u32);
    /// # }
    /// ```
    #[must_use]
    pub fn argument(&self, key: &str) -> Option<&'static str> {
        crate::passport::argument(self.passport, key)
    }

    /// Enters the normal mode, and gives the partition's windows: a loop's body runs in this one at once, and
    /// then at the beginning of each. What is left of a window when the body is done is given back.
    ///
    /// ```no_run
    /// # use paratia_runtime::{Context, println};
    /// # fn example(context: Context) {
    /// for window in context.windows() {
    ///     window.heartbeat();
    ///     println!("window {} began at {:?}", window.number, window.start.since_epoch());
    /// }
    /// # }
    /// ```
    #[must_use = "the next window comes when it is asked for"]
    pub fn windows(&self) -> Windows {
        self.set_normal_mode();
        Windows::new()
    }

    /// Enters the normal mode: what there was to prepare is done.
    ///
    /// ```no_run
    /// # fn example(context: paratia_runtime::Context) {
    /// context.set_normal_mode();
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the hypervisor refuses, which none of version 1 does.
    pub fn set_normal_mode(&self) {
        call::set_mode(OperatingMode::Normal).expect("a call that isn't refused in version 1");
    }

    /// The number of the major frame at a moment. A major frame is a whole number of ticks.
    ///
    /// ```no_run
    /// # use paratia_runtime::{Context, println};
    /// # fn example(context: Context) {
    /// for window in context.windows() {
    ///     println!("major frame {}", context.frame_at(window.start));
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn frame_at(&self, moment: Instant) -> u64 {
        moment.0 / crate::passport::major_frame(self.passport).0
    }
}

/// Names a partition's main function, `fn(Context)`, and its interrupt handler if it has one, `fn(IntId)`,
/// called with interrupts masked and the interrupt acknowledged.
///
/// A main function that returns ends the partition: it enters the idle mode, in which it stays until whoever
/// restarts the board.
///
/// ```no_run
/// use paratia_runtime::interrupt::IntId;
/// use paratia_runtime::{Context, entry, interrupt, println};
///
/// entry!(run, interrupts = on_interrupt);
///
/// fn run(context: Context) {
///     interrupt::enable();
///     for window in context.windows() {
///         window.heartbeat();
///     }
/// }
///
/// fn on_interrupt(interrupt: IntId) {
///     println!("{interrupt:?}");
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        $crate::entry!($main, interrupts = $crate::interrupt::unexpected);
    };
    ($main:path, interrupts = $handler:path) => {
        #[unsafe(no_mangle)]
        #[allow(unreachable_code, reason = "a main function may never return")]
        extern "Rust" fn partition_main(context: $crate::Context) -> ! {
            $main(context);
            $crate::entry::ended()
        }

        #[unsafe(no_mangle)]
        extern "Rust" fn partition_interrupt(interrupt: $crate::interrupt::IntId) {
            $handler(interrupt)
        }
    };
}

/// What [`entry!`] does when the main function returns: the partition enters the idle mode.
///
/// ```no_run
/// use paratia_runtime::{entry, println};
///
/// println!("nothing more to do");
/// entry::ended();
/// ```
///
/// # Panics
/// If the hypervisor refuses, which none of version 1 does.
pub fn ended() -> ! {
    let answer = call::set_mode(OperatingMode::Idle);
    panic!("the idle mode was refused: {answer:?}");
}
