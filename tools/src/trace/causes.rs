//! Why a guest was left, in words.

use std::collections::BTreeMap;

use paratia_abi::call::{CALLS, SAMPLING_PORT_READ, SAMPLING_PORT_WRITE};
use paratia_config::System;
use paratia_config::ports::{Direction, port};

use super::notes::Left;
use crate::log::Value;

/// Classes of exceptions (Arm ARM DDI 0487, `ESR_EL2`, field EC).
const WAIT: u64 = 0x01;
const CALLS_OF_A_GUEST: [u64; 2] = [0x16, 0x17];
const REGISTER: u64 = 0x18;
const FETCH: u64 = 0x20;
const ACCESS: u64 = 0x24;
/// The 64-bit form of a standard's call.
const LONG: u32 = 0x4000_0000;

/// Why a guest was left, and what more is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// In one word or two: `interrupt`, `call`, `wait`, `device`, `fetch`, `register`, `system error` or
    /// `other`.
    pub name: &'static str,
    /// By name.
    pub fields: BTreeMap<String, Value>,
}

impl Cause {
    /// Why a vCPU of a partition was left.
    #[must_use]
    pub fn of(left: &Left, system: &System, partition: usize) -> Self {
        let mut fields = BTreeMap::new();
        let mut add = |name: &str, value| fields.insert(name.to_owned(), value);
        let number = |it: u64| Value::Integer(it.into());
        let class = left.esr >> 26 & 0x3F;
        let name = match (left.vector & 0x180, class) {
            (0x080 | 0x100, _) => "interrupt",
            (0x180, _) => "system error",
            (_, WAIT) => "wait",
            (_, class) if CALLS_OF_A_GUEST.contains(&class) => {
                let [id, index, _] = left.general;
                add("call", Value::Text(call(id)));
                if let Some(port) = port_of(system, partition, id, index) {
                    add("port", Value::Text(port.to_owned()));
                }
                "call"
            }
            (_, REGISTER) => {
                add("esr", number(left.esr));
                "register"
            }
            (_, class @ (FETCH | ACCESS)) => {
                // HPFAR_EL2 has the page's number from bit 4 on, FAR_EL2 the place in the page.
                add("ipa", number(left.hpfar >> 4 << 12 | left.far & 0xFFF));
                add("esr", number(left.esr));
                if class == FETCH { "fetch" } else { "device" }
            }
            _ => {
                add("esr", number(left.esr));
                "other"
            }
        };
        add("elr", number(left.elr));
        Self { name, fields }
    }
}

/// A call's id are 32 bits, whatever is above (DEN0028, 2.5).
fn id_of(x0: u64) -> u32 {
    u32::try_from(x0 & u64::from(u32::MAX)).unwrap_or_default()
}

/// A call's name, or its id.
fn call(id: u64) -> String {
    let known = |id: u32| CALLS.iter().find(|call| call.id == id);
    let id = id_of(id);
    let found = known(id).or_else(|| known(id & !LONG));
    found.map_or_else(|| format!("{id:#010x}"), |call| call.name.to_owned())
}

/// The name of the port that a call is about.
fn port_of(system: &System, partition: usize, id: u64, index: u64) -> Option<&'static str> {
    let is_about_a_port = [SAMPLING_PORT_WRITE, SAMPLING_PORT_READ].contains(&id_of(id));
    let index = usize::try_from(index).ok().filter(|_| is_about_a_port)?;
    let place = port(system, partition, index)?;
    let channel = system.channels.get(place.channel)?;
    Some(match place.direction {
        Direction::Source => channel.source.port,
        Direction::Destination(end) => channel.destinations.get(end)?.port,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    fn cause(left: &Left) -> Cause {
        let choice = catalog::choose("qemu-virt", "cluster").unwrap();
        Cause::of(left, choice.system, 0)
    }

    #[test]
    fn a_call_is_named_with_its_port() {
        let left = Left {
            vector: 0x400,
            esr: 0x16 << 26,
            general: [SAMPLING_PORT_WRITE.into(), 0, 8],
            ..Left::default()
        };
        let cause = cause(&left);
        assert_eq!(cause.name, "call");
        assert_eq!(cause.fields["call"].as_str(), Some("sampling port write"));
        assert_eq!(cause.fields["port"].as_str(), Some("speed"));
        assert_eq!(call(0xC400_0003), "CPU_ON", "the 64-bit form");
        assert_eq!(call(0xC600_7777), "0xc6007777");
    }

    #[test]
    fn an_access_is_named_by_its_address() {
        let left = Left {
            vector: 0x400,
            esr: 0x24 << 26,
            far: 0xFFFF_0123,
            hpfar: 0x0900_0000 >> 12 << 4,
            ..Left::default()
        };
        let cause = cause(&left);
        assert_eq!(cause.name, "device");
        assert_eq!(cause.fields["ipa"].as_u64(), Some(0x0900_0123));
        let interrupt = Left {
            vector: 0x480,
            ..left
        };
        assert_eq!(super::tests::cause(&interrupt).name, "interrupt");
    }
}
