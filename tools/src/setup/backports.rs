//! Debian's backports, found through the package sources that this machine has: same server, same
//! keys, another suite.

use std::fs;
use std::path::Path;

/// The suite of backports for this machine's release, such as `bookworm-backports`; nothing if it
/// isn't a Debian.
pub(super) fn suite() -> Option<String> {
    let release = fs::read_to_string("/etc/os-release").ok()?;
    codename(&release).map(suite_of)
}

fn suite_of(codename: &str) -> String {
    format!("{codename}-backports")
}

/// The source of backports for this machine, in `apt`'s one-line form; nothing if it isn't a Debian
/// or has no source of its own release.
pub(super) fn source() -> Option<String> {
    let release = fs::read_to_string("/etc/os-release").ok()?;
    let codename = codename(&release)?;
    let folder = Path::new("/etc/apt");
    let mut files = vec![folder.join("sources.list")];
    let parts = fs::read_dir(folder.join("sources.list.d")).ok();
    files.extend(parts.into_iter().flatten().flatten().map(|it| it.path()));
    files.sort();
    files.iter().find_map(|file| {
        let text = fs::read_to_string(file).ok()?;
        match file.extension()?.to_str()? {
            "sources" => from_stanzas(&text, codename),
            "list" => from_lines(&text, codename),
            _ => None,
        }
    })
}

/// `bookworm` of `VERSION_CODENAME=bookworm`, on Debian.
fn codename(release: &str) -> Option<&str> {
    let value = |key: &str| {
        let mut lines = release.lines();
        lines.find_map(|line| Some(line.strip_prefix(key)?.strip_prefix('=')?.trim_matches('"')))
    };
    value("VERSION_CODENAME").filter(|_| value("ID") == Some("debian"))
}

/// From stanzas of `Key: value` lines (deb822).
fn from_stanzas(text: &str, codename: &str) -> Option<String> {
    text.split("\n\n").find_map(|stanza| {
        let value = |key: &str| {
            let mut lines = stanza.lines();
            lines.find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim()))
        };
        let has =
            |key: &str, word: &str| value(key).is_some_and(|all| words(all).any(|it| it == word));
        if !has("Types", "deb") || !has("Suites", codename) || !has("Components", "main") {
            return None;
        }
        let server = words(value("URIs")?).next()?;
        let keys = value("Signed-By").filter(|keys| keys.starts_with('/'));
        let options = keys.map_or_else(String::new, |keys| format!("[signed-by={keys}] "));
        Some(line(&options, server, codename))
    })
}

/// From lines of `deb [options] server suite components`.
fn from_lines(text: &str, codename: &str) -> Option<String> {
    text.lines().find_map(|text| {
        let rest = text.trim().strip_prefix("deb ")?.trim_start();
        let (options, rest) = match rest.strip_prefix('[') {
            Some(rest) => {
                let (options, rest) = rest.split_once(']')?;
                (format!("[{options}] "), rest)
            }
            None => (String::new(), rest),
        };
        let mut parts = words(rest);
        let (server, suite) = (parts.next()?, parts.next()?);
        (suite == codename && parts.any(|it| it == "main"))
            .then(|| line(&options, server, codename))
    })
}

fn line(options: &str, server: &str, codename: &str) -> String {
    format!("deb {options}{server} {} main", suite_of(codename))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_debians() {
        let debian = "PRETTY_NAME=\"x\"\nVERSION_CODENAME=bookworm\nID=debian\n";
        assert_eq!(codename(debian), Some("bookworm"));
        assert_eq!(codename("VERSION_CODENAME=jammy\nID=ubuntu\n"), None);
        assert_eq!(codename("ID=debian\n"), None);
    }

    #[test]
    fn stanzas_keep_server_and_keys() {
        let text = "Types: deb\n# a comment\nURIs: http://mirror.invalid/security\n\
                    Suites: bookworm-security\nComponents: main\n\n\
                    Types: deb deb-src\nURIs: http://mirror.invalid/debian\n\
                    Suites: bookworm bookworm-updates\nComponents: main contrib\n\
                    Signed-By: /usr/share/keyrings/keys.gpg\n";
        assert_eq!(
            from_stanzas(text, "bookworm").unwrap(),
            "deb [signed-by=/usr/share/keyrings/keys.gpg] http://mirror.invalid/debian \
             bookworm-backports main"
        );
        assert_eq!(from_stanzas(text, "trixie"), None);
    }

    #[test]
    fn lines_keep_server_and_options() {
        let text = "# deb http://old.invalid/debian bookworm main\n\
                    deb http://mirror.invalid/security bookworm-security main\n\
                    deb [arch=amd64] http://mirror.invalid/debian bookworm contrib main\n";
        assert_eq!(
            from_lines(text, "bookworm").unwrap(),
            "deb [arch=amd64] http://mirror.invalid/debian bookworm-backports main"
        );
        assert_eq!(
            from_lines(
                "deb http://mirror.invalid/debian bookworm contrib",
                "bookworm"
            ),
            None
        );
    }
}
