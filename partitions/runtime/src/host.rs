//! What stands for the hypervisor where there is none: on the host, for documentation and tests.

/// Stands for a call: there is nobody to answer it.
///
/// # Panics
/// Always, but in this crate's own tests, which answer calls themselves.
pub fn call(function: u32, arguments: &[(&str, u64)]) -> (i64, [u64; 3]) {
    #[cfg(test)]
    if let Some(answer) = fake::answer(function, arguments) {
        return answer;
    }
    panic!("call {function:#x} with {arguments:?}: no hypervisor is here");
}

/// A hypervisor for this crate's tests: each thread's own.
#[cfg(test)]
pub mod fake {
    use std::boxed::Box;
    use std::cell::RefCell;
    use std::thread_local;

    /// What answers a call: `x0`, and `x1` to `x3`.
    type Answers = Box<dyn FnMut(u32, [u64; 3]) -> (i64, [u64; 3])>;

    thread_local! {
        static ANSWERS: RefCell<Option<Answers>> = const { RefCell::new(None) };
    }

    /// Lets `answers` answer this thread's calls from now on.
    pub fn install(answers: impl FnMut(u32, [u64; 3]) -> (i64, [u64; 3]) + 'static) {
        ANSWERS.with(|place| *place.borrow_mut() = Some(Box::new(answers)));
    }

    pub fn answer(function: u32, arguments: &[(&str, u64)]) -> Option<(i64, [u64; 3])> {
        let register = |name| {
            let found = arguments.iter().find(|(register, _)| *register == name);
            found.map_or(0, |(_, value)| *value)
        };
        ANSWERS.with(|place| {
            let mut place = place.borrow_mut();
            let answers = place.as_mut()?;
            Some(answers(
                function,
                [register("x1"), register("x2"), register("x3")],
            ))
        })
    }
}
