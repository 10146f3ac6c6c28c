//! Status codes in `x0`: zero or a small negative number, as the SMC Calling Convention and PSCI
//! use them.

/// The call did what it says.
pub const SUCCESS: i64 = 0;
/// No such call (DEN0028, 5.2): counted, and limited by the partition's configuration.
pub const NOT_SUPPORTED: i64 = -1;
/// An argument is out of its range; nothing was done.
pub const INVALID_PARAMETERS: i64 = -2;
/// The partition has no such port or service, or not in that direction.
pub const NOT_FOUND: i64 = -3;
/// Nothing was ever written to this sampling port; nothing waits at this queuing port;
/// this event wasn't signalled.
pub const EMPTY: i64 = -4;
/// A bounded buffer is full, or an event was signalled often enough; what was offered is dropped and counted.
pub const BUSY: i64 = -5;
