//! A machine around the controller: for every vCPU a CPU interface with few list registers, as the
//! hardware has it (IHI 0069, 4.8 and 12.4), and the hypervisor's way through.

use super::super::{Effect, Interrupts, ListRegister, Maintenance, Model, VcpuSet, Vgic};

pub type Gic = Vgic<2, 2>;

/// All that a chip has but one word's holes: some interrupts don't exist.
pub const SHARED: [u32; 2] = [0xFFFF_FFF7, 0x0000_00FF];

/// A vCPU's interface.
#[derive(Clone, Debug)]
pub struct Interface {
    pub list: Vec<ListRegister>,
    pub maintenance: Maintenance,
    pub ends_counted: u32,
    pub in_hand: Vec<(u32, u8)>,
}

impl Interface {
    /// `IAR1`: the best pending list register, if it is better than what runs.
    fn acknowledge(&mut self) -> Option<u32> {
        let running = self.in_hand.last().map_or(0xFF, |(_, priority)| *priority);
        let pending = self.list.iter_mut().filter(|lr| lr.pending && !lr.active);
        let best = pending.min_by_key(|lr| (lr.priority, lr.intid))?;
        if best.priority >= running {
            return None;
        }
        best.pending = false;
        best.active = true;
        self.in_hand.push((best.intid, best.priority));
        Some(best.intid)
    }

    /// `EOIR1`; the end of what isn't in a list register is counted. Whether the end is notified.
    fn end(&mut self) -> Option<(u32, bool)> {
        let (id, _) = self.in_hand.pop()?;
        let found = self.list.iter_mut().find(|lr| lr.intid == id && lr.active);
        let Some(register) = found else {
            self.ends_counted += 1;
            return Some((id, false));
        };
        register.active = false;
        Some((id, register.notify_end && !register.pending))
    }

    /// The maintenance interrupt's level.
    fn wants_maintenance(&self) -> bool {
        let pending = self.list.iter().any(|lr| lr.pending && !lr.active);
        self.maintenance.no_pending && !pending
            || self.maintenance.entry_not_present && self.ends_counted > 0
    }
}

/// The controller and its interfaces.
#[derive(Clone, Debug)]
pub struct Machine {
    pub gic: Gic,
    pub interfaces: Vec<Interface>,
    /// What was asked to be done to physical interrupts.
    pub physical: Vec<super::super::Physical>,
}

impl Machine {
    pub fn new(model: Model, list_registers: usize, interrupts: &Interrupts) -> Self {
        let interface = Interface {
            list: vec![ListRegister::EMPTY; list_registers],
            maintenance: Maintenance::default(),
            ends_counted: 0,
            in_hand: Vec::new(),
        };
        Self {
            gic: Gic::new(model, 2, interrupts),
            interfaces: vec![interface; 2],
            physical: Vec::new(),
        }
    }

    /// On the way in. Whom else it concerns: to be attended once this vCPU is on its way.
    pub fn fold(&mut self, vcpu: usize) -> VcpuSet {
        let mut others = VcpuSet::NONE;
        let interface = &mut self.interfaces[vcpu];
        for _ in 0..core::mem::take(&mut interface.ends_counted) {
            let effect = self.gic.end_unlisted(vcpu);
            self.physical.extend(effect.physical);
            others = others.and(effect.attention);
        }
        let others = others.and(self.gic.fold(vcpu, &mut interface.list));
        let empty = |lr: &ListRegister| *lr == ListRegister::EMPTY;
        assert!(interface.list.iter().all(empty));
        others.without(vcpu)
    }

    /// On the way out.
    pub fn fill(&mut self, vcpu: usize) {
        let interface = &mut self.interfaces[vcpu];
        interface.maintenance = self.gic.fill(vcpu, &mut interface.list);
        for register in &interface.list {
            assert!(!register.pending || !register.active, "{register:?}");
            assert!(register.pending || register.active || *register == ListRegister::EMPTY);
        }
        assert!(!interface.wants_maintenance(), "a storm: {interface:?}");
    }

    /// An interruption of one vCPU.
    pub fn attend(&mut self, vcpu: usize) {
        let others = self.fold(vcpu);
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
        let others = if lazy { VcpuSet::NONE } else { self.fold(vcpu) };
        let effect = act(&mut self.gic);
        self.physical.extend(effect.physical);
        let concerned = effect.attention.and(others);
        if lazy {
            self.attend_all(concerned);
        } else {
            self.fill(vcpu);
            self.attend_all(concerned.without(vcpu));
        }
    }

    pub fn acknowledge(&mut self, vcpu: usize) -> Option<u32> {
        let taken = self.interfaces[vcpu].acknowledge();
        self.maintain(vcpu);
        taken
    }

    pub fn end(&mut self, vcpu: usize) -> Option<u32> {
        let (id, notified) = self.interfaces[vcpu].end()?;
        if notified {
            self.attend(vcpu);
        }
        self.maintain(vcpu);
        Some(id)
    }

    fn maintain(&mut self, vcpu: usize) {
        if self.interfaces[vcpu].wants_maintenance() {
            self.attend(vcpu);
        }
    }
}
