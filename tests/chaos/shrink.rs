//! The shortest script that still breaks a promise.

use super::script::{STEPS, Script};

/// Leaves out steps as long as what remains `breaks` the promise: halves first, then smaller and smaller
/// pieces, then single steps, until none can be left out.
pub fn shrink(script: Script, mut breaks: impl FnMut(Script) -> bool) -> Script {
    let mut kept = script.kept;
    let mut size = STEPS / 2;
    loop {
        let before = kept;
        let mut from = 0;
        while from < STEPS {
            let piece = ((1_u64 << size) - 1) << from;
            let rest = kept & !piece;
            if rest != kept
                && breaks(Script {
                    kept: rest,
                    ..script
                })
            {
                kept = rest;
            }
            from += size;
        }
        if size > 1 {
            size /= 2;
        } else if kept == before {
            return Script { kept, ..script };
        }
    }
}

#[test]
fn what_is_needed_remains() {
    let whole = Script {
        seed: 7,
        kept: super::script::ALL,
    };
    let needed = 1 << 3 | 1 << 17 | 1 << 39;
    let mut runs = 0;
    let shrunk = shrink(whole, |script| {
        runs += 1;
        script.kept & needed == needed
    });
    assert_eq!(shrunk.kept, needed);
    assert!(runs < 100, "{runs} runs");
}
