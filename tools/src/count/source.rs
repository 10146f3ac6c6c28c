//! Lines of Rust sources: code without blanks, comments and tests, and what is `unsafe` in it.
//!
//! It reads lines, not syntax: enough for sources that rustfmt has laid out.

use std::io;
use std::ops::Add;
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
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if without.contains(&&*name) || ["tests", "tests.rs"].contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            sum = sum + count(&path, without)?;
        } else if name.ends_with(".rs") {
            sum = sum + count_text(&std::fs::read_to_string(&path)?);
        }
    }
    Ok(sum)
}

/// Whether the item after this attribute is compiled for tests only.
fn is_for_tests(line: &str) -> bool {
    line == "#[cfg(test)]" || line.starts_with("#[cfg(all(test")
}

fn count_text(text: &str) -> Lines {
    let mut lines = Lines::default();
    let mut source = text.lines().map(str::trim);
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

/// How many braces are open.
#[derive(Default)]
struct Depth(usize);

impl Depth {
    /// Follows the braces of a line until all are closed; whether there was any.
    fn follow(&mut self, line: &str) -> bool {
        let mut any = false;
        for character in line.chars() {
            match character {
                '{' => {
                    self.0 += 1;
                    any = true;
                }
                '}' => {
                    self.0 = self.0.saturating_sub(1);
                    if self.0 == 0 {
                        return any;
                    }
                }
                _ => {}
            }
        }
        any
    }

    fn is_open(&self) -> bool {
        self.0 > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_blanks_and_tests_are_no_code() {
        let text = "//! Doc.\n\nuse x;\n#[cfg(test)]\nmod fake;\n\nfn f() {\n    // Why.\n    g();\n}\n\
                    #[cfg(test)]\n#[path = \"x.rs\"]\nmod tests {\n    fn t() {\n    }\n}\nconst A: u8 = 1;\n";
        let lines = count_text(text);
        assert_eq!(lines.code, 5);
        assert_eq!((lines.unsafe_blocks, lines.unsafe_code), (0, 0));
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
        assert_eq!(count_text(text), expected);
    }

    #[test]
    fn assembly_is_code_but_not_its_comments() {
        let text = "global_asm!(\n    r#\"\n// Reset.\n_start:\n    wfi   // wait\n\"#,\n    a = sym b,\n);\n";
        let lines = count_text(text);
        assert_eq!((lines.code, lines.assembly), (7, 2));
    }
}
