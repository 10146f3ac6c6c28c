//! Finds the systems: every file in `src/systems` but `mod.rs` is one, named after the file.
//!
//! So a new system is one new file. The generated code holds a module for each and a list of them.

use std::{env, fmt::Write as _, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=src/systems");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("src/systems");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| module(&entry.unwrap().path()))
        .filter(|name| name != "mod")
        .collect();
    names.sort();

    let mut code = String::new();
    for name in &names {
        let path = folder.join(format!("{name}.rs"));
        writeln!(code, "#[path = {path:?}]\npub mod {name};").unwrap();
    }
    writeln!(
        code,
        "/// Every system for the board `B`: its name as on the command line, and its declaration.\n\
         #[must_use]\n\
         pub const fn all<B: crate::Board>() -> [(&'static str, &'static crate::System); {}] {{\n    [",
        names.len()
    )
    .unwrap();
    for name in &names {
        let shown = name.replace('_', "-");
        writeln!(
            code,
            "        ({shown:?}, &{name}::Definition::<B>::SYSTEM),"
        )
        .unwrap();
    }
    code.push_str("    ]\n}\n");
    fs::write(
        Path::new(&env::var("OUT_DIR").unwrap()).join("systems.rs"),
        code,
    )
    .unwrap();
}

/// The module in a file of the folder, unless it is something else, such as an editor's lock.
fn module(path: &Path) -> Option<String> {
    if path.extension()? != "rs" {
        return None;
    }
    let name = path.file_stem()?.to_str()?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if path.is_file()
        && name.bytes().all(plain)
        && name.starts_with(|it: char| it.is_ascii_alphabetic())
    {
        return Some(name.to_owned());
    }
    println!(
        "cargo::warning={} is no system: a system is a file NAME.rs, of a-z, 0-9 and '_'",
        path.display()
    );
    None
}
