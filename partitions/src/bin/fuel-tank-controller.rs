//! The partition `fuel-tank-controller`: the fuel tank's controller, an ARINC 653 application, on Paratia.

#![no_std]
#![no_main]

use paratia_a653::{Paratia, partition};
use paratia_a653_examples::application;
use paratia_a653_examples::fuel_tank::Controller;

application!(Example: Controller on Paratia);
partition!(Example);
