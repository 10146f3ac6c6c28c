//! Which system on which board: the arguments that most commands share.

use paratia::catalog::{self, Choice};

/// A system and a board.
#[derive(Debug, clap::Args)]
pub(crate) struct Selection {
    /// The system; `cargo paratia list` lists them.
    #[arg(default_value = "cluster")]
    system: String,
    /// The board that it is to run on.
    #[arg(long, default_value = "qemu-virt")]
    board: String,
}

impl Selection {
    /// The declared system.
    pub(crate) fn choice(&self) -> anyhow::Result<Choice> {
        catalog::choose(&self.board, &self.system)
    }
}
