//! The partition `fuel-tank-simulation`: the fuel tank's simulation, an ARINC 653 application, on Paratia.

#![no_std]
#![no_main]

use paratia_a653::{Paratia, partition};
use paratia_a653_examples::application;
use paratia_a653_examples::fuel_tank::Simulation;

application!(Example: Simulation on Paratia);
partition!(Example);
