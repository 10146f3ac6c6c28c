//! [`each!`](crate::each): a loop that `const fn` can run, where `for` isn't stable yet.

/// A `for` loop for constants.
///
/// - `each! { item in list => { … } }` takes each item of a slice (or of a reference to an array), by reference;
/// - `each! { index, item in list => { … } }` also with its index;
/// - `each! { index below end => { … } }` counts from 0, and
///   `each! { index from start, below end => { … } }` from `start`, up to and without `end`.
///
/// `continue` and `break` work as in a `for` loop, and `return` leaves the function. The list and the end are
/// asked for once, before the first round.
///
/// ```
/// const fn sum(list: &[u32]) -> u32 {
///     let mut sum = 0;
///     paratia_config::each! { number in list => {
///         sum += *number;
///     }}
///     sum
/// }
/// assert_eq!(const { sum(&[1, 2, 3]) }, 6);
///
/// const SQUARES: [usize; 4] = {
///     let mut squares = [0; 4];
///     paratia_config::each! { index from 1, below 4 => {
///         squares[index] = index * index;
///     }}
///     squares
/// };
/// assert_eq!(SQUARES, [0, 1, 4, 9]);
/// ```
#[macro_export]
macro_rules! each {
    ($item:ident in $list:expr => $body:block) => {
        $crate::each! { _index, $item in $list => $body }
    };
    ($index:ident, $item:ident in $list:expr => $body:block) => {
        let list = $list;
        let count = list.len();
        let mut next = 0;
        while next < count {
            let $index = next;
            let $item = &list[next];
            next += 1;
            $body
        }
    };
    ($index:ident below $end:expr => $body:block) => {
        $crate::each! { $index from 0, below $end => $body }
    };
    ($index:ident from $start:expr, below $end:expr => $body:block) => {
        let end = $end;
        let mut next = $start;
        while next < end {
            let $index = next;
            next += 1;
            $body
        }
    };
}
