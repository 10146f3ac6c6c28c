//! The CPU interface against a naive model of it, and story by story.

mod model;
mod properties;
mod stories;
