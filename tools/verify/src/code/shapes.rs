//! What names of functions say of the image's tables, against what was declared.
//!
//! Sizes of tables are parameters of types, and stand in the names of the functions that go through them. So
//! the quantities by which loops are bounded aren't believed where the image says them itself.

use std::collections::BTreeSet;

use super::bounds::Quantities;
use super::checks::Code;
use super::finding::Finding;

/// The emulated interrupt controller, and its parameters in order.
const CONTROLLER: (&str, [&str; 2]) = ("machine::vgic::banks::Vgic<", ["VCPUS", "BLOCKS"]);

/// Quantities that the image has otherwise.
pub fn are_as_declared(code: &Code, quantities: &Quantities, findings: &mut Vec<Finding>) {
    let (name, parameters) = CONTROLLER;
    let mut seen = BTreeSet::new();
    for (address, function) in code.text.functions() {
        let Some(numbers) = numbers(function, name).filter(|it| it.len() == parameters.len())
        else {
            continue;
        };
        for (quantity, number) in parameters.iter().zip(numbers) {
            let declared = quantities.get(*quantity).copied();
            if declared.is_some_and(|declared| declared < number) && seen.insert(*quantity) {
                let what = format!(
                    "the image has {quantity} = {number} in {function}, and {} was declared, by which its loops are \
                     bounded; examine the image with the system that it was built of",
                    declared.unwrap_or_default()
                );
                findings.push(Finding::at(code.text, code.places, address, what));
            }
        }
    }
}

/// The numbers between a type's brackets in a function's name: `1, 2` of `Vgic<1, 2>`.
fn numbers(function: &str, name: &str) -> Option<Vec<u64>> {
    let (_, rest) = function.split_once(name)?;
    let (inside, _) = rest.split_once('>')?;
    inside.split(',').map(|it| it.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_between_brackets() {
        let name = "<paratia_hypervisor::machine::vgic::banks::Vgic<1, 2>>::best";
        assert_eq!(numbers(name, CONTROLLER.0), Some(vec![1, 2]));
        assert_eq!(numbers("a::Vgic<T, 2>::best", "a::Vgic<"), None);
        assert_eq!(numbers("memcpy", CONTROLLER.0), None);
    }
}
