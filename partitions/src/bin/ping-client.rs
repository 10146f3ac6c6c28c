//! The partition `ping-client`: the client of ping, an ARINC 653 application, on Paratia.

#![no_std]
#![no_main]

use paratia_a653::{Paratia, partition};
use paratia_a653_examples::application;
use paratia_a653_examples::ping::Client;

application!(Example: Client on Paratia);
partition!(Example);
