//! What Xen's calls answer when they refuse: Linux's numbers, negative (`xen/include/public/errno.h`).

/// A call that isn't carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum Refusal {
    /// `EPERM`: another domain's.
    NotPermitted = -1,
    /// `ESRCH`: no such domain.
    NoDomain = -3,
    /// `E2BIG`: too much at once.
    TooMuch = -7,
    /// `EAGAIN`: a sibling changes the word all the time.
    Again = -11,
    /// `EFAULT`: a pointer leads to what isn't the guest's own memory.
    Fault = -14,
    /// `EEXIST`: bound already.
    Exists = -17,
    /// `EINVAL`: an argument is out of range.
    Invalid = -22,
    /// `ENOSPC`: no event channel is free.
    NoSpace = -28,
    /// `ENOSYS`: there is no such call.
    NoCall = -38,
    /// `EOPNOTSUPP`: there is such a call, but not for this.
    NotSupported = -95,
}
