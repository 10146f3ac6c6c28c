//! How a guest reads its passport. The hypervisor only lays it down, as a constant.

use crate::passport::{
    MAX_ARGUMENTS_BYTES, MAX_NAME_BYTES, Name, Passport, PortRecord, REGION_DEVICE, RegionRecord,
    WindowRecord,
};

impl Name {
    /// The name as a string; empty if it isn't UTF-8.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self
            .0
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(MAX_NAME_BYTES);
        core::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

impl Passport {
    /// The arguments as a string; empty if they aren't UTF-8.
    #[must_use]
    pub fn arguments(&self) -> &str {
        let length = self
            .arguments
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(MAX_ARGUMENTS_BYTES);
        core::str::from_utf8(&self.arguments[..length]).unwrap_or_default()
    }

    /// The regions in use.
    #[must_use]
    pub fn regions(&self) -> &[RegionRecord] {
        self.regions
            .get(..self.region_count as usize)
            .unwrap_or_default()
    }

    /// The registers of the device called `name`, and what it is.
    #[must_use]
    pub fn device(&self, name: &str) -> Option<(&RegionRecord, &str)> {
        let mut all = self.regions().iter().zip(&self.device_models);
        all.find(|(region, _)| region.kind == REGION_DEVICE && region.name.as_str() == name)
            .map(|(region, model)| (region, model.as_str()))
    }

    /// The ports in use; a port's place in this slice is its index in calls.
    #[must_use]
    pub fn ports(&self) -> &[PortRecord] {
        self.ports
            .get(..self.port_count as usize)
            .unwrap_or_default()
    }

    /// The windows in use.
    #[must_use]
    pub fn windows(&self) -> &[WindowRecord] {
        self.windows
            .get(..self.window_count as usize)
            .unwrap_or_default()
    }
}
