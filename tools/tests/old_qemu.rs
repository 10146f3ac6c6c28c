//! An older QEMU is refused by every command that would start it, and nothing else is asked of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

#[test]
fn an_older_qemu_is_refused_before_anything_is_built() {
    let folder = tempfile::tempdir().expect("a folder");
    let (fake, used) = (
        folder.path().join("qemu-system-aarch64"),
        folder.path().join("used"),
    );
    let text = format!(
        "#!/bin/sh\nif [ \"$*\" = --version ]; then echo 'QEMU emulator version 7.2.22'; else echo \
         \"$*\" >> '{}'; fi\n",
        used.display()
    );
    fs::write(&fake, text).expect("the program is written");
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).expect("and can be started");
    for words in [
        "setup",
        "run hello",
        "run telltale --board raspi3b",
        "run hello --realtime",
        "bare test-linux linux",
        "profile hello",
        "bench --peer none",
        "test no_test_at_all",
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_paratia"))
            .args(words.split_whitespace())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("PARATIA_QEMU", &fake)
            .output()
            .expect("the command starts");
        let said = String::from_utf8_lossy(&output.stderr);
        let expected = format!(
            "and {} is 7.2; name a newer one by PARATIA_QEMU, or unset it",
            fake.display()
        );
        assert!(
            said.contains("QEMU 10.0 or newer is needed"),
            "{words}: {said}"
        );
        assert!(said.contains(&expected), "{words}: {said}");
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(
            output.stdout.is_empty() && !said.contains("building"),
            "{words}: {said}"
        );
    }
    assert!(!used.exists(), "it was asked for more than its version");
}
