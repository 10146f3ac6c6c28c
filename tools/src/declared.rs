//! Whether a system keeps the rules, told before anything is built: the same findings that would stop
//! the build, all of them, and in the rules' words instead of the compiler's.

use anyhow::ensure;
use paratia_config::rules::{self, Finding, Message};

use crate::catalog::Choice;
use crate::pieces::{self, Piece};

/// What is found in a system without building or fetching anything.
pub struct Look {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Of which images nothing could be said, for they aren't there yet: a sentence each.
    pub not_yet: Vec<String>,
}

/// Looks at a system: at its name, at what its partitions are to run, and by the rules.
#[must_use]
pub fn look(choice: &Choice) -> Look {
    let images = pieces::look(choice);
    let mut findings = findings(choice, &images.pieces);
    findings.extend(images.findings);
    Look {
        findings,
        not_yet: images.not_yet,
    }
}

/// What the rules find in a system, with the pieces of its images if they are there.
fn findings(choice: &Choice, pieces: &[Piece]) -> Vec<Finding> {
    let pieces: Vec<_> = pieces.iter().map(Piece::for_rules).collect();
    let rules = rules::findings(choice.system, choice.board, &pieces);
    misnamed(choice).into_iter().chain(rules).collect()
}

/// A system is found by its file's name, and says its own in its log and its passports.
fn misnamed(choice: &Choice) -> Option<Finding> {
    let (file, own) = (choice.name, choice.system.name);
    (file != own).then(|| Finding {
        rule: "system_named_as_its_file",
        message: Message::new()
            .str("system ")
            .name(own)
            .str(": its file is called ")
            .str(&file.replace('-', "_"))
            .str(".rs, by which it is found as ")
            .name(file)
            .str("; give both one name"),
    })
}

/// A finding as a line.
#[must_use]
pub fn line(finding: &Finding) -> String {
    format!("{}: {}", finding.rule, finding.message.as_str())
}

/// How many findings there are in a system, as a sentence's end.
#[must_use]
pub fn count(choice: &Choice, count: usize) -> String {
    let findings = if count == 1 { "finding" } else { "findings" };
    format!(
        "system '{}' on {}: {count} {findings}",
        choice.name, choice.board.name
    )
}

/// Whether a system keeps every rule, with the pieces of its images. Without, nothing is said of whether
/// they fit, for those that are there may be older than their programs.
///
/// # Errors
/// The findings, a line each, as `cargo paratia check` lists them.
pub fn keeps_rules(choice: &Choice, pieces: &[Piece]) -> anyhow::Result<()> {
    let findings = if pieces.is_empty() {
        let mut all = findings(choice, &[]);
        all.extend(pieces::look(choice).findings);
        all
    } else {
        findings(choice, pieces)
    };
    let lines: Vec<String> = findings.iter().map(line).collect();
    ensure!(
        findings.is_empty(),
        "{}\n{}",
        count(choice, findings.len()),
        lines.join("\n")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use paratia_config::System;
    use paratia_config::machine::VirtualMachine;
    use paratia_config::system::{File, Image, Initrd, Partition, Schedule};
    use paratia_config::systems::LINUX_COMMAND_LINE;

    use super::*;
    use crate::catalog::choose;

    /// `hello` with something changed.
    fn changed(change: impl FnOnce(&mut System)) -> Choice {
        let mut choice = choose("qemu-virt", "hello").unwrap();
        let mut system = *choice.system;
        change(&mut system);
        choice.system = Box::leak(Box::new(system));
        choice
    }

    /// `hello` with something changed in its partition.
    fn with_partition(change: impl FnOnce(&mut Partition)) -> Choice {
        changed(|system| {
            let mut partitions = system.partitions.to_vec();
            change(&mut partitions[0]);
            system.partitions = partitions.leak();
        })
    }

    fn said(choice: &Choice) -> Vec<String> {
        look(choice).findings.iter().map(line).collect()
    }

    #[test]
    fn every_finding_is_a_line() {
        let choice = choose("qemu-virt", "hello").unwrap();
        assert!(keeps_rules(&choice, &[]).is_ok());
        let choice = changed(|system| {
            system.summary = "";
            system.schedule = Schedule {
                guard: Duration::ZERO,
                ..system.schedule
            };
        });
        let said = keeps_rules(&choice, &[]).unwrap_err().to_string();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 3, "{said}");
        assert_eq!(lines[0], "system 'hello' on qemu-virt: 2 findings");
        assert!(lines[1].starts_with("summary_is_a_line: system 'hello': its summary has 0 bytes"));
        assert!(lines[2].starts_with("guard_covers_longest_path: system 'hello': guard 0 ms"));
    }

    #[test]
    fn a_file_has_the_name_of_its_system() {
        let choice = changed(|system| system.name = "goodbye");
        assert_eq!(
            said(&choice),
            [
                "system_named_as_its_file: system 'goodbye': its file is called hello.rs, by which it \
                 is found as 'hello'; give both one name"
            ]
        );
    }

    /// What nobody has is said, and at once.
    #[test]
    fn as_many_vcpus_as_a_number_can_say() {
        let choice = with_partition(|it| {
            it.machine = VirtualMachine::PLAIN.with_vcpus(u32::MAX);
        });
        let said = said(&choice);
        let has_it = said.iter().any(|it| it.starts_with("vcpu_count: "));
        assert!(has_it && said.len() < 8, "{said:#?}");
        assert!(choice.listed.has_parts_of(choice.system));
    }

    #[test]
    fn a_program_that_does_not_exist_is_a_finding() {
        let run = |program| with_partition(|it| it.image = Image::Program(program));
        assert_eq!(
            said(&run("helo")),
            [
                "image_readable: partition 'hello': its program 'helo' doesn't exist; did you mean \
              'hello'?"
            ]
        );
        assert_eq!(
            said(&run("xyzzyxyzzyxyzzy")),
            [
                "image_readable: partition 'hello': its program 'xyzzyxyzzyxyzzy' doesn't exist; a program \
              is a file partitions/src/bin/NAME.rs or partitions/c/NAME.c"
            ]
        );
    }

    #[test]
    fn files_that_are_none_are_findings() {
        let linux = |path: &str| {
            let kernel = File::Path(path.to_owned().leak());
            with_partition(|it| {
                it.image = Image::Linux {
                    kernel,
                    initrd: Initrd::None,
                    command_line: LINUX_COMMAND_LINE,
                };
            })
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Image-6.12"), [0; 100]).unwrap();
        let path = folder.path().display();
        for (file, words) in [
            (
                format!("{path}/Image-6.21"),
                "Image-6.21 doesn't exist; did you mean 'Image-6.12'?",
            ),
            (
                format!("{path}/nothing"),
                "nothing doesn't exist; name a file that exists",
            ),
            (format!("{path}"), " is a folder; name a file in it"),
            (
                format!("{path}/Image-6.12"),
                "Image-6.12: it isn't an arm64 kernel's Image; name one",
            ),
        ] {
            let said = said(&linux(&file));
            assert_eq!(said.len(), 1, "{said:#?}");
            assert!(
                said[0].starts_with("image_readable: partition 'hello': "),
                "{said:#?}"
            );
            assert!(said[0].ends_with(words), "{said:#?}");
        }
    }

    #[test]
    fn what_is_not_built_yet_is_no_finding() {
        let look = look(&choose("qemu-virt", "linux").unwrap());
        assert!(look.findings.is_empty(), "{:#?}", look.findings.len());
    }
}
