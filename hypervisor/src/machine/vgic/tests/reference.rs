//! The architecture's interrupts told naively: a record an interrupt, no list registers, no bitmaps,
//! every CPU interface of unlimited depth. Written from IHI 0069, chapter 4, to be compared with.

/// The priority mask when it is open: the lowest of 32 priorities never passes it.
const MASK: u8 = 0xF8;

/// An interrupt of one CPU, or a shared one.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub exists: bool,
    pub enabled: bool,
    pub level_triggered: bool,
    pub latched: bool,
    pub input: bool,
    pub active: bool,
    pub group1: bool,
    pub priority: u8,
    pub route: u64,
}

impl Record {
    fn is_pending(&self) -> bool {
        self.latched || (self.level_triggered && self.input)
    }
}

/// The whole controller with its CPU interfaces.
#[derive(Clone, Debug)]
pub struct Reference {
    pub group0: bool,
    pub group1: bool,
    pub private: Vec<Vec<Record>>,
    pub shared: Vec<Record>,
    /// Interrupts taken and not ended, innermost last.
    pub in_hand: Vec<Vec<(u32, u8)>>,
}

impl Reference {
    pub fn new(cpus: usize, shared: &[bool]) -> Self {
        let private = (0..32)
            .map(|id| Record {
                exists: true,
                group1: true,
                level_triggered: id >= 16,
                ..Record::default()
            })
            .collect::<Vec<_>>();
        let shared = shared.iter().map(|exists| Record {
            exists: *exists,
            group1: *exists,
            level_triggered: true,
            ..Record::default()
        });
        Self {
            group0: false,
            group1: false,
            private: vec![private; cpus],
            shared: shared.collect(),
            in_hand: vec![Vec::new(); cpus],
        }
    }

    pub fn record(&mut self, cpu: usize, id: u32) -> &mut Record {
        match id {
            0..32 => &mut self.private[cpu][id as usize],
            _ => &mut self.shared[id as usize - 32],
        }
    }

    /// One bit of a register that has a bit an interrupt.
    pub fn bit(&mut self, cpu: usize, register: u64, id: u32) -> bool {
        let record = self.record(cpu, id);
        match register {
            0x080 => record.group1,
            0x100 | 0x180 => record.enabled,
            0x200 | 0x280 => record.is_pending(),
            _ => record.active,
        }
    }

    /// A one written to a bit of such a register; a zero too, for groups.
    pub fn write_bit(&mut self, cpu: usize, register: u64, id: u32, one: bool) {
        let record = self.record(cpu, id);
        if !record.exists {
            return;
        }
        match (register, one) {
            (0x080, _) => record.group1 = one,
            (_, false) => {}
            (0x100, _) => record.enabled = true,
            (0x180, _) => record.enabled = false,
            (0x200, _) => record.latched = true,
            (0x280, _) => record.latched = false,
            (0x300, _) => record.active = true,
            _ => record.active = false,
        }
    }

    pub fn set_input(&mut self, cpu: usize, id: u32, high: bool) {
        let record = self.record(cpu, id);
        if !record.exists {
            return;
        }
        if high && !record.input && !record.level_triggered {
            record.latched = true;
        }
        record.input = high;
    }

    pub fn pulse(&mut self, cpu: usize, id: u32) {
        let record = self.record(cpu, id);
        record.latched |= record.exists;
    }

    /// What the CPU is signalled, whatever it has in hand.
    fn best(&self, cpu: usize) -> Option<(u8, u32)> {
        let private = (0..32).zip(&self.private[cpu]);
        let shared = (32..)
            .zip(&self.shared)
            .filter(|(_, record)| record.route == cpu as u64);
        private
            .chain(shared)
            .filter(|(_, record)| record.enabled && record.is_pending() && !record.active)
            .filter(|(_, record)| {
                if record.group1 {
                    self.group1
                } else {
                    self.group0
                }
            })
            .map(|(id, record)| (record.priority, id))
            .min()
    }

    /// The CPU reads its acknowledge register.
    pub fn acknowledge(&mut self, cpu: usize) -> Option<u32> {
        let (priority, id) = self.best(cpu)?;
        let running = self.in_hand[cpu]
            .last()
            .map_or(MASK, |(_, running)| *running);
        if priority >= running {
            return None;
        }
        let record = self.record(cpu, id);
        record.active = true;
        record.latched = false;
        self.in_hand[cpu].push((id, priority));
        Some(id)
    }

    /// The CPU ends what it took last.
    pub fn end(&mut self, cpu: usize) -> Option<u32> {
        let (id, _) = self.in_hand[cpu].pop()?;
        self.record(cpu, id).active = false;
        Some(id)
    }

    /// Whether any CPU took `id` and hasn't ended it (of a private one: this CPU).
    pub fn is_in_hand(&self, cpu: usize, id: u32) -> bool {
        let mut cpus = self.in_hand.iter().enumerate();
        cpus.any(|(other, held)| {
            (id >= 32 || other == cpu) && held.iter().any(|(held, _)| *held == id)
        })
    }
}
