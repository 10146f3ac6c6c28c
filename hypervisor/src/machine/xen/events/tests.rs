use super::*;
use crate::machine::xen::memory::tests::{Fake, OWN, is_own};

const SHARED: u64 = 0x4000_5000;
const INFO: u64 = 0x4000_6000;

fn word(ipa: u64) -> Word {
    OWN.page(ipa).expect("it is its own").word(ipa)
}

/// A guest with two vCPUs that has named its pages and looked at what it was told.
fn guest() -> (Events<2>, Fake) {
    let (mut events, mut memory) = (Events::new(), Fake::default());
    events
        .share(OWN, &mut memory, SHARED)
        .expect("it is its own");
    for vcpu in 0..2 {
        let offset = [0, 64][vcpu];
        let done = events.register(OWN, &mut memory, vcpu, INFO, offset);
        assert_eq!(done, Ok(()));
        // Whatever it was told before elsewhere, it is told again.
        assert!(events.is_told(&memory, vcpu));
        look(&mut memory, vcpu);
    }
    (events, memory)
}

/// The guest has looked: the byte first, then the selector.
fn look(memory: &mut Fake, vcpu: usize) {
    let info = INFO + 64 * vcpu as u64;
    memory.words.insert(word(info).address(), 0);
    memory.words.insert(word(info + 8).address(), 0);
}

#[test]
fn an_event_is_told_once_until_the_guest_has_looked() {
    let (mut events, mut memory) = guest();
    assert_eq!(events.tell(&mut memory, 2), Ok(Some(0)));
    assert_eq!(memory.read(word(SHARED + 48)), 1 << 2);
    assert_eq!(memory.read(word(INFO + 8)), 1);
    assert!(events.is_told(&memory, 0) && !events.is_told(&memory, 1));
    assert_eq!(events.tell(&mut memory, 2), Ok(None), "it is pending");
    look(&mut memory, 0);
    memory.words.insert(word(SHARED + 48).address(), 0);
    assert_eq!(events.tell(&mut memory, 2), Ok(Some(0)));
}

#[test]
fn a_masked_event_is_told_when_it_is_unmasked() {
    let (mut events, mut memory) = guest();
    memory.words.insert(word(SHARED + 560).address(), 1 << 2);
    assert_eq!(events.tell(&mut memory, 2), Ok(None));
    assert!(!events.is_told(&memory, 0));
    assert_eq!(events.unmask(&mut memory, 2), Ok(Some(0)));
    assert_eq!(memory.read(word(SHARED + 560)), 0);
    assert_eq!(events.unmask(&mut memory, 2), Ok(None), "it wasn't masked");
    assert_eq!(events.unmask(&mut memory, 9), Err(Invalid));
}

#[test]
fn before_a_guest_names_its_pages_it_is_told_nothing_and_the_first_record_is_in_the_shared_page() {
    let (mut events, mut memory) = (Events::<1>::new(), Fake::default());
    assert_eq!(events.tell(&mut memory, 2), Ok(None));
    assert_eq!(events.unmask(&mut memory, 2), Err(Invalid));
    assert!(!events.is_told(&memory, 0));
    events
        .share(OWN, &mut memory, SHARED)
        .expect("it is its own");
    assert_eq!(events.tell(&mut memory, 2), Ok(Some(0)));
    assert_eq!(memory.read(word(SHARED)), 1);
}

#[test]
fn pages_that_are_not_the_guests_are_refused() {
    let (mut events, mut memory) = (Events::<2>::new(), Fake::default());
    for ipa in [0, 0x5000_0000, 0x4010_0000, u64::MAX] {
        assert_eq!(events.share(OWN, &mut memory, ipa), Err(Invalid));
        let done = events.register(OWN, &mut memory, 0, ipa, 0);
        assert_eq!(done, Err(Invalid));
    }
    for (vcpu, offset) in [(0, 4), (0, 4049), (0, 4056), (0, u32::MAX), (2, 0)] {
        let done = events.register(OWN, &mut memory, vcpu, INFO, offset);
        assert_eq!(done, Err(Invalid), "{vcpu} {offset}");
    }
    assert_eq!(events.register(OWN, &mut memory, 0, INFO, 4048), Ok(()));
    assert_eq!(
        events.register(OWN, &mut memory, 0, INFO, 0),
        Err(Invalid),
        "a second time"
    );
    assert!(memory.words.keys().all(|word| is_own(*word)));
}

