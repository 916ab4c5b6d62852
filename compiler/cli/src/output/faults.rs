//! Does a build hold when the disk does not? It is stopped at every single change of the disk, and the next build is looked at.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::*;

/// What happens at the fault.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// The process ends: nothing happens any more.
    Killed,
    /// The disk is full: nothing can be added, the rest goes on.
    Full,
}

/// A disk that does some changes, and then has a fault.
struct Failing {
    left: Cell<usize>,
    fault: Fault,
}

impl Failing {
    fn step(&self, adds: bool) -> io::Result<()> {
        if self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
        } else if adds || self.fault == Fault::Killed {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl Disk for Failing {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step(true).and_then(|()| Machine.make_folder(path))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Write + '_>> {
        self.step(true)?;
        Ok(Box::new(Half(self, Machine.create(path)?)))
    }

    fn flush(&self, folder: &Path, files: &[PathBuf]) -> io::Result<()> {
        self.step(true).and_then(|()| Machine.flush(folder, files))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(false).and_then(|()| Machine.rename(from, to))
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step(false).and_then(|()| Machine.remove_file(path))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step(false).and_then(|()| Machine.remove_folder(path))
    }
}

/// A file of which half is written when the fault comes.
struct Half<'d>(&'d Failing, Box<dyn Write + 'd>);

impl Write for Half<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.0.step(true) {
            let _ = self.1.write(&text[..text.len() / 2]);
            return Err(error);
        }
        self.1.write_all(text).map(|()| text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.flush()
    }
}

type Files = BTreeMap<&'static str, String>;

/// The files of two builds that follow each other; the lock is one of them.
fn builds() -> [Files; 2] {
    let long = "x".repeat(200_000);
    let row = |rev: u32| format!("# numbers\nsuricata 7 {rev} {} a\n", "0".repeat(32));
    [
        [("sigma/a/one.yml", "1".to_owned()), ("sigma/a/same.yml", "s".to_owned()), ("kql/gone/x.kql", long.clone()), ("vigie.lock", row(1))].into(),
        [("sigma/a/one.yml", long), ("sigma/a/same.yml", "s".to_owned()), ("sigma/b/c/new.yml", "n".to_owned()), ("vigie.lock", row(2))].into(),
    ]
}

/// Builds with the lock in the output's folder, as far as the disk allows.
fn build(disk: &dyn Disk, folder: &Path, files: &Files) -> Result<Outcome, String> {
    let stage = folder.join(".vigie-build");
    let _ = std::fs::create_dir_all(&stage);
    let fresh: Vec<Fresh<'_>> = files
        .iter()
        .filter(|(path, _)| **path != "vigie.lock")
        .map(|(path, text)| Fresh {
            path: (*path).to_owned(),
            text: Text::Held(text.as_bytes()),
            target: path.split('/').next().unwrap_or_default(),
            inputs: ["in".to_owned()].into(),
            rules: BTreeMap::new(),
        })
        .collect();
    let scope = Scope {
        read: ["in".to_owned()].into(),
        folders: Vec::new(),
        targets: ["sigma", "kql"].into(),
        every_target: true,
        complete: true,
        prune: false,
    };
    let report = |files: &[WrittenFile], _: &[String], out: &mut dyn Write| {
        serde_json::to_writer(out, &serde_json::json!({ "tool": pipeline::TOOL, "files": files })).map_err(Into::into)
    };
    let place = Lock { path: folder.join("vigie.lock"), stage: stage.clone() };
    let numbers = Numbers { text: &files["vigie.lock"], old: None, place: &place };
    put_all(disk, (folder, &stage), &fresh, Earlier::read(folder)?, &scope, report, numbers)
}

/// Begins as a build does: what was begun is finished or undone.
fn begin(folder: &Path) {
    let stage = folder.join(".vigie-build");
    transaction::recover(&Machine, folder, &stage);
    let path = folder.join("vigie.lock");
    if let Some(waiting) = transaction::waiting_lock(&stage) {
        let mut lock = std::fs::read_to_string(&path).map(|text| backend::Lock::parse(&text).unwrap()).unwrap_or_default();
        lock.adopt(backend::Lock::parse(&waiting).unwrap());
        transaction::replace_lock(&Machine, &stage, &path, &lock.print()).unwrap();
    }
}

fn standing(folder: &Path) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for path in crate::below::below(folder, crate::below::Links::Anywhere, |_| true).files {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        out.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    out.remove("report.json");
    out
}

fn texts(files: &Files) -> BTreeMap<String, String> {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.clone())).collect()
}

