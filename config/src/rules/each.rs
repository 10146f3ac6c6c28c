//! `each!`: a loop over a slice that `const fn` can run, where `for` isn't stable yet.

/// `each! { item in list => { … } }`, or `each! { index, item in list => { … } }` with the item's
/// index. `continue` and `break` work as in a `for` loop.
macro_rules! each {
    ($item:ident in $list:expr => $body:block) => {
        each! { _index, $item in $list => $body }
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
}

pub(super) use each;
