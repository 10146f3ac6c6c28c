//! A unikernel with a network interface. With `ping` it sends frames and waits for each to come back; else it sends
//! back what comes.

#![no_std]
#![no_main]

use paratia_tender::boot::NET;
use paratia_test_unikernels::{net, poll, say, unikernel};

unikernel!(main, "service": NET);

const SERVICE: u64 = 1;
const FRAMES: u8 = 20;
/// Most bytes of a frame.
const LARGEST: usize = 1514;

fn main(command_line: &str) -> i32 {
    if command_line == "ping" {
        ping()
    } else {
        echo()
    }
}

fn ping() -> i32 {
    let mut frame = [0; LARGEST];
    for number in 0..FRAMES {
        let length = if number % 2 == 0 { LARGEST } else { 60 };
        frame.fill(number);
        assert_eq!(
            net(true, SERVICE, &mut frame[..length]).0,
            0,
            "frame {number} isn't sent"
        );
        frame.fill(0xEE);
        while poll(50_000_000) != 1 << SERVICE {}
        assert_eq!(
            net(false, SERVICE, &mut frame),
            (0, length),
            "frame {number} isn't received"
        );
        assert!(
            frame[..length].iter().all(|byte| *byte == number),
            "frame {number} is another"
        );
    }
    assert_eq!(net(false, SERVICE, &mut frame).0, 1, "nothing more comes");
    let mut long = [0; LARGEST + 1];
    assert_eq!(
        net(true, SERVICE, &mut long).0,
        2,
        "a frame that is too long"
    );
    assert_eq!(net(true, 0, &mut frame).0, 2, "no interface");
    say!("SUCCESS: {FRAMES} frames");
    0
}

fn echo() -> i32 {
    let mut frame = [0; LARGEST];
    loop {
        if poll(1_000_000_000) == 0 {
            return 0;
        }
        let (result, length) = net(false, SERVICE, &mut frame);
        assert_eq!(result, 0, "what waits can be received");
        assert_eq!(
            net(true, SERVICE, &mut frame[..length]).0,
            0,
            "it is sent back"
        );
    }
}
