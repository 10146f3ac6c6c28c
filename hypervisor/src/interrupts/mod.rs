//! Interrupts on their way to a guest: from the board's controller to the emulated one, and from there to
//! list registers. Touches the running guest's controller and this CPU's; never another partition's.
//!
//! # What moves, and by which word
//! ```text
//!   the board's controller       the partition's (Vgic)          list registers of the vCPU
//!            |                           |        ---- fill ------>        |
//!            | -------- offer ---------> |        <--- collect ----        |
//!            |                           |        <--- tell -------        |
//!            | ----------------------- place --------------------------->  |
//! ```
//! - **fill** moves the best of what is pending or in hand from the controller into list registers, which
//!   were collected before: what was filled twice would be lost.
//! - **collect** moves what the guest did with its list registers, and the ends that the hardware only
//!   counted, back into the controller. Collecting late is only collecting later.
//! - **place** puts one interrupt that comes into the first list register, if nothing else is in use there.
//!   The controller of a vCPU that rests isn't told ([`shortcut`]).
//! - **tell** says to the controller what was placed without its knowledge and is still there: before
//!   anybody collects, looks at the controller, or changes it.
//! - **offer** places an interrupt, or makes it pending at the controller and attends if that can't be.
//! - **attend** collects, fills and shows for the vCPU that runs here, if a change concerns it, and kicks
//!   siblings that it concerns, so that their CPUs do the same.
//! - **show** moves nothing: the guest's CPU interface signals from now on what is in list registers.
//!
//! # Who calls which, in which order
//! ```text
//! an interrupt comes        shortcut::handle   place                  almost always, without the controller
//!                           physical::handle   offer                  else; or, by its cause:
//!   maintenance, kick         lists::attend_here   tell, collect, fill, show, kick
//!   a device's                lists::attend        (the controller's pulse before)
//! a guest writes the        lists::change      tell, collect          so that the change finds all as it is
//! controller                                   the change
//!                                              fill, show, kick       if it concerns somebody
//! a guest reads it          exits::device      tell, attend           only if list registers know it better
//! a window begins           connection::connect       fill            masked still, so nothing shows
//!                           connection::unmask_guest  show            at the tick
//! a window ends             connection::mask_guest    no more signals
//!                           connection::disconnect    tell, collect, list registers empty, kick
//! ```
//! Others are kicked last, when one's own list registers are filled and the controller says what holds.

pub mod connection;
pub mod events;
pub mod kicks;
pub mod links;
pub mod lists;
pub mod numbers;
pub mod physical;
pub mod shortcut;
pub mod terminal;
