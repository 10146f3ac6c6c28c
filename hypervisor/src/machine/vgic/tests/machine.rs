//! A machine around the controller: for every vCPU the CPU interface in software with few list
//! registers, and the hypervisor's way through.

use super::super::{
    CpuInterface, Done, Effect, Interrupts, Link, ListRegister, Maintenance, Model, VcpuSet, Vgic,
};

pub type Gic = Vgic<2, 2>;

/// All that a chip has but one word's holes: some interrupts don't exist.
pub const SHARED: [u32; 2] = [0xFFFF_FFF7, 0x0000_00FF];

/// A private interrupt and a shared one with physical interrupts behind them, and shared ones without.
pub const INTERRUPTS: Interrupts = Interrupts {
    shared: &SHARED,
    links: &[
        Link {
            guest: 27,
            physical: 27,
        },
        Link {
            guest: 40,
            physical: 72,
        },
    ],
};

/// Registers of the CPU interface.
const CONTROL: u64 = 0x0;
const MASK: u64 = 0x4;
const ACKNOWLEDGE: u64 = 0xC;
const END: u64 = 0x10;
/// Both groups enabled, one acknowledge register for both.
const ALL_GROUPS: u64 = 0b111;

/// A vCPU's interface, and what its program remembers.
#[derive(Clone, Debug)]
pub struct Interface {
    cpu: CpuInterface,
    lists: usize,
    pub maintenance: Maintenance,
    /// List registers that the controller filled.
    listed: usize,
    in_hand: Vec<u64>,
}

impl Interface {
    fn new(lists: usize) -> Self {
        let mut cpu = CpuInterface::new();
        assert_eq!(cpu.write(CONTROL, 4, ALL_GROUPS), Done::Nothing);
        assert_eq!(cpu.write(MASK, 4, 0xFF), Done::Nothing);
        Self {
            cpu,
            lists,
            maintenance: Maintenance::default(),
            listed: 0,
            in_hand: Vec::new(),
        }
    }

    /// The list registers that the hypervisor uses.
    pub fn list(&self) -> &[ListRegister] {
        &self.cpu.list[..self.lists]
    }

    fn acknowledge(&mut self) -> Option<u32> {
        let signalled = self.cpu.signal();
        let taken = self.cpu.read(ACKNOWLEDGE, 4);
        assert_eq!(signalled, taken != 1023, "a signal without a cause");
        if taken == 1023 {
            return None;
        }
        self.in_hand.push(taken);
        Some(id(taken))
    }

    /// The id of what was ended, and the physical interrupt that is to be deactivated with it.
    fn end(&mut self) -> Option<(u32, Done)> {
        let taken = self.in_hand.pop()?;
        Some((id(taken), self.cpu.write(END, 4, taken)))
    }
}

fn id(acknowledged: u64) -> u32 {
    u32::try_from(acknowledged & 0x3FF).expect("ten bits")
}

/// The controller and its interfaces.
#[derive(Clone, Debug)]
pub struct Machine {
    pub gic: Gic,
    pub interfaces: Vec<Interface>,
    /// What was asked to be done to physical interrupts.
    pub physical: Vec<super::super::Physical>,
    /// Physical interrupts that were ended with the guest's.
    pub ended: Vec<u32>,
}

impl Machine {
    pub fn new(model: Model, list_registers: usize, interrupts: &Interrupts) -> Self {
        Self {
            gic: Gic::new(model, 2, interrupts),
            interfaces: vec![Interface::new(list_registers); 2],
            physical: Vec::new(),
            ended: Vec::new(),
        }
    }

    /// An interrupt comes, once: straight into the first list register, if the vCPU rests and can take
    /// it, without the controller's knowledge. Only if no other vCPU looks. Whether it did.
    pub fn place(&mut self, vcpu: usize, id: u32) -> bool {
        let interface = &mut self.interfaces[vcpu];
        let rests = interface.listed == 0 && interface.maintenance == Maintenance::empty();
        let Some(register) = self.gic.ready(vcpu, id).filter(|_| rests) else {
            return false;
        };
        let first = &mut interface.cpu.list[0];
        if first.pending || first.active {
            return false;
        }
        *first = register;
        true
    }

