//! A list register, and its forms in `ICH_LR<n>_EL2` (IHI 0069) and `GICH_LR<n>` (IHI 0048).

/// No interrupt has this number (IHI 0069, "Special INTIDs").
const SPURIOUS: u32 = 1023;

/// One interrupt that the guest's CPU interface can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListRegister {
    /// The guest's interrupt.
    pub intid: u32,
    /// The vCPU that sent it, for an SGI of GICv2; otherwise 0.
    pub source: u8,
    /// It is to be taken.
    pub pending: bool,
    /// It was taken and hasn't been ended.
    pub active: bool,
    /// Its priority.
    pub priority: u8,
    /// In Group 1, not 0.
    pub group1: bool,
    /// The physical interrupt behind it. Its end also ends that one, unless it is to be told: then
    /// whoever is told does.
    pub physical: Option<u32>,
    /// A maintenance interrupt tells of its end, so that what else there is of it is looked at.
    pub notify_end: bool,
}

impl ListRegister {
    /// Nothing. The number tells it apart from an ended SGI 0.
    pub const EMPTY: Self = Self {
        intid: SPURIOUS,
        source: 0,
        pending: false,
        active: false,
        priority: 0,
        group1: false,
        physical: None,
        notify_end: false,
    };

    /// As `ICH_LR<n>_EL2`.
    #[allow(
        clippy::inline_always,
        reason = "most of it is known where it is called"
    )]
    #[inline(always)]
    #[must_use]
    pub fn to_v3(self) -> u64 {
        let low = self.intid & 0x3FF | u32::from(self.source & 7) << 10;
        let physical = match self.physical {
            Some(id) if !self.notify_end => 1 << 61 | u64::from(id & 0x3FF) << 32,
            _ => u64::from(self.notify_end) << 41,
        };
        u64::from(low)
            | physical
            | u64::from(self.priority) << 48
            | u64::from(self.group1) << 60
            | u64::from(self.pending) << 62
            | u64::from(self.active) << 63
    }

    /// From `ICH_LR<n>_EL2`.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "each field is masked to its width"
    )]
    pub fn from_v3(raw: u64) -> Self {
        let hardware = raw >> 61 & 1 != 0;
        Self {
            intid: raw as u32 & 0x3FF,
            source: (raw >> 10) as u8 & 7,
            pending: raw >> 62 & 1 != 0,
            active: raw >> 63 != 0,
            priority: (raw >> 48) as u8,
            group1: raw >> 60 & 1 != 0,
            physical: hardware.then_some((raw >> 32) as u32 & 0x3FF),
            notify_end: !hardware && raw >> 41 & 1 != 0,
        }
    }

    /// As `GICH_LR<n>`.
    #[must_use]
    pub fn to_v2(self) -> u32 {
        let physical = match self.physical {
            Some(id) if !self.notify_end => 1 << 31 | (id & 0x3FF) << 10,
            _ => u32::from(self.notify_end) << 19 | u32::from(self.source & 7) << 10,
        };
        self.intid & 0x3FF
            | physical
            | u32::from(self.priority >> 3) << 23
            | u32::from(self.pending) << 28
            | u32::from(self.active) << 29
            | u32::from(self.group1) << 30
    }

    /// From `GICH_LR<n>`.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "each field is masked to its width"
    )]
    pub fn from_v2(raw: u32) -> Self {
        let hardware = raw >> 31 != 0;
        Self {
            intid: raw & 0x3FF,
            source: if hardware { 0 } else { (raw >> 10) as u8 & 7 },
            pending: raw >> 28 & 1 != 0,
            active: raw >> 29 & 1 != 0,
            priority: (raw >> 23 << 3) as u8,
            group1: raw >> 30 & 1 != 0,
            physical: hardware.then_some(raw >> 10 & 0x3FF),
            notify_end: !hardware && raw >> 19 & 1 != 0,
        }
    }
}

impl Default for ListRegister {
    fn default() -> Self {
        Self::EMPTY
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn any_register()(
            // As many SGIs as others, for these alone have a source.
            intid in prop_oneof![0..16_u32, 0..1024_u32], source in 0..8_u8, pending: bool, active: bool,
            priority in 0..32_u8, group1: bool, physical in proptest::option::of(0..1024_u32),
            notify_end: bool,
        ) -> ListRegister {
            ListRegister {
                intid,
                source: if physical.is_some() || intid >= 16 { 0 } else { source },
                pending,
                active,
                priority: priority << 3,
                group1,
                physical,
                notify_end: notify_end && physical.is_none(),
            }
        }
    }

    proptest! {
        #[test]
        fn both_forms_keep_everything(register in any_register()) {
            prop_assert_eq!(ListRegister::from_v3(register.to_v3()), register);
            prop_assert_eq!(ListRegister::from_v2(register.to_v2()), register);
        }
    }

    #[test]
    fn the_bits_are_where_the_manuals_say() {
        let register = ListRegister {
            intid: 27,
            pending: true,
            priority: 0xA0,
            group1: true,
            physical: Some(30),
            ..ListRegister::EMPTY
        };
        assert_eq!(register.to_v3(), 0x70A0_001E_0000_001B);
        assert_eq!(register.to_v2(), 0xDA00_781B);
        let level = ListRegister {
            intid: 33,
            active: true,
            notify_end: true,
            ..ListRegister::EMPTY
        };
        assert_eq!(level.to_v3(), 0x8000_0200_0000_0021);
        assert_eq!(level.to_v2(), 0x2008_0021);
        let software = ListRegister {
            intid: 3,
            source: 5,
            pending: true,
            ..ListRegister::EMPTY
        };
        assert_eq!(software.to_v2(), 0x1000_1403);
        // The end of a linked one is to be told: not the hardware's then.
        let told = ListRegister {
            notify_end: true,
            ..register
        };
        assert_eq!(told.to_v3(), 0x50A0_0200_0000_001B);
        assert_eq!(told.to_v2(), 0x5A08_001B);
    }
}
