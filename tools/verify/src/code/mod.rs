//! What the code of an image can do, and how long it can take.
//!
//! From the bytes that are executed alone: every word is decoded ([`text`], [`word`]), functions become
//! graphs of blocks ([`flow`]), and the checks look at those ([`checks`]). What a person has judged stands in
//! three lists with the reasons: instructions that touch the system ([`reviewed`]), calls through a register
//! ([`indirect`]), and how often loops go round ([`bounds`]), of which follows how long each way from an exit can
//! take ([`bounded`]).
//!
//! That no store reaches the translation tables follows from three things. EL2's own map has them read-only
//! (which the rest of this crate reads from the tables); it stays in force, since nothing that a guest's exit
//! can come to writes `TTBR0_EL2`, `TCR_EL2`, `MAIR_EL2` or `SCTLR_EL2` (rows of the list that are for boot
//! alone); and the stores before it is in force are in the list, too.

pub mod bounded;
pub mod bounds;
pub mod checks;
pub mod finding;
pub mod flow;
pub mod indirect;
mod list;
pub mod longest;
pub mod loops;
pub mod names;
pub mod places;
pub mod recursion;
pub mod report;
pub mod reviewed;
pub mod shapes;
pub mod shown;
pub mod span;
pub mod stack;
pub mod targets;
pub mod text;
pub mod word;

pub use finding::Finding;
pub use report::{Limits, Report, examine};
