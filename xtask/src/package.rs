//! A Debian package of the release binary: a small tree, packed by `dpkg-deb`, looked at before it is said to be done.
//!
//! `cargo-deb` would be one more program to build for what is a dozen files to put in place.

use crate::run::{cargo, root, step, xueshi};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where files of `packaging/` go, and with which mode.
const FILES: &[(&str, &str, u32)] = &[
    ("xueshi.service", "usr/lib/systemd/system/xueshi.service", 0o644),
    ("xueshi-backup.service", "usr/lib/systemd/system/xueshi-backup.service", 0o644),
    ("xueshi-backup.timer", "usr/lib/systemd/system/xueshi-backup.timer", 0o644),
    ("sysusers.conf", "usr/lib/sysusers.d/xueshi.conf", 0o644),
    ("xueshi.toml", "etc/xueshi/xueshi.toml", 0o644),
    ("copyright", "usr/share/doc/xueshi/copyright", 0o644),
    ("postinst", "DEBIAN/postinst", 0o755),
    ("prerm", "DEBIAN/prerm", 0o755),
    ("postrm", "DEBIAN/postrm", 0o755),
];

/// Completions of shells, and where each looks for them.
const COMPLETIONS: [(&str, &str); 3] =
    [("bash", "usr/share/bash-completion/completions/xueshi"), ("zsh", "usr/share/zsh/vendor-completions/_xueshi"), ("fish", "usr/share/fish/vendor_completions.d/xueshi.fish")];

/// Builds the package into `target/debian/`.
pub(crate) fn package() -> Result<(), String> {
    step("build", &mut cargo(&["build", "--release", "--package", "xueshi"]))?;
    let binary = PathBuf::from(xueshi(&[]).get_program());
    let out = binary.parent().and_then(Path::parent).map(|target| target.join("debian")).ok_or("there is no target folder")?;
    let tree = out.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree).map_err(|why| format!("{}: {why}", tree.display()))?;
    }
    place(&tree, "usr/bin/xueshi", &fs::read(&binary).map_err(|why| format!("{}: {why}", binary.display()))?, 0o755)?;
    for (from, to, mode) in FILES {
        place(&tree, to, &kept(&root().join("packaging").join(from))?, *mode)?;
    }
    for name in ["operation.md", "operation.en.md"] {
        place(&tree, &format!("usr/share/doc/xueshi/{name}"), &kept(&root().join("docs").join(name))?, 0o644)?;
    }
    place(&tree, "usr/share/doc/xueshi/CHANGELOG.md", &kept(&root().join("CHANGELOG.md"))?, 0o644)?;
    for (shell, to) in COMPLETIONS {
        place(&tree, to, &said(&mut xueshi(&["completions", shell]))?, 0o644)?;
    }
    place(&tree, "DEBIAN/conffiles", b"/etc/xueshi/xueshi.toml\n", 0o644)?;
    let version = env!("CARGO_PKG_VERSION");
    let architecture = String::from_utf8_lossy(&said(Command::new("dpkg").arg("--print-architecture"))?).trim().to_owned();
    place(&tree, "DEBIAN/control", control(version, &architecture, kibibytes(&tree)?).as_bytes(), 0o644)?;
    let package = out.join(format!("xueshi_{version}_{architecture}.deb"));
    step("package", Command::new("dpkg-deb").args(["--build", "--root-owner-group"]).arg(&tree).arg(&package))?;
    look(&package, &tree)?;
    println!("{}", package.display());
    Ok(())
}

fn control(version: &str, architecture: &str, kibibytes: u64) -> String {
    format!(
        "Package: xueshi\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: the xueshi authors <xueshi@localhost>\nInstalled-Size: {kibibytes}\nSection: misc\nPriority: optional\n\
         Depends: libc6 (>= 2.36), systemd, fonts-noto-cjk\nRecommends: ca-certificates\nSuggests: postgresql-client\n\
         Description: continuing education of professionals, by its regulations\n \
         Hours are computed and explained clause by clause, reviewed, entered in a\n ledger that nobody can quietly alter, and printed on certificates that anyone\n can verify. SQLite is built in; PostgreSQL serves several servers.\n"
    )
}

/// What dpkg says of it, that units are right, and that the binary in it reads the configuration in it.
fn look(package: &Path, tree: &Path) -> Result<(), String> {
    step("package: control", Command::new("dpkg-deb").arg("--info").arg(package))?;
    let listed = String::from_utf8_lossy(&said(Command::new("dpkg-deb").arg("--contents").arg(package))?).into_owned();
    for (_, to, mode) in FILES.iter().filter(|(_, to, _)| !to.starts_with("DEBIAN")) {
        let mode = if *mode == 0o755 { "-rwxr-xr-x root/root" } else { "-rw-r--r-- root/root" };
        if !listed.lines().any(|line| line.starts_with(mode) && line.ends_with(&format!("./{to}"))) {
            return Err(format!("{to} is not in the package as {mode}:\n{listed}"));
        }
    }
    let config = tree.join("etc/xueshi/xueshi.toml").display().to_string();
    step("package: configuration", Command::new(tree.join("usr/bin/xueshi")).args(["serve", "--print-config", "--config", &config]))?;
    let units = ["xueshi.service", "xueshi-backup.service", "xueshi-backup.timer"];
    // Where there is no systemd, its service manager can not be asked.
    if Command::new("systemd-analyze").arg("--version").output().is_ok() {
        let root = format!("--root={}", tree.display());
        step("package: units", Command::new("systemd-analyze").args(["verify", "--man=no", "--recursive-errors=no", &root]).args(units))?;
    }
    Ok(())
}

fn place(tree: &Path, to: &str, bytes: &[u8], mode: u32) -> Result<(), String> {
    let path = tree.join(to);
    let wrong = |why: std::io::Error| format!("{}: {why}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    fs::write(&path, bytes).map_err(wrong)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).map_err(wrong)
}

fn kept(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|why| format!("{}: {why}", path.display()))
}

fn said(command: &mut Command) -> Result<Vec<u8>, String> {
    let done = command.output().map_err(|why| format!("{command:?}: {why}"))?;
    if done.status.success() { Ok(done.stdout) } else { Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr))) }
}

fn kibibytes(folder: &Path) -> Result<u64, String> {
    let mut sum = 0;
    for entry in fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))? {
        let entry = entry.map_err(|why| why.to_string())?;
        let about = entry.metadata().map_err(|why| why.to_string())?;
        sum += if about.is_dir() { kibibytes(&entry.path())? } else { about.len().div_ceil(1024) };
    }
    Ok(sum)
}
