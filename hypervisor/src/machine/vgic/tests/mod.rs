//! The controller against a naive model of the architecture, and register by register.

mod machine;
mod properties;
mod questions;
mod races;
mod reference;
mod registers;
mod stories;
