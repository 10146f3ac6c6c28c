//! The partition `ping-server`: the server of ping, an ARINC 653 application, on Paratia.

#![no_std]
#![no_main]

use paratia_a653::{Paratia, partition};
use paratia_a653_examples::application;
use paratia_a653_examples::ping::Server;

application!(Example: Server on Paratia);
partition!(Example);
