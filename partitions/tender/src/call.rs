//! Calls: a store of 32 bits to the page of calls, of a pointer to what is asked.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The page of calls.
pub const PAGE: u64 = 0x1_0000_0000;
/// Bytes from one call's place to the next.
const STEP: u64 = 8;

/// `enum hvt_hypercall`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// [`WallTime`].
    WallTime,
    /// [`Puts`].
    Puts,
    /// [`Poll`].
    Poll,
    /// [`Block`].
    BlockWrite,
    /// [`Block`].
    BlockRead,
    /// [`Net`].
    NetWrite,
    /// [`Net`].
    NetRead,
    /// [`Halt`].
    Halt,
}

/// An access that is no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCall {
    /// It reads.
    Reads,
    /// It has other than 32 bits, or lies between two calls.
    Shape,
    /// There is no call of this number.
    Number(u64),
}

impl Call {
    /// The call that an access is, to `address` in the page of calls: its syndrome as the CPU describes a data
    /// abort (Arm ARM DDI 0487, ISS of a Data Abort: `SAS` bits 23:22, `SRT` bits 20:16, `WnR` bit 6). And the
    /// general register with the pointer, 31 for none: zero.
    ///
    /// # Errors
    /// Why it is none.
    pub const fn of(syndrome: u64, address: u64) -> Result<(Self, usize), NoCall> {
        let offset = address.wrapping_sub(PAGE);
        if syndrome >> 6 & 1 == 0 {
            return Err(NoCall::Reads);
        }
        if syndrome >> 22 & 0b11 != 0b10 || !offset.is_multiple_of(STEP) {
            return Err(NoCall::Shape);
        }
        let register = (syndrome >> 16 & 0x1F) as usize;
        let call = match offset / STEP {
            1 => Self::WallTime,
            2 => Self::Puts,
            3 => Self::Poll,
            4 => Self::BlockWrite,
            5 => Self::BlockRead,
            6 => Self::NetWrite,
            7 => Self::NetRead,
            8 => Self::Halt,
            number => return Err(NoCall::Number(number)),
        };
        Ok((call, register))
    }
}

/// `solo5_result_t`: it is done.
pub const OK: i32 = 0;
/// Later.
pub const AGAIN: i32 = 1;
/// An argument is wrong.
pub const INVALID: i32 = 2;

/// `struct hvt_hc_walltime`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct WallTime {
    /// Nanoseconds since 1970, answered.
    pub nanoseconds: u64,
}

/// `struct hvt_hc_puts`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Puts {
    /// Where the text is.
    pub data: u64,
    /// Its bytes.
    pub length: u64,
}

/// `struct hvt_hc_poll`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Poll {
    /// How long to wait at most.
    pub nanoseconds: u64,
    /// The handles at which something waits, a bit each; answered.
    pub ready: u64,
    /// How many these are; answered.
    pub count: i32,
    /// Padding.
    pub padding: u32,
}

/// `struct hvt_hc_block_write` and `struct hvt_hc_block_read`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Block {
    /// Which device.
    pub handle: u64,
    /// Where in it, in bytes.
    pub offset: u64,
    /// Where the data is, or goes.
    pub data: u64,
    /// Its bytes.
    pub length: u64,
    /// What became of it; answered.
    pub result: i32,
    /// Padding.
    pub padding: u32,
}

/// `struct hvt_hc_net_write` and `struct hvt_hc_net_read`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Net {
    /// Which interface.
    pub handle: u64,
    /// Where the frame is, or goes.
    pub data: u64,
    /// Its bytes; what was received, answered.
    pub length: u64,
    /// What became of it; answered.
    pub result: i32,
    /// Padding.
    pub padding: u32,
}

/// `struct hvt_hc_halt`.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Halt {
    /// Where more is, for who looks at the unikernel's memory; 0 for nowhere.
    pub cookie: u64,
    /// The exit status.
    pub status: i32,
    /// Padding.
    pub padding: u32,
}

/// The exit status of a unikernel that ends itself because of a fault.
pub const STATUS_ABORT: i32 = 255;

#[cfg(test)]
mod tests {
    use super::*;

    /// A store of 32 bits of `w3`, as the CPU describes it.
    const STORE: u64 = 0x9383_0046;

    #[test]
    fn a_call_is_its_place() {
        assert_eq!(Call::of(STORE, PAGE + 8), Ok((Call::WallTime, 3)));
        assert_eq!(Call::of(STORE, PAGE + 64), Ok((Call::Halt, 3)));
        let of_zero = STORE | 0x1F << 16;
        assert_eq!(Call::of(of_zero, PAGE + 16), Ok((Call::Puts, 31)));
    }

    #[test]
    fn what_is_no_call_says_why() {
        assert_eq!(Call::of(STORE, PAGE), Err(NoCall::Number(0)));
        assert_eq!(Call::of(STORE, PAGE + 72), Err(NoCall::Number(9)));
        assert_eq!(Call::of(STORE, PAGE + 12), Err(NoCall::Shape));
        assert_eq!(Call::of(STORE | 1 << 22, PAGE + 8), Err(NoCall::Shape));
        assert_eq!(Call::of(STORE & !(1 << 6), PAGE + 8), Err(NoCall::Reads));
    }
}
