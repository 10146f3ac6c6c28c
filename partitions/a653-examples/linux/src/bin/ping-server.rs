//! The server of ping, an ARINC 653 application, as a process of Linux.

use a653rs::prelude::PartitionExt as _;
use a653rs_linux::partition::ApexLogger;
use paratia_a653_examples::application;
use paratia_a653_examples::ping::Server;
use paratia_a653_examples_linux::Linux;

application!(Example: Server on Linux);

fn main() {
    ApexLogger::install_panic_hook();
    ApexLogger::install_logger(log::LevelFilter::Info).expect("there is no other logger");
    Example.run()
}
