//! Lines of Rust sources: code without blanks, comments and tests, and what is `unsafe` in it.
//!
//! It reads lines, not syntax: enough for sources that rustfmt has laid out.

use std::collections::BTreeSet;
use std::io;
use std::ops::{Add, RangeInclusive};
use std::path::Path;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Lines that are neither blank nor a comment nor part of a test; assembly included.
    pub code: u64,
    /// Of these, lines of `global_asm!`.
    pub assembly: u64,
    /// `unsafe` blocks.
    pub unsafe_blocks: u64,
    /// Lines of code with a part in such a block.
    pub unsafe_code: u64,
    /// `unsafe` functions, implementations, traits and external blocks.
    pub unsafe_items: u64,
}

impl Add for Lines {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            code: self.code + other.code,
            assembly: self.assembly + other.assembly,
            unsafe_blocks: self.unsafe_blocks + other.unsafe_blocks,
            unsafe_code: self.unsafe_code + other.unsafe_code,
            unsafe_items: self.unsafe_items + other.unsafe_items,
        }
    }
}

/// Counts all sources below `folder`, without files and folders of a name in `without`, and without
/// those that hold tests.
pub(super) fn count(folder: &Path, without: &[&str]) -> io::Result<Lines> {
    let mut sum = Lines::default();
    visit(folder, without, &mut |_, text| {
        sum = sum + count_text(text, &[]);
    })?;
    Ok(sum)
}

/// Lines of what is in an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    /// Of functions and assembly.
    pub running: u64,
    /// Of what is in no function: types, constants, tables, imports.
    pub declarations: u64,
}

impl Add for Linked {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            running: self.running + other.running,
            declarations: self.declarations + other.declarations,
        }
    }
}

impl Linked {
    /// Of a source, of which instructions come from these lines (the first is 1).
    fn of(text: &str, linked: &BTreeSet<u64>) -> Self {
        let is_linked = |range: &RangeInclusive<usize>| {
            let numbers = *range.start() as u64 + 1..=*range.end() as u64 + 1;
            linked.range(numbers).next().is_some()
        };
        let functions = functions(text);
        let others = count_text(text, &functions);
        let unlinked: Vec<_> = functions.into_iter().filter(|it| !is_linked(it)).collect();
        let all = count_text(text, &unlinked);
        Self {
            running: all.code - others.code + others.assembly,
            declarations: others.code - others.assembly,
        }
    }
}

/// Counts what of the sources below `folder` is in an image, of which `linked` says the lines that
/// instructions come from: functions with such a line, and all that is in no function of files that have
/// one.
pub(super) fn count_linked(
    folder: &Path,
    linked: &dyn Fn(&Path) -> Option<BTreeSet<u64>>,
) -> io::Result<Linked> {
    let mut sum = Linked::default();
    visit(folder, &[], &mut |path, text| {
        if let Some(lines) = linked(path) {
            sum = sum + Linked::of(text, &lines);
        }
    })?;
    Ok(sum)
}

