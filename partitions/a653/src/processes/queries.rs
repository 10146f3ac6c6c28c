//! What can be asked about processes.

use a653rs::bindings::{
    ApexProcessStatus, ErrorReturnCode, INFINITE_TIME_VALUE, LockLevel, ProcessId, ProcessIndex,
    ProcessName, ProcessState, ProcessorCoreId, SystemAddress,
};

use super::{Processes, Who, id};

impl Processes {
    /// Whether the partition is in normal mode.
    #[must_use]
    pub const fn is_normal(&self) -> bool {
        self.is_normal
    }

    /// How often preemption is locked.
    #[must_use]
    pub const fn lock_level(&self) -> LockLevel {
        self.lock_level
    }

    /// `GET_MY_ID`.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidMode`] for the main process and the error handler, which have none.
    pub fn my_id(&self) -> Result<ProcessId, ErrorReturnCode> {
        match self.current {
            Who::Process(index) => Ok(id(index)),
            _ => Err(ErrorReturnCode::InvalidMode),
        }
    }

    /// `GET_MY_INDEX`: from 0 on, in the order of creation.
    ///
    /// # Errors
    /// As [`Self::my_id`].
    pub fn my_index(&self) -> Result<ProcessIndex, ErrorReturnCode> {
        match self.current {
            Who::Process(index) => {
                ProcessIndex::try_from(index).map_err(|_| ErrorReturnCode::InvalidMode)
            }
            _ => Err(ErrorReturnCode::InvalidMode),
        }
    }

    /// `GET_PROCESS_ID`.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidConfig`] if there is none of this name.
    pub fn id_of(&self, name: &ProcessName) -> Result<ProcessId, ErrorReturnCode> {
        let mut all = self.table.iter();
        let index = all.position(|process| process.attributes.name == *name);
        index.map(id).ok_or(ErrorReturnCode::InvalidConfig)
    }

    /// `GET_PROCESS_STATUS`.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidParam`] if there is no such process.
    pub fn status(&self, id: ProcessId) -> Result<ApexProcessStatus, ErrorReturnCode> {
        let index = self.index(id)?;
        let process = &self.table[index];
        let state = if self.current == Who::Process(index) {
            ProcessState::Running
        } else {
            process.state()
        };
        Ok(ApexProcessStatus {
            deadline_time: process
                .deadline
                .map_or(INFINITE_TIME_VALUE, |at| self.clock.nanoseconds(at)),
            current_priority: process.priority,
            process_state: state,
            attributes: process.attributes.clone(),
        })
    }

    /// `INITIALIZE_PROCESS_CORE_AFFINITY`: a partition has one core, 0.
    ///
    /// # Errors
    /// Those of the service.
    pub fn initialize_core_affinity(
        &self,
        id: ProcessId,
        core: ProcessorCoreId,
    ) -> Result<(), ErrorReturnCode> {
        self.index(id)?;
        if !(-1..=0).contains(&core) {
            return Err(ErrorReturnCode::InvalidConfig);
        }
        if self.is_normal {
            return Err(ErrorReturnCode::InvalidMode);
        }
        Ok(())
    }

    /// A process's entry.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<SystemAddress> {
        let process = self.table.get(index);
        process.map(|process| process.attributes.entry_point)
    }

    /// The ports at which somebody waits, a bit each.
    #[must_use]
    pub fn ports_waited_at(&self) -> u64 {
        let mut ports = 0;
        for process in &self.table {
            if let Some(super::process::Wait::Port { port, .. }) = process.wait {
                ports |= 1 << (port % 64);
            }
        }
        ports
    }
}
