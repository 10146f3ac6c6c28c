//! Answers to a unikernel's calls, by their meaning in Solo5's tender `hvt`.

use core::time::Duration;

use paratia_runtime::abi::ReportedError;
use paratia_runtime::abi::call::PSCI_SYSTEM_OFF;
use paratia_runtime::time::{Instant, Ticks};
use paratia_runtime::zerocopy::{FromBytes, Immutable, IntoBytes};
use paratia_runtime::{Context, call as paratia, println};
use paratia_tender::boot::MAX_ENTRIES;
use paratia_tender::call::{
    AGAIN, Block, Call, Halt, INVALID, Net, NoCall, OK, Poll, Puts, WallTime,
};
use paratia_tender::memory::{Memory, is_on_device};
use paratia_tender::page::{BOOT_INFORMATION, Page};

use crate::device::Device;
use crate::entry::Frame;
use crate::sleep;

/// Largest frame that any interface has.
const FRAME_BYTES: usize = 2048;
/// Windows that are waited through at most until the console takes text again.
const CONSOLE_WINDOWS: usize = 64;

/// Who answers.
pub struct Tender {
    memory: Memory,
    wall_clock_start: u64,
    devices: [Device; MAX_ENTRIES],
    looks: bool,
    frame: [u8; FRAME_BYTES],
}

impl Tender {
    /// A tender of the unikernel that `page` is about; `start` is the board's first moment, in seconds since 1970.
    pub fn new(context: &Context, page: &Page, start: u64) -> Self {
        let devices = page.devices.each_ref();
        let devices = devices.map(|device| Device::of(context, device));
        Self {
            memory: Memory {
                base: BOOT_INFORMATION,
                end: page.memory_bytes,
            },
            wall_clock_start: start,
            looks: devices.iter().any(|it| matches!(it, Device::Net { .. })),
            devices,
            frame: [0; FRAME_BYTES],
        }
    }

    /// Answers the call that the unikernel in `frame` made by an access to `address`, as `syndrome` has it.
    pub fn answer(&mut self, frame: &mut Frame, syndrome: u64, address: u64) {
        let (call, register) = match Call::of(syndrome, address) {
            Ok(call) => call,
            Err(why) => no_call(frame, address, why),
        };
        // Register 31 is zero. A pointer has 32 bits.
        let pointer = frame.general.get(register).map_or(0, |it| it & 0xFFFF_FFFF);
        match call {
            Call::WallTime => self.wall_time(frame, pointer),
            Call::Puts => self.puts(frame, pointer),
            Call::Poll => self.poll(frame, pointer),
            Call::BlockWrite => self.block(frame, pointer, true),
            Call::BlockRead => self.block(frame, pointer, false),
            Call::NetWrite => self.net_write(frame, pointer),
            Call::NetRead => self.net_read(frame, pointer),
            Call::Halt => self.halt(frame, pointer),
        }
        frame.return_address += 4;
    }

    fn wall_time(&mut self, frame: &Frame, pointer: u64) {
        let start = Duration::from_secs(self.wall_clock_start);
        let now = start.saturating_add(Instant::now().since_epoch());
        let nanoseconds = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        self.write(frame, pointer, &WallTime { nanoseconds });
    }

    /// Text that the console has no room for waits for the next window; after many it is dropped, which Solo5 leaves
    /// to a tender.
    fn puts(&mut self, frame: &Frame, pointer: u64) {
        let asked: Puts = self.read(frame, pointer);
        let mut text = self.bytes(frame, asked.data, asked.length);
        let mut windows = 0;
        while !text.is_empty() {
            match paratia::console_write(text) {
                Ok(taken) => text = &text[taken..],
                Err(_) if windows < CONSOLE_WINDOWS => {
                    windows += 1;
                    // A call that isn't refused in version 1.
                    let _ = paratia::wait_for_window();
                }
                Err(_) => return,
            }
        }
    }

    fn poll(&mut self, frame: &Frame, pointer: u64) {
        let mut asked: Poll = self.read(frame, pointer);
        let wait = Duration::from_nanos(asked.nanoseconds);
        let deadline = Instant::now().plus(Ticks::from_duration(wait));
        let devices = &self.devices;
        sleep::until(deadline, self.looks, || {
            devices.iter().any(Device::is_ready)
        });
        let ready = (0..).zip(devices).filter(|(_, device)| device.is_ready());
        asked.ready = ready.fold(0, |set, (handle, _)| set | 1_u64 << handle);
        asked.count = asked.ready.count_ones().cast_signed();
        self.write(frame, pointer, &asked);
    }

    fn block(&mut self, frame: &Frame, pointer: u64, writes: bool) {
        let mut asked: Block = self.read(frame, pointer);
        asked.result = match self.device(asked.handle) {
            Some(Device::Block { base, capacity })
                if is_on_device(asked.offset, asked.length, *capacity) =>
            {
                let on_device = base + asked.offset;
                self.check(frame, asked.data, asked.length);
                let (from, to) = if writes {
                    (asked.data, on_device)
                } else {
                    (on_device, asked.data)
                };
                copy(from, to, asked.length);
                OK
            }
            _ => INVALID,
        };
        self.write(frame, pointer, &asked);
    }

