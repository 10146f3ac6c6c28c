//! What a hypervisor has around the models, for two vCPUs: the addresses, and the way through each
//! exit.

use paratia_config::system::{Region, RegionKind};
use paratia_config::{Ipa, Pa};
use paratia_hypervisor::machine::psci::Psci;
use paratia_hypervisor::machine::vgic::{
    CpuInterface, Done, Effect, Frame, Interrupts, Link, ListRegister, Maintenance, Model, VcpuSet,
    Vgic,
};
use paratia_hypervisor::machine::vuart::Uart;

pub const VCPUS: usize = 2;
pub const DISTRIBUTOR: u64 = 0x0800_0000;
pub const CPU_INTERFACE: u64 = 0x0801_0000;
pub const REDISTRIBUTORS: u64 = 0x080A_0000;
pub const UART: u64 = 0x0900_0000;
pub const UART_INTERRUPT: u32 = 33;
/// Two words of shared interrupts, with holes.
const SHARED: [u32; 2] = [0xFFFF_FFF7, 0x0000_00FF];
/// Those with a physical interrupt behind them.
const LINKS: [Link; 2] = [
    Link {
        guest: 27,
        physical: 27,
    },
    Link {
        guest: 40,
        physical: 72,
    },
];
/// Turns in which a guest that only takes and ends interrupts has taken all.
const TURNS: usize = 2_000;

pub struct Machine {
    pub model: Model,
    pub gic: Vgic<VCPUS, 2>,
    pub interfaces: [CpuInterface; VCPUS],
    pub uart: Uart,
    pub psci: Psci,
    maintenance: [Maintenance; VCPUS],
    lists: usize,
}

/// Where vCPUs may execute.
const RAM: &[Region] = &[Region {
    name: "ram",
    ipa: Ipa(1 << 30),
    pa: Pa(0),
    size_bytes: 1 << 30,
    kind: RegionKind::Ram,
}];

impl Machine {
    pub fn new(model: Model, lists: usize) -> Self {
        let interrupts = Interrupts {
            shared: &SHARED,
            links: &LINKS,
        };
        let mut machine = Self {
            model,
            gic: Vgic::new(model, VCPUS, &interrupts),
            interfaces: [CpuInterface::new(), CpuInterface::new()],
            uart: Uart::new(),
            psci: Psci::new(VCPUS, RAM),
            maintenance: [Maintenance::default(); VCPUS],
            lists,
        };
        for vcpu in 0..VCPUS {
            machine.enable(vcpu);
        }
        machine
    }

    /// A guest that means well: both groups on, all interrupts enabled and this vCPU's, nothing
    /// masked.
    pub fn enable(&mut self, vcpu: usize) {
        let write = |machine: &mut Self, frame, offset, width, value| {
            machine.exit(vcpu, |machine| {
                let effect = machine.gic.write(frame, vcpu, offset, width, value);
                machine.apply(effect)
            });
        };
        let distributor = Frame::Distributor;
        write(self, distributor, 0, 4, 3);
        for word in 0..3 {
            write(self, distributor, 0x100 + 4 * word, 4, 0xFFFF_FFFF);
        }
        let own = 0x2_0000 * vcpu as u64;
        write(self, Frame::Redistributors, own + 0x14, 4, 0);
        write(self, Frame::Redistributors, own + 0x1_0100, 4, 0xFFFF_FFFF);
        for id in 32..96 {
            write(self, distributor, 0x800 + id, 1, 1 << vcpu);
            write(self, distributor, 0x6000 + 8 * id, 8, vcpu as u64);
        }
        self.write_interface(vcpu, 0x0, 4, 7);
        self.write_interface(vcpu, 0x4, 4, 0xFF);
    }

    /// An exit of `vcpu` in which `act` is done.
    pub fn exit(&mut self, vcpu: usize, act: impl FnOnce(&mut Self) -> VcpuSet) {
        let others = self.collect(vcpu);
        let others = act(self).union(others);
        self.fill(vcpu);
        for other in others.without(VcpuSet::of(vcpu)).iter() {
            self.attend(other);
        }
    }

    pub fn attend(&mut self, vcpu: usize) {
        self.exit(vcpu, |_| VcpuSet::NONE);
    }

