//! What is wrong with the interrupt controller or the display, in words.

use super::quantity::index;
use crate::refusal::Reason;

/// What is wrong with the interrupt controller.
pub(super) fn controller(reason: Reason, [a, b, c]: [u64; 3]) -> Option<String> {
    Some(match reason {
        Reason::Revision => format!(
            "configured as GICv{a} but the hardware reports revision {b}; start the machine with a \
             GICv{a} or choose another board"
        ),
        Reason::InterruptCount => format!(
            "configured with {a} interrupt ids but the distributor has {b}; correct the board's \
             facts"
        ),
        Reason::ControllerKind => "its driver was given the facts of another kind; correct the \
                                   board's module"
            .to_owned(),
        Reason::CpuNumber => format!(
            "CPU {a} is configured as target {a} but the hardware reports the mask {b:#x}; correct \
             the order of CPUs in the board's facts"
        ),
        Reason::PriorityBits => format!(
            "virtual interrupts have {a} bits of priority but 5 are saved; choose another CPU"
        ),
        Reason::Redistributor => format!(
            "redistributor {a} is configured for the CPU with affinity {b:#x} but belongs to \
             {c:#x}; correct the order of CPUs in the board's facts"
        ),
        Reason::FourFrames => {
            "configured as GICv3 with two frames a redistributor but the hardware \
                               has GICv4's four; start the machine with a GICv3"
                .to_owned()
        }
        Reason::NoSystemRegisters => "configured as GICv3 but the CPU's ICC registers can't be \
                                      enabled; start the machine with a GICv3 whose system \
                                      registers EL2 may use"
            .to_owned(),
        Reason::Stuck => {
            let registers = [
                "GICD_CTLR.RWP",
                "GICR_CTLR.RWP",
                "GICR_WAKER.ChildrenAsleep",
            ];
            let register = registers.get(index(a)).unwrap_or(&"a register");
            format!("{register} still reports a write in progress; reset the machine")
        }
        Reason::NotShared => format!(
            "{a} is not a shared interrupt of this controller; use an id from 32 that the board has"
        ),
        Reason::FewerLists => {
            format!("the CPU has {a} list registers but {b} are used; choose another CPU")
        }
        _ => return None,
    })
}

/// What is wrong with the display.
pub(super) fn display(reason: Reason, [a, b, c]: [u64; 3]) -> Option<String> {
    Some(match reason {
        Reason::DisplayKind => "display: its driver was given the facts of another kind; correct \
                                the board's module"
            .to_owned(),
        Reason::NoFwCfg => format!(
            "firmware configuration: its DMA port should read 0x51454d5520434647 but reads {a:#x}; \
             start the board with QEMU or configure a board without a display"
        ),
        Reason::FwCfgSize => format!(
            "firmware configuration: a record of {a} bytes was to be written to a file of {b}; use \
             a version of QEMU whose ramfb takes {a} bytes"
        ),
        Reason::FwCfgRefused => format!(
            "firmware configuration: QEMU refused a DMA access (control {a:#x}); check that the \
             image lies in the machine's RAM"
        ),
        Reason::FwCfgStuck => "firmware configuration: QEMU did not finish a DMA access; restart \
                               the machine"
            .to_owned(),
        Reason::NoRamfb => {
            "display: configured as ramfb but the machine has none; start QEMU with \
                            `-device ramfb` or configure a board without a display"
                .to_owned()
        }
        Reason::NoAnswer => "display: the VideoCore's mailbox doesn't answer; correct the board's \
                             facts, or start the machine anew"
            .to_owned(),
        Reason::VideoCoreRefused => format!(
            "display: the VideoCore refused to set up a frame buffer, its answer is {a:#x}; give it \
             more memory (gpu_mem in config.txt) or choose a smaller picture"
        ),
        Reason::OtherPicture => format!(
            "display: the VideoCore offers {a} x {b} pixels in lines of {c} bytes instead; \
             configure a picture that it can show"
        ),
        Reason::OtherPlace => format!(
            "display: the frame buffer is configured at {a:#x} but the VideoCore has put it at \
             {b:#x} with {c:#x} bytes; correct the board's facts"
        ),
        _ => return None,
    })
}
