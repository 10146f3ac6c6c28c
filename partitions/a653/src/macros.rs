//! What `a653rs`'s macros refuse, as tests of the documentation.
//!
//! A port's name of 16 characters passes:
//!
//! ```
//! # #[path = "../tests/support/mod.rs"]
//! # mod support;
//! #[a653rs::partition(crate::support::Host)]
//! mod application {
//!     #[sampling_out(name = "sixteen-letters-", msg_size = "64B")]
//!     struct Out;
//!     #[start(cold)]
//!     fn cold_start(mut ctx: start::Context) {}
//!     #[start(warm)]
//!     fn warm_start(ctx: start::Context) {}
//! }
//! # fn main() {}
//! ```
//!
//! One of 17 doesn't, though a port's name has up to 32 bytes in the standard, and 24 here:
//!
//! ```compile_fail
//! # #[path = "../tests/support/mod.rs"]
//! # mod support;
//! #[a653rs::partition(crate::support::Host)]
//! mod application {
//!     #[sampling_out(name = "seventeen-letters", msg_size = "64B")]
//!     struct Out;
//!     #[start(cold)]
//!     fn cold_start(mut ctx: start::Context) {}
//!     #[start(warm)]
//!     fn warm_start(ctx: start::Context) {}
//! }
//! # fn main() {}
//! ```
//!
//! A hypervisor without processes isn't enough for a partition without one:
//!
//! ```compile_fail,E0277
//! use a653rs::bindings::*;
//!
//! #[derive(Debug)]
//! pub struct Small;
//! impl ApexPartitionP4 for Small {
//!     fn get_partition_status() -> ApexPartitionStatus { ApexPartitionStatus::default() }
//!     fn set_partition_mode(_: OperatingMode) -> Result<(), ErrorReturnCode> { Ok(()) }
//! }
//! impl ApexTimeP4 for Small {
//!     fn periodic_wait() -> Result<(), ErrorReturnCode> { Ok(()) }
//!     fn get_time() -> ApexSystemTime { 0 }
//! }
//! impl ApexErrorP4 for Small {
//!     fn report_application_message(_: &[u8]) -> Result<(), ErrorReturnCode> { Ok(()) }
//!     fn raise_application_error(_: ErrorCode, _: &[u8]) -> Result<(), ErrorReturnCode> { Ok(()) }
//! }
//!
//! #[a653rs::partition(crate::Small)]
//! mod application {
//!     #[start(cold)]
//!     fn cold_start(ctx: start::Context) {}
//!     #[start(warm)]
//!     fn warm_start(ctx: start::Context) {}
//! }
//! # fn main() {}
//! ```