    /// What went straight into a list register and is still there is told to the controller.
    fn tell(&mut self, vcpu: usize) {
        let interface = &mut self.interfaces[vcpu];
        let first = interface.cpu.list[0];
        if interface.listed == 0 && first != ListRegister::EMPTY {
            if first.pending || first.active {
                self.gic.placed(vcpu, first.intid);
            } else {
                // As a list register that hardware calls empty.
                interface.cpu.list[0] = ListRegister::EMPTY;
            }
        }
    }

    /// On the way in. Whom else it concerns: to be attended once this vCPU is on its way.
    pub fn collect(&mut self, vcpu: usize) -> VcpuSet {
        self.tell(vcpu);
        let mut others = VcpuSet::NONE;
        let interface = &mut self.interfaces[vcpu];
        for _ in 0..interface.cpu.take_unlisted_ends() {
            let effect = self.gic.end_unlisted(vcpu);
            self.physical.extend(effect.physical);
            others = others.union(effect.attention);
        }
        let others = others.union(self.gic.collect(vcpu, &mut interface.cpu.list));
        let empty = |lr: &ListRegister| *lr == ListRegister::EMPTY;
        assert!(interface.cpu.list.iter().all(empty));
        others.without(VcpuSet::of(vcpu))
    }

    /// On the way out.
    pub fn fill(&mut self, vcpu: usize) {
        // What a switch asks first.
        let quiet = self.gic.is_quiet(vcpu);
        let interface = &mut self.interfaces[vcpu];
        let list = &mut interface.cpu.list[..interface.lists];
        interface.maintenance = self.gic.fill(vcpu, list);
        if quiet {
            assert!(list.iter().all(|lr| *lr == ListRegister::EMPTY));
            assert_eq!(interface.maintenance, Maintenance::empty());
        }
        interface.listed = list.iter().filter(|it| **it != ListRegister::EMPTY).count();
        for register in &interface.cpu.list {
            assert!(!register.pending || !register.active, "{register:?}");
            assert!(register.pending || register.active || *register == ListRegister::EMPTY);
        }
        assert!(
            !interface.cpu.needs(interface.maintenance),
            "a storm: {interface:?}"
        );
    }

    /// An interruption of one vCPU.
    pub fn attend(&mut self, vcpu: usize) {
        let others = self.collect(vcpu);
        self.fill(vcpu);
        self.attend_all(others);
    }

    pub fn attend_all(&mut self, vcpus: VcpuSet) {
        for vcpu in vcpus.iter() {
            self.attend(vcpu);
        }
    }

    /// An exit of `vcpu` in which `act` is done; `lazy` leaves the vCPU's own list registers alone
    /// unless it is said to need attention.
    pub fn exit(&mut self, vcpu: usize, lazy: bool, act: impl FnOnce(&mut Gic) -> Effect) {
        let others = if lazy {
            VcpuSet::NONE
        } else {
            self.collect(vcpu)
        };
        let effect = act(&mut self.gic);
        self.physical.extend(effect.physical);
        let concerned = effect.attention.union(others);
        if lazy {
            self.attend_all(concerned);
        } else {
            self.fill(vcpu);
            self.attend_all(concerned.without(VcpuSet::of(vcpu)));
        }
    }

    pub fn acknowledge(&mut self, vcpu: usize) -> Option<u32> {
        let taken = self.interfaces[vcpu].acknowledge();
        self.maintain(vcpu);
        taken
    }

    pub fn end(&mut self, vcpu: usize) -> Option<u32> {
        let (id, done) = self.interfaces[vcpu].end()?;
        if let Done::Physical(physical) = done {
            self.ended.push(physical);
        }
        self.maintain(vcpu);
        Some(id)
    }

    fn maintain(&mut self, vcpu: usize) {
        let interface = &self.interfaces[vcpu];
        if interface.cpu.needs(interface.maintenance) {
            self.attend(vcpu);
        }
    }
}