    /// Carries out what a write asks for.
    pub fn apply(&mut self, effect: Effect) -> VcpuSet {
        if let Some(physical) = effect.physical {
            for guest in physical.interrupts() {
                let linked = LINKS.iter().any(|link| link.guest == guest);
                assert!(linked, "{physical:?} concerns {guest}, which has no link");
            }
        }
        assert_eq!(effect.attention.0 >> VCPUS, 0, "{effect:?}");
        effect.attention
    }

    pub fn read_frame(&mut self, frame: Frame, by: usize, offset: u64, width: u32) -> u64 {
        let read = self.gic.read(frame, by, offset, width);
        for other in read.attention.iter() {
            self.attend(other);
        }
        self.gic.read(frame, by, offset, width).value
    }

    /// The guest writes to its CPU interface.
    pub fn write_interface(&mut self, vcpu: usize, offset: u64, width: u32, value: u64) {
        match self.interfaces[vcpu].write(offset, width, value) {
            Done::Nothing => {}
            Done::Physical(physical) => {
                assert!(LINKS.iter().any(|link| link.physical == physical));
            }
            Done::Unlisted(id) => self.exit(vcpu, |machine| {
                let effect = machine.gic.deactivate(vcpu, id);
                machine.apply(effect)
            }),
        }
        self.maintain(vcpu);
    }

    pub fn read_interface(&mut self, vcpu: usize, offset: u64, width: u32) -> u64 {
        let value = self.interfaces[vcpu].read(offset, width);
        self.maintain(vcpu);
        value
    }

    fn maintain(&mut self, vcpu: usize) {
        if self.interfaces[vcpu].needs(self.maintenance[vcpu]) {
            self.attend(vcpu);
        }
    }

    fn collect(&mut self, vcpu: usize) -> VcpuSet {
        let mut others = VcpuSet::NONE;
        for _ in 0..self.interfaces[vcpu].take_unlisted_ends() {
            let effect = self.gic.end_unlisted(vcpu);
            others = others.union(self.apply(effect));
        }
        let list = &mut self.interfaces[vcpu].list;
        others
            .union(self.gic.collect(vcpu, list))
            .without(VcpuSet::of(vcpu))
    }

    fn fill(&mut self, vcpu: usize) {
        let line = self.uart.line();
        let concerned = self.gic.set_line(0, UART_INTERRUPT, line);
        assert_eq!(concerned.0 >> VCPUS, 0);
        let list = &mut self.interfaces[vcpu].list[..self.lists];
        self.maintenance[vcpu] = self.gic.fill(vcpu, list);
        self.check();
        let interface = &self.interfaces[vcpu];
        assert!(
            !interface.needs(self.maintenance[vcpu]),
            "it would exit at once"
        );
    }

    /// No interrupt is in two places, and each list register is one that hardware accepts.
    fn check(&self) {
        let mut seen = Vec::new();
        for (vcpu, interface) in self.interfaces.iter().enumerate() {
            for register in &interface.list {
                if *register == ListRegister::EMPTY {
                    continue;
                }
                let owner = if register.intid < 32 { vcpu } else { VCPUS };
                let place = (owner, register.intid);
                assert!(
                    !seen.contains(&place),
                    "{register:?} is in two list registers"
                );
                seen.push(place);
                assert!(!(register.pending && register.active), "{register:?}");
                assert!(
                    register.priority & 7 == 0 && register.source < 8,
                    "{register:?}"
                );
            }
        }
    }

    /// Devices fall silent, and programs only take and end: they come to an end. How many they took.
    pub fn drain(&mut self) -> usize {
        let mut all = 0;
        let _ = self.uart.write(0x38, 4, 0);
        for vcpu in 0..VCPUS {
            for id in 0..1024 {
                self.exit(vcpu, |machine| machine.gic.set_line(vcpu, id, false));
            }
        }
        for vcpu in 0..VCPUS {
            self.enable(vcpu);
            self.write_interface(vcpu, 0xD0, 4, 0);
            let mut turns = 0;
            while self.interfaces[vcpu].signal() {
                let taken = self.read_interface(vcpu, 0xC, 4);
                assert!(taken & 0x3FF < 1020, "a signal without a cause: {taken}");
                self.write_interface(vcpu, 0x10, 4, taken);
                turns += 1;
                assert!(turns < TURNS, "vCPU {vcpu} takes {taken} for ever");
            }
            all += turns;
        }
        all
    }
}
