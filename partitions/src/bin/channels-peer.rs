//! Tells a Linux its speed by a direct channel, answers what that asks by a queue, and says what it finds in their
//! shared memory.

#![no_std]
#![no_main]

use paratia_runtime::direct::{DirectQueuingDestination, DirectQueuingSource, DirectSource};
use paratia_runtime::shared_memory::SharedMemory;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// In km/h.
const SPEED: u64 = 72;
const ANSWER: &[u8] = b"72 km/h";
/// Its messages are as long as the system declares.
const MOST: usize = 48;

fn main(context: Context) -> ! {
    let mut speed = DirectSource::find(&context, "speed").expect("a direct port 'speed'");
    let mut questions = DirectQueuingDestination::find(&context, "question").expect("a queue");
    let mut answers = DirectQueuingSource::find(&context, "answer").expect("a queue 'answer'");
    let board = SharedMemory::find(context.passport, "board").expect("memory 'board'");
    let (mut asked, mut before) = (0_u64, 0);
    loop {
        let mut message = [0; 16];
        message[..8].copy_from_slice(&SPEED.to_le_bytes());
        message[8..].copy_from_slice(&asked.to_le_bytes());
        speed.write(&message).expect("it is as long as the port's");

        let mut question = [0; MOST];
        while let Ok(received) = questions.receive(&mut question) {
            asked += 1;
            let text = core::str::from_utf8(&question[..received.length]).unwrap_or("no text");
            println!("asked '{text}'");
            let answer = answers.send(ANSWER);
            answer.expect("an answer is read before four more are asked for");
        }

        // SAFETY: the first word of memory that is there; Linux writes it at any time, and only it.
        let word = unsafe { board.base().cast::<u64>().read_volatile() };
        if word != before {
            println!("on the board: {:?}", word.to_le_bytes().map(char::from));
            before = word;
        }
        let _ = call::wait_for_window();
    }
}
