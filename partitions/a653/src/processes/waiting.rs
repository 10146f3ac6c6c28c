//! Processes that wait at a queuing port, and in which order they are served.

use a653rs::bindings::{ErrorReturnCode, QueuingDiscipline};

use super::Processes;
use super::process::Wait;

impl Processes {
    /// The process that runs waits at a port until a moment, if there is one. `since` is the place that it had
    /// in the line before, when it was served and found that there was nothing yet.
    ///
    /// # Errors
    /// [`ErrorReturnCode::InvalidMode`] if it may not wait.
    pub fn wait_at_port(
        &mut self,
        port: usize,
        until: Option<u64>,
        since: Option<u64>,
    ) -> Result<u64, ErrorReturnCode> {
        let index = self.may_wait()?;
        let since = since.unwrap_or_else(|| self.take_order());
        let process = &mut self.table[index];
        process.timed_out = false;
        process.wait = Some(Wait::Port { port, until, since });
        Ok(since)
    }

    /// How many processes wait at a port.
    #[must_use]
    pub fn waiting_at(&self, port: usize) -> usize {
        let at = |wait: &Wait| matches!(wait, Wait::Port { port: at, .. } if *at == port);
        let all = self.table.iter();
        all.filter(|process| process.wait.as_ref().is_some_and(at))
            .count()
    }

    /// There is something at a port for one of those that wait there: who is first in line is ready.
    pub fn serve(&mut self, port: usize, discipline: QueuingDiscipline) {
        let order = self.take_order();
        let all = self.table.iter_mut();
        let waiting = all.filter_map(|process| match process.wait {
            Some(Wait::Port {
                port: at, since, ..
            }) if at == port => Some((since, process)),
            _ => None,
        });
        let first = waiting.min_by_key(|(since, process)| match discipline {
            QueuingDiscipline::Fifo => (0, *since),
            QueuingDiscipline::Priority => (-process.priority, *since),
        });
        if let Some((_, process)) = first {
            process.wait = None;
            process.order = order;
        }
    }
}
