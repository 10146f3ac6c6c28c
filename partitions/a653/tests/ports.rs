//! Ports answer as the standard's tables of errors do, whatever is asked of them.

mod support;

use a653rs::bindings::ErrorReturnCode::{InvalidConfig, InvalidMode, InvalidParam, NoAction};
use a653rs::bindings::{ApexName, ErrorReturnCode, PortDirection, QueuingDiscipline, Validity};
use proptest::prelude::*;
use support::with;

/// The ports of the passport in `support`, by their indices: name, whether a queue, whether a source.
const PORTS: [(&str, bool, bool); 3] = [
    ("out", false, true),
    ("in", false, false),
    ("queue", true, false),
];
const SIZE: u32 = 64;
const DEPTH: u32 = 4;
const REFRESH: i64 = 60_000_000;

#[derive(Clone, Debug)]
enum Asked {
    CreateSampling(usize, u32, bool, i64, bool),
    CreateQueuing(usize, u32, u32, bool, bool),
    Id(usize, bool),
    Write(i64, bool, usize),
    Read(i64, bool, usize),
    Judge(usize, i64),
}

fn asked() -> impl Strategy<Value = Asked> {
    let size = || prop_oneof![6 => Just(SIZE), 1 => 0_u32..200];
    let depth = prop_oneof![4 => Just(DEPTH), 1 => 0_u32..9];
    let time = || prop_oneof![3 => 1..=REFRESH, 1 => Just(REFRESH + 1), 1 => -2_i64..2];
    let normal = || prop::bool::weighted(0.1);
    let id = || prop_oneof![6 => 0_i64..5, 1 => any::<i64>()];
    let length = || prop_oneof![3 => Just(64_usize), 1 => 0_usize..130];
    prop_oneof![
        4 => (0_usize..4, size(), any::<bool>(), time(), normal())
            .prop_map(|(port, size, end, time, mode)| Asked::CreateSampling(port, size, end, time, mode)),
        2 => (0_usize..4, size(), depth, any::<bool>(), normal())
            .prop_map(|(port, size, depth, end, mode)| Asked::CreateQueuing(port, size, depth, end, mode)),
        1 => (0_usize..4, any::<bool>()).prop_map(|(port, queue)| Asked::Id(port, queue)),
        2 => (id(), any::<bool>(), length()).prop_map(|(id, queue, length)| Asked::Write(id, queue, length)),
        2 => (id(), any::<bool>(), length()).prop_map(|(id, queue, length)| Asked::Read(id, queue, length)),
        1 => (0_usize..3, time()).prop_map(|(port, age)| Asked::Judge(port, age)),
    ]
}

fn name(port: usize) -> ApexName {
    let mut name = [0; 32];
    let text = PORTS.get(port).map_or("ports", |(name, ..)| *name);
    name[..text.len()].copy_from_slice(text.as_bytes());
    name
}

fn end(is_source: bool) -> PortDirection {
    if is_source {
        PortDirection::Source
    } else {
        PortDirection::Destination
    }
}

/// Which ports are created, with which refresh period.
#[derive(Default)]
struct Model([Option<i64>; 3]);

impl Model {
    fn create(
        &mut self,
        (port, is_queue): (usize, bool),
        fits: bool,
        refresh: i64,
        is_normal: bool,
    ) -> Result<i64, ErrorReturnCode> {
        if PORTS
            .get(port)
            .is_none_or(|(_, queue, _)| *queue != is_queue)
        {
            return Err(InvalidConfig);
        }
        if self.0[port].is_some() {
            return Err(NoAction);
        }
        if !fits {
            return Err(InvalidConfig);
        }
        if is_normal {
            return Err(InvalidMode);
        }
        self.0[port] = Some(refresh);
        Ok(port as i64 + 1)
    }

    /// The created port of this kind that an id names.
    fn port(&self, id: i64, is_queue: bool) -> Result<usize, ErrorReturnCode> {
        let found = (0..3).find(|port| {
            id == *port as i64 + 1 && self.0[*port].is_some() && PORTS[*port].1 == is_queue
        });
        found.ok_or(InvalidParam)
    }
}

fn compare(model: &mut Model, asked: &Asked) {
    match *asked {
        Asked::CreateSampling(port, size, is_source, refresh, normal) => {
            let is_end = PORTS
                .get(port)
                .is_some_and(|(.., source)| *source == is_source);
            let is_time = refresh > 0 && (is_source || refresh <= REFRESH);
            let fits = size == SIZE && is_end && is_time;
            let expected = model.create((port, false), fits, refresh, normal);
            let answer = with(|it| {
                let name = name(port);
                it.ports
                    .create_sampling(&name, size, end(is_source), refresh, normal)
            });
            assert_eq!(answer.map(|port| port.id()), expected, "{asked:?}");
        }
        Asked::CreateQueuing(port, size, depth, is_source, normal) => {
            let is_end = PORTS
                .get(port)
                .is_some_and(|(.., source)| *source == is_source);
            let fits = size == SIZE && depth == DEPTH && is_end;
            let expected = model.create((port, true), fits, 0, normal);
            let answer = with(|it| {
                let (name, fifo) = (name(port), QueuingDiscipline::Fifo);
                it.ports
                    .create_queuing(&name, size, depth, end(is_source), fifo, normal)
            });
            assert_eq!(answer.map(|port| port.id()), expected, "{asked:?}");
        }
        Asked::Id(port, is_queue) => {
            let id = port as i64 + 1;
            let expected = model
                .port(id, is_queue)
                .map(|_| id)
                .map_err(|_| InvalidConfig);
            assert_eq!(with(|it| it.ports.id(&name(port), is_queue)), expected);
        }
        Asked::Write(id, is_queue, length) => {
            let expected = model.port(id, is_queue).and_then(|port| match length {
                65.. => Err(InvalidConfig),
                0 => Err(InvalidParam),
                _ if !PORTS[port].2 => Err(InvalidMode),
                _ => Ok(port),
            });
            let answer = with(|it| it.ports.writable(id, is_queue, length));
            assert_eq!(answer.map(|port| port.index), expected, "{asked:?}");
        }
        Asked::Read(id, is_queue, length) => {
            let expected = model.port(id, is_queue).and_then(|port| match length {
                _ if PORTS[port].2 => Err(InvalidMode),
                0..64 => Err(InvalidParam),
                _ => Ok(port),
            });
            let answer = with(|it| it.ports.readable(id, is_queue, length));
            assert_eq!(answer.map(|port| port.index), expected, "{asked:?}");
        }
        Asked::Judge(port, age) => {
            let expected = match model.0[port] {
                Some(refresh) if (0..=refresh).contains(&age) => Validity::Valid,
                _ => Validity::Invalid,
            };
            assert_eq!(with(|it| it.ports.judge(port, age)), expected);
        }
    }
}

proptest! {
    #[test]
    fn every_answer_is_the_standards(all in proptest::collection::vec(asked(), 0..60)) {
        support::forget();
        let mut model = Model::default();
        for asked in &all {
            compare(&mut model, asked);
        }
    }
}
