//! The systems, one file each: add a file and it is there.
//!
//! A file declares `pub struct Definition<B>` with an associated constant `SYSTEM`, so that one
//! declaration serves every board. Its name on the command line is the file's, with `-` for `_`.

include!(concat!(env!("OUT_DIR"), "/systems.rs"));