    /// A frame that the queue has no room for is dropped, as on any wire.
    fn net_write(&mut self, frame: &Frame, pointer: u64) {
        let mut asked: Net = self.read(frame, pointer);
        let bytes = self.bytes(frame, asked.data, asked.length);
        asked.result = match self.device_mut(asked.handle) {
            Some(Device::Net {
                out, frame_bytes, ..
            }) if (1..=*frame_bytes).contains(&asked.length) => {
                let _ = out.send(bytes);
                OK
            }
            _ => INVALID,
        };
        self.write(frame, pointer, &asked);
    }

    fn net_read(&mut self, frame: &Frame, pointer: u64) {
        let mut asked: Net = self.read(frame, pointer);
        self.check(frame, asked.data, asked.length);
        let place = usize::try_from(asked.handle).unwrap_or(usize::MAX);
        asked.result = match self.devices.get_mut(place) {
            Some(Device::Net { into, .. }) => match into.receive(&mut self.frame) {
                Ok(received) => {
                    let length = asked.length.min(received.length as u64);
                    copy(
                        self.frame.as_ptr().expose_provenance() as u64,
                        asked.data,
                        length,
                    );
                    asked.length = length;
                    OK
                }
                Err(_) => AGAIN,
            },
            _ => INVALID,
        };
        self.write(frame, pointer, &asked);
    }

    /// A status of 0 is the end of a partition that asks for it; any other is an error of its own.
    fn halt(&mut self, frame: &Frame, pointer: u64) -> ! {
        let asked: Halt = self.read(frame, pointer);
        println!("unikernel: exit status {}", asked.status);
        if asked.status == 0 {
            let refused = paratia::raw(PSCI_SYSTEM_OFF, 0);
            panic!("the end was refused: {refused:?}");
        }
        let status = u64::from(asked.status.cast_unsigned());
        end([status, asked.cookie, frame.return_address])
    }

    fn device(&self, handle: u64) -> Option<&Device> {
        self.devices.get(usize::try_from(handle).ok()?)
    }

    fn device_mut(&mut self, handle: u64) -> Option<&mut Device> {
        self.devices.get_mut(usize::try_from(handle).ok()?)
    }

    /// Ends the unikernel if not all of these bytes are in its memory.
    fn check(&self, frame: &Frame, pointer: u64, bytes: u64) {
        if !self.memory.has(pointer, bytes) {
            let Memory { base, end } = self.memory;
            println!(
                "unikernel: its call at {:#x} names {pointer:#x} and {bytes} bytes, its memory is {base:#x}..{end:#x}",
                frame.return_address
            );
            end_by_fault(frame, pointer);
        }
    }

    fn bytes(&self, frame: &Frame, pointer: u64, length: u64) -> &'static [u8] {
        self.check(frame, pointer, length);
        // SAFETY: these are bytes of the unikernel's memory, mapped and checked, and it is at rest during a call.
        unsafe {
            core::slice::from_raw_parts(
                core::ptr::with_exposed_provenance(pointer as usize),
                length as usize,
            )
        }
    }

    fn read<T: FromBytes>(&self, frame: &Frame, pointer: u64) -> T {
        self.check(frame, pointer, size_of::<T>() as u64);
        // SAFETY: these are bytes of the unikernel's memory, mapped and checked, and it is at rest during a call; any
        // bytes are such a record, wherever they lie.
        unsafe { core::ptr::with_exposed_provenance::<T>(pointer as usize).read_unaligned() }
    }

    fn write<T: IntoBytes + Immutable>(&self, frame: &Frame, pointer: u64, value: &T) {
        self.check(frame, pointer, size_of::<T>() as u64);
        let from = core::ptr::from_ref(value).expose_provenance() as u64;
        copy(from, pointer, size_of::<T>() as u64);
    }
}

/// Copies bytes that may overlap.
fn copy(from: u64, to: u64, bytes: u64) {
    // SAFETY: the callers have checked what is the unikernel's, all of which is mapped; the rest is a device's
    // memory, within its bounds, or the tender's own. The unikernel is at rest.
    unsafe {
        core::ptr::copy(
            core::ptr::with_exposed_provenance::<u8>(from as usize),
            core::ptr::with_exposed_provenance_mut(to as usize),
            bytes as usize,
        );
    }
}

fn no_call(frame: &Frame, address: u64, why: NoCall) -> ! {
    let at = frame.return_address;
    match why {
        NoCall::Reads => {
            println!("unikernel: reads {address:#x} at {at:#x}, where calls are stores");
        }
        NoCall::Shape => println!(
            "unikernel: its store to {address:#x} at {at:#x} isn't one of 32 bits to a multiple of 8"
        ),
        NoCall::Number(number) => {
            println!("unikernel: its call {number} at {at:#x} is none that hvt has");
        }
    }
    end_by_fault(frame, address)
}

/// The end by a call that can't be answered, which Solo5's tender ends a unikernel for, too.
fn end_by_fault(frame: &Frame, address: u64) -> ! {
    end([
        paratia_tender::call::STATUS_ABORT as u64,
        address,
        frame.return_address,
    ])
}

fn end(details: [u64; 3]) -> ! {
    paratia::report_error(ReportedError::Application, details);
    // The health policy ignores it, and there is nothing to go on with.
    loop {
        let _ = paratia::wait_for_window();
    }
}
