//! Sends one message and is done.

#![no_std]
#![no_main]

use paratia_runtime::port::SourcePort;
use paratia_runtime::{Context, call, entry};

entry!(main);

fn main(context: Context) -> ! {
    let mut port = SourcePort::find(context.passport, "bell").expect("a source port 'bell'");
    port.write(&1_u64.to_le_bytes())
        .expect("the channel takes eight bytes");
    loop {
        let _ = call::wait_for_window();
    }
}