#[test]
fn a_build_that_is_stopped_anywhere_leaves_whole_files_and_the_next_one_ends_it() {
    let [old, new] = builds();
    for (fault, first) in [(Fault::Killed, false), (Fault::Full, false), (Fault::Killed, true), (Fault::Full, true)] {
        for steps in 0.. {
            let home = tempfile::tempdir().unwrap();
            let folder = home.path();
            if !first {
                build(&Machine, folder, &old).unwrap();
            }
            let before = standing(folder);
            let disk = Failing { left: Cell::new(steps), fault };
            let done = build(&disk, folder, &new);
            let here = standing(folder);
            for (path, text) in &here {
                let whole = [&old, &new].iter().any(|files| files.get(path.as_str()) == Some(text));
                assert!(whole, "{fault:?} {steps}: `{path}` is half a file");
            }
            assert!(first || here.contains_key("vigie.lock"), "{fault:?} {steps}: the lock is gone");
            if done.is_ok() {
                assert_eq!(here, texts(&new));
                assert!(steps > 15, "{steps}");
                break;
            }
            if fault == Fault::Full {
                assert_eq!(here, before, "{steps}: a full disk changes nothing");
            }
            // Whatever comes next, it begins with the old files or the new ones.
            begin(folder);
            let begun = standing(folder);
            let rules = |files: &BTreeMap<String, String>| {
                files.iter().filter(|(path, _)| *path != "vigie.lock").map(|(path, text)| (path.clone(), text.clone())).collect::<BTreeMap<_, _>>()
            };
            assert!(rules(&begun) == rules(&before) || rules(&begun) == rules(&texts(&new)), "{fault:?} {steps}");
            assert!(begun.get("vigie.lock") == before.get("vigie.lock") || begun["vigie.lock"].contains("suricata 7 2 "), "{fault:?} {steps}");
            let again = if steps % 2 == 0 { &new } else { &old };
            build(&Machine, folder, again).unwrap();
            assert_eq!(standing(folder), texts(again), "{fault:?} {steps}");
            assert_eq!(std::fs::read_dir(folder.join(".vigie-build")).unwrap().count(), 0, "{fault:?} {steps}: something was left");
        }
    }
}

#[test]
fn a_folder_that_vanishes_is_an_error_and_no_more() {
    let [old, new] = builds();
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("out");
    build(&Machine, &folder, &old).unwrap();
    let stage = folder.join(".vigie-build");
    let mut transaction = Transaction::new(&Machine, &folder, &stage);
    transaction.put("sigma/a/one.yml", new["sigma/a/one.yml"].as_bytes()).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(transaction.put("sigma/a/two.yml", b"x").unwrap_err().contains("cannot be written"));
    assert!(transaction.commit().unwrap_err().contains("cannot be written"));
    build(&Machine, &folder, &new).unwrap();
    assert_eq!(standing(&folder), texts(&new));
}

#[test]
fn files_that_stay_as_they_were_are_not_touched() {
    let [old, new] = builds();
    let home = tempfile::tempdir().unwrap();
    build(&Machine, home.path(), &old).unwrap();
    let path = home.path().join("sigma/a/same.yml");
    let day = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(86_400);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(day).unwrap();
    build(&Machine, home.path(), &new).unwrap();
    assert_eq!(path.metadata().unwrap().modified().unwrap(), day);
}

#[test]
fn a_folder_in_place_of_a_file_is_an_error_and_changes_nothing() {
    let [old, new] = builds();
    let home = tempfile::tempdir().unwrap();
    build(&Machine, home.path(), &old).unwrap();
    std::fs::create_dir_all(home.path().join("sigma/b/c/new.yml")).unwrap();
    let before = standing(home.path());
    assert!(build(&Machine, home.path(), &new).unwrap_err().contains("a folder stands there"));
    assert_eq!(standing(home.path()), before);
}

#[cfg(unix)]
#[test]
fn nothing_is_removed_through_a_link_or_when_it_was_edited() {
    use std::os::unix::fs::symlink;

    let [old, new] = builds();
    let setups: [fn(&Path, &Path); 4] = [
        |file, _| std::fs::write(file, "edited").unwrap(),
        |file, other| {
            std::fs::rename(file, other).unwrap();
            symlink(other, file).unwrap();
        },
        |file, other| {
            let folder = file.parent().unwrap();
            std::fs::rename(folder, other).unwrap();
            symlink(other, folder).unwrap();
        },
        |file, _| {
            std::fs::remove_file(file).unwrap();
            std::fs::create_dir(file).unwrap();
            std::fs::write(file.join("kept"), "").unwrap();
        },
    ];
    for setup in setups {
        let home = tempfile::tempdir().unwrap();
        let (folder, other) = (home.path().join("out"), home.path().join("other"));
        build(&Machine, &folder, &old).unwrap();
        setup(&folder.join("kql/gone/x.kql"), &other);
        let outcome = build(&Machine, &folder, &new).unwrap();
        assert_eq!((outcome.removed.len(), outcome.changed), (0, vec!["kql/gone/x.kql".to_owned()]));
        assert!(folder.join("kql/gone/x.kql").exists());
        // It is still listed, for a build that finds it as it was.
        assert!(Earlier::read(&folder).unwrap().files.contains_key("kql/gone/x.kql"));
    }
}