#[test]
fn what_cannot_be_told_now_waits() {
    let (mut events, mut memory) = guest();
    memory.is_contended = true;
    assert_eq!(events.tell(&mut memory, 2), Err(Again));
    assert_eq!(events.unmask(&mut memory, 2), Err(Again));
    memory.is_contended = false;
    assert_eq!(events.next_waiting(), Some(2));
    assert_eq!(events.next_waiting(), None);
    assert_eq!(events.tell(&mut memory, 2), Ok(Some(0)));
}

#[test]
fn channels_are_bound_used_and_closed() {
    let (mut events, mut memory) = guest();
    assert_eq!(events.send(2), Ok(Sent::Console));
    let near = events.allocate(SELF, SELF).expect("one is free");
    assert_eq!((near, events.send(near)), (1, Ok(Sent::Nothing)));
    let far = events.bind(SELF, near).expect("it waits");
    assert_eq!(events.bind(SELF, near), Err(Invalid), "it is bound");
    assert_eq!(events.send(near), Ok(Sent::Own(far as usize)));
    assert_eq!(events.send(far), Ok(Sent::Own(near as usize)));
    assert_eq!(events.bind_vcpu(far, 1), Ok(()));
    assert_eq!(events.tell(&mut memory, far as usize), Ok(Some(1)));
    assert_eq!(events.close(far), Ok(()));
    assert_eq!(events.send(near), Ok(Sent::Nothing), "it waits again");
    assert_eq!(events.send(far), Err(Invalid));

    let virt = events.bind_virtual(1, 0).expect("there is one");
    assert_eq!(events.bind_virtual(1, 0), Err(Exists));
    assert!(events.bind_virtual(1, 1).is_ok(), "another vCPU's");
    assert_eq!(events.bind_virtual(24, 0), Err(Invalid));
    assert_eq!(events.send(virt), Err(Invalid));
    assert_eq!(events.bind_vcpu(virt, 1), Err(Invalid));
    let call = events.bind_interprocessor(1).expect("one is free");
    assert_eq!(events.send(call), Ok(Sent::Own(call as usize)));
    assert_eq!(events.bind_interprocessor(2), Err(Invalid));

    for port in [0, 64, 99, u32::MAX] {
        assert_eq!(events.send(port), Err(Invalid));
        assert_eq!(events.close(port), Err(Invalid));
        assert_eq!(events.unmask(&mut memory, port), Err(Invalid));
        assert_eq!(events.bind_vcpu(port, 0), Err(Invalid));
    }
    assert_eq!(events.close(2), Err(Invalid), "the console's stays");
    assert_eq!(events.allocate(SELF, 3), Err(NotPermitted));
    assert_eq!(events.bind(3, near), Err(NotPermitted));
    while events.allocate(SELF, SELF).is_ok() {}
    assert_eq!(events.allocate(SELF, SELF), Err(NoSpace));
    events.reset_channels();
    assert_eq!(events.allocate(SELF, SELF), Ok(1));
}

#[test]
fn a_channels_status_is_in_xens_words() {
    let (mut events, _) = guest();
    let ask = |events: &Events<2>, domain, port| {
        let asked = Status {
            domain,
            port,
            ..Status::default()
        };
        let told = events.status(asked)?;
        Ok((told.status, told.vcpu, told.more))
    };
    assert_eq!(ask(&events, SELF, 0), Ok((0, 0, [0, 0])));
    assert_eq!(ask(&events, SELF, 2), Ok((2, 0, [0, 2])));
    let near = events.allocate(SELF, SELF).expect("one is free");
    let own = u32::from(SELF);
    assert_eq!(ask(&events, SELF, near), Ok((1, 0, [own, 0])));
    let far = events.bind(SELF, near).expect("it waits");
    assert_eq!(ask(&events, SELF, near), Ok((2, 0, [own, far])));
    let virt = events.bind_virtual(7, 1).expect("one is free");
    assert_eq!(ask(&events, SELF, virt), Ok((4, 1, [7, 0])));
    let call = events.bind_interprocessor(1).expect("one is free");
    assert_eq!(ask(&events, SELF, call), Ok((5, 1, [0, 0])));
    assert_eq!(ask(&events, 0, 2), Err(NotPermitted));
    assert_eq!(ask(&events, SELF, 64), Err(Invalid));
}
