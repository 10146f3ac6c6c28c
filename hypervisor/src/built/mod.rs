//! This image's constants: the one board and the one system that it joins, their tables, and the types of
//! the board's controllers. Decides nothing at run time and keeps no state.

pub mod chosen;
pub mod controllers;