fn visit(folder: &Path, without: &[&str], found: &mut dyn FnMut(&Path, &str)) -> io::Result<()> {
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if without.contains(&&*name) || ["tests", "tests.rs"].contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            visit(&path, without, found)?;
        } else if name.ends_with(".rs") {
            found(&path, &std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// The functions, as the indices of their first and last lines. A macro's are left alone: their
/// instructions come from where it is used.
fn functions(text: &str) -> Vec<RangeInclusive<usize>> {
    let mut lines = text.lines().map(str::trim).enumerate();
    let mut all = Vec::new();
    while let Some((first, line)) = lines.next() {
        let is_function = starts_function(line);
        if !is_function && !line.starts_with("macro_rules!") {
            continue;
        }
        let mut item = Depth::default();
        let mut last = first;
        let mut opened = item.follow(line);
        let mut ends = !item.is_open() && (opened || line.ends_with(';'));
        while !ends && let Some((index, line)) = lines.next() {
            last = index;
            opened |= item.follow(line);
            ends = !item.is_open() && (opened || line.ends_with(';'));
        }
        if is_function {
            all.push(first..=last);
        }
    }
    all
}

/// Whether a line is the head of a function.
fn starts_function(line: &str) -> bool {
    const QUALIFIERS: &[&str] = &["pub", "const", "unsafe", "extern", "\"C\""];
    let mut words = line.split(' ').skip_while(|word| {
        QUALIFIERS.contains(word) || word.starts_with("pub(") || word.ends_with(')')
    });
    words.next() == Some("fn")
}

/// Whether the item after this attribute is compiled for tests only.
fn is_for_tests(line: &str) -> bool {
    line == "#[cfg(test)]" || line.starts_with("#[cfg(all(test")
}

/// Counts a source without the lines in `without`, by their indices.
fn count_text(text: &str, without: &[RangeInclusive<usize>]) -> Lines {
    let mut lines = Lines::default();
    let mut source = text
        .lines()
        .enumerate()
        .filter(|(index, _)| !without.iter().any(|range| range.contains(index)))
        .map(|(_, line)| line.trim());
    let mut block = Depth::default();
    let mut assembly = false;
    while let Some(line) = source.next() {
        if is_for_tests(line) {
            skip_item(&mut source);
            continue;
        }
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        lines.code += 1;
        if assembly {
            assembly = !line.starts_with("\"#");
            lines.assembly += u64::from(assembly);
            continue;
        }
        assembly = line.ends_with("r#\"");
        let code = line.split(" // ").next().unwrap_or(line);
        let blocks = code.matches("unsafe {").count() as u64;
        lines.unsafe_blocks += blocks;
        for item in [
            "unsafe fn ",
            "unsafe impl",
            "unsafe trait ",
            "unsafe extern ",
        ] {
            lines.unsafe_items += code.matches(item).count() as u64;
        }
        lines.unsafe_code += u64::from(block.is_open() || blocks > 0);
        if block.is_open() {
            block.follow(code);
        } else if let Some(at) = code.find("unsafe {") {
            block.follow(&code[at..]);
        }
    }
    lines
}

/// Goes past an item: further attributes, and all up to its closing brace or semicolon.
fn skip_item<'a>(lines: &mut impl Iterator<Item = &'a str>) {
    let mut item = Depth::default();
    let mut opened = false;
    for line in lines {
        opened |= item.follow(line);
        if !item.is_open() && (opened || line.ends_with(';')) {
            return;
        }
    }
}

/// How many braces are open, and before the first of them how many parentheses: a pattern among a
/// function's parameters has braces, too.
#[derive(Default)]
struct Depth {
    braces: usize,
    parentheses: usize,
}

impl Depth {
    /// Follows the braces of a line until all are closed; whether there was any.
    fn follow(&mut self, line: &str) -> bool {
        let mut any = false;
        for character in line.chars() {
            match character {
                '(' if self.braces == 0 => self.parentheses += 1,
                ')' if self.braces == 0 => self.parentheses = self.parentheses.saturating_sub(1),
                '{' if self.parentheses == 0 => {
                    self.braces += 1;
                    any = true;
                }
                '}' if self.parentheses == 0 => {
                    self.braces = self.braces.saturating_sub(1);
                    if self.braces == 0 {
                        return any;
                    }
                }
                _ => {}
            }
        }
        any
    }

    fn is_open(&self) -> bool {
        self.braces > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_blanks_and_tests_are_no_code() {
        let text = "//! Doc.\n\nuse x;\n#[cfg(test)]\nmod fake;\n\nfn f() {\n    // Why.\n    g();\n}\n\
                    #[cfg(test)]\n#[path = \"x.rs\"]\nmod tests {\n    fn t() {\n    }\n}\nconst A: u8 = 1;\n";
        let lines = count_text(text, &[]);
        assert_eq!(lines.code, 5);
        assert_eq!((lines.unsafe_blocks, lines.unsafe_code), (0, 0));
    }

    #[test]
    fn functions_that_are_not_linked_do_not_count() {
        let text = "use x;\n\npub const fn f() {\n    g();\n}\n\nimpl A {\n    pub(super) fn h(\n        \
                    a: u8,\n    ) -> u8 {\n        a\n    }\n}\nmacro_rules! m {\n    () => {\n        \
                    fn i() {}\n    };\n}\n";
        let count = |linked: &[u64]| {
            let Linked {
                running,
                declarations,
            } = Linked::of(text, &linked.iter().copied().collect());
            (running, declarations)
        };
        assert_eq!(count(&[4, 11]), (8, 8));
        assert_eq!(count(&[4]), (3, 8));
        assert_eq!(count(&[11]), (5, 8));
    }

    #[test]
    fn a_pattern_among_parameters_is_no_body() {
        let text = "fn f(A { a, .. }: A) -> u8 {\n    a\n}\nfn g(\n    A {\n        a,\n    }: A,\n) {\n    \
                    h(a);\n}\nuse x;\n";
        let linked = Linked::of(text, &BTreeSet::from([2, 9]));
        assert_eq!((linked.running, linked.declarations), (10, 1));
    }

    #[test]
    fn unsafe_blocks_are_counted_with_their_lines() {
        let text = "unsafe fn f() {\n    // SAFETY: x.\n    let a = unsafe { g() };\n    h(a);\n    \
                    // SAFETY: y.\n    unsafe {\n        i();\n        if a { j() }\n    }\n}\n\
                    unsafe impl Sync for A {}\n";
        let expected = Lines {
            code: 9,
            assembly: 0,
            unsafe_blocks: 2,
            unsafe_code: 5,
            unsafe_items: 2,
        };
        assert_eq!(count_text(text, &[]), expected);
    }

    #[test]
    fn assembly_is_code_but_not_its_comments() {
        let text = "global_asm!(\n    r#\"\n// Reset.\n_start:\n    wfi   // wait\n\"#,\n    a = sym b,\n);\n";
        let lines = count_text(text, &[]);
        assert_eq!((lines.code, lines.assembly), (7, 2));
        let linked = Linked::of(text, &BTreeSet::from([5]));
        assert_eq!((linked.running, linked.declarations), (2, 5));
    }
}
