//! What a guest finds that is built for Xen on Arm: its calls' numbers and structures, its event channels, the
//! console's ring, and the one way by which its pointers are followed. Touches the guest's own memory, through
//! [`memory::Memory`]; never another partition's, which no value here can name.
//!
//! Xen's interface has pointers, and Paratia's own has none. They get in by one narrow way: an address is
//! translated as the guest's own tables say ([`stage1`]), looked up in the constant regions of that partition
//! ([`memory::Own`]), and copied once ([`mod@pointer`]). Nothing is mapped, and no other partition's memory is
//! within reach, because a page that isn't in those regions can't be made a [`memory::Page`].

pub mod call;
pub mod events;
pub mod memory;
pub mod pointer;
pub mod ring;
pub mod stage1;
pub mod status;
pub mod structures;