#[test]
fn a_path_that_leads_out_of_the_folder_is_no_file_of_ours() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("out");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(home.path().join("victim"), "v").unwrap();
    for path in ["../victim", "", ".", "/etc/passwd", "sigma/../../victim"] {
        assert_eq!(stale::standing(&folder, path, &stale::digest(b"v")), Standing::Changed);
        stale::remove(&Machine, &folder, path, &stale::digest(b"v")).unwrap();
    }
    // Nor in a journal that somebody has laid ready.
    let stage = folder.join(".vigie-build");
    std::fs::create_dir(&stage).unwrap();
    std::fs::write(stage.join("0"), "w").unwrap();
    let journal = format!("{{\"new\":[[0,\"../victim\"]],\"old\":[[\"../victim\",\"{}\"]],\"lock\":[\"0\",\"../victim\"]}}", stale::digest(b"v"));
    std::fs::write(stage.join("journal"), journal).unwrap();
    transaction::recover(&Machine, &folder, &stage);
    assert_eq!(std::fs::read(home.path().join("victim")).unwrap(), b"v");
}

#[test]
fn a_report_of_another_program_stays_and_stops_the_build() {
    let [_, new] = builds();
    for text in ["{\"files\": [\"a.txt\"]}", "[]", "", "{\"tool\": \"other\", \"files\": []}", "{\"tool\": \"vigie\"}"] {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("report.json"), text).unwrap();
        std::fs::write(home.path().join("a.txt"), "").unwrap();
        assert!(build(&Machine, home.path(), &new).unwrap_err().contains("not a report of vigie"), "{text}");
        assert_eq!(std::fs::read_to_string(home.path().join("report.json")).unwrap(), text);
        assert!(home.path().join("a.txt").exists());
    }
    // That of vigie 0.1 is followed, but proves nothing.
    let home = tempfile::tempdir().unwrap();
    let first = "{\"version\":1,\"as_of\":null,\"max_tlp\":null,\"detections\":0,\"totals\":{},\"rows\":[],\"withheld\":[],\"files\":[\"a.txt\",\"sigma/a/one.yml\"]}";
    std::fs::write(home.path().join("report.json"), first).unwrap();
    std::fs::write(home.path().join("a.txt"), "").unwrap();
    let outcome = build(&Machine, home.path(), &new).unwrap();
    assert_eq!(outcome.unproven, ["a.txt"]);
    assert!(home.path().join("a.txt").exists());
}

#[test]
fn builds_take_turns_and_say_so() {
    let home = tempfile::tempdir().unwrap();
    let folders = [home.path().join("a"), home.path().join("b")];
    let both = [folders[0].as_path(), folders[1].as_path()];
    let held = Exclusive::take(&both, Duration::ZERO, &mut |_| {}).unwrap();
    let mut said = Vec::new();
    let refused = Exclusive::take(&both[1..], Duration::from_millis(50), &mut |line| said.push(line.to_owned())).unwrap_err();
    assert!(refused.contains("another build") && said.len() == 1, "{refused} {said:?}");
    drop(held);
    assert!(!folders[0].exists(), "what was made for nothing goes");
    // Whatever order they are named in, nobody waits for ever, and one at a time has both.
    let inside = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for turn in 0..4 {
            let (both, inside) = (&both, &inside);
            scope.spawn(move || {
                for _ in 0..10 {
                    let order = if turn % 2 == 0 { [both[0], both[1]] } else { [both[1], both[0]] };
                    let taken = Exclusive::take(&order, Duration::from_secs(60), &mut |_| {}).unwrap();
                    assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                    std::thread::yield_now();
                    inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    drop(taken);
                }
            });
        }
    });
    // Who made a folder cannot take it away while another build waits in it, so an empty one may be left.
    for left in std::fs::read_dir(home.path()).unwrap() {
        assert_eq!(std::fs::read_dir(left.unwrap().path()).unwrap().count(), 0);
    }
}
