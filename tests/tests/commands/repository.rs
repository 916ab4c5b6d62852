//! Does a repository of rules live well? One is branched, edited, merged, released, outlived and taken back, by the commands that a team gives.
//!
//! `tests/repository/start` is the repository as it begins. `tests/repository/steps` has for each step what is changed (`.patch`) and what came out of it
//! (`.snap`): what each command said and its exit code, the files that were written, and the lines that differ in the lock and in some rules. Files read
//! in the order of their names are the story; `INSTA_UPDATE=always` writes what comes out today.
//!
//! What holds for every story is asserted here and blessed by nobody: a released rule keeps its number, and no revision falls.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use vigie_tests::run::{scratch, vigie};
use vigie_tests::{root, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

/// The repository on the disk, and what was done with it since the last step.
struct Team {
    /// The working files.
    here: PathBuf,
    /// A repository beside it that sees every file, also those that the team's own ignores.
    seen: PathBuf,
    story: String,
    /// The numbers of released rules and their highest revisions, by key.
    released: BTreeMap<String, (u32, u32)>,
}

impl Team {
    fn begin() -> Self {
        let within = scratch(Path::new(env!("CARGO_TARGET_TMPDIR")), "repository");
        let team = Self { here: within.join("team"), seen: within.join("seen.git"), story: String::new(), released: BTreeMap::new() };
        tree::write(&team.here, &tree::read(&root().join("tests/repository/start")));
        team.run_git(&["init", "--quiet", "--initial-branch=main"]);
        team.run_git(&["init", "--quiet", "--bare", team.seen.to_str().expect("a path")]);
        team
    }

    /// Git as the same person on the same day everywhere, with no settings but its own.
    fn run_git(&self, arguments: &[&str]) -> Output {
        let person = [("NAME", "Team"), ("EMAIL", "team@example.com"), ("DATE", "2026-01-12T10:00:00Z")];
        let mut command = Command::new("git");
        command.args(arguments).current_dir(&self.here).env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")]);
        command.envs(person.iter().flat_map(|(what, is)| ["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_{what}"), *is))));
        command.output().expect("git is installed")
    }

    /// A command of git that succeeds; what it prints is its own affair.
    fn git(&mut self, line: &str) {
        let _ = writeln!(self.story, "$ git {line}\n");
        let ran = self.run_git(&words(line));
        assert!(ran.status.success(), "git {line}: {}", String::from_utf8_lossy(&ran.stderr));
    }

    /// Everything that was changed, as a commit.
    fn commits(&mut self, message: &str) {
        self.git("add --all");
        self.git(&format!("commit --quiet -m \"{message}\""));
    }

    /// What a command of git prints.
    fn git_shows(&mut self, line: &str) {
        let ran = self.run_git(&words(line));
        assert!(ran.status.success(), "git {line}: {}", String::from_utf8_lossy(&ran.stderr));
        let _ = writeln!(self.story, "$ git {line}\n{}", String::from_utf8_lossy(&ran.stdout));
    }

    /// A command, what it says, and its exit code. No engine is asked: machines have others.
    fn vigie(&mut self, line: &str, exit: i32) {
        let mut arguments = words(line);
        if ["build", "check", "package", "report"].contains(&arguments[0]) {
            arguments.push("--no-engine");
        }
        let ran = vigie(VIGIE, &self.here, &arguments);
        let _ = writeln!(self.story, "$ vigie {line}\n{}{}exit {}\n", ran.stdout, ran.stderr, ran.exit);
        assert_eq!(ran.exit, exit, "vigie {line}:\n{}", self.story);
    }

    fn says(&mut self, text: &str) {
        let _ = writeln!(self.story, "## {text}\n");
    }

    fn change(&mut self, patch: &str) {
        let path = root().join("tests/repository/steps").join(patch);
        let ran = self.run_git(&["apply", "--index", path.to_str().expect("a path")]);
        assert!(ran.status.success(), "{patch}: {}", String::from_utf8_lossy(&ran.stderr));
        let _ = writeln!(self.story, "$ git apply --index {patch}\n");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.here.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn shows(&mut self, path: &str) {
        let text = self.read(path);
        let _ = writeln!(self.story, "> {path}\n{text}");
    }

    /// Which files were written or removed since the last look, and the lines that differ in some of them.
    fn written(&mut self, lines: &[&str]) {
        let seen = format!("--git-dir={}", self.seen.display());
        let git = |team: &Self, arguments: &[&str]| {
            let ran = team.run_git(&[&[seen.as_str(), "--work-tree=.", "-c", "core.quotePath=false"], arguments].concat());
            assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
            String::from_utf8_lossy(&ran.stdout).into_owned()
        };
        git(self, &["add", "--all", "--force", "."]);
        let differ = |what: &[&str]| {
            let told = [&["diff", "--cached", "--find-renames=100%"], what].concat();
            git(self, &told)
        };
        let mut packages: BTreeMap<(String, char), usize> = BTreeMap::new();
        let mut out = String::from("> files\n");
        for line in differ(&["--name-status", "--", "dist", "releases", "vigie.lock"]).lines() {
            let (kind, path) = line.split_once('\t').expect("a kind and a path");
            let kind = kind.chars().next().unwrap_or_default();
            match path.splitn(4, '/').collect::<Vec<_>>()[..] {
                ["releases", version, product, _] => *packages.entry((format!("releases/{version}/{product}"), kind)).or_default() += 1,
                _ => drop(writeln!(out, "{kind} {}", path.replace('\t', " -> "))),
            }
        }
        for ((package, kind), count) in packages {
            let _ = writeln!(out, "{kind} {package}/: {count} files");
        }
        if !lines.is_empty() {
            for line in differ(&[&["--unified=0", "--no-prefix", "--"], lines].concat()).lines() {
                match line.split(' ').next().unwrap_or_default() {
                    "diff" => drop(writeln!(out, "\n> {}", line.rsplit(' ').next().unwrap_or_default())),
                    "index" | "@@" | "---" | "+++" | "similarity" | "new" | "deleted" | "rename" => {}
                    _ => drop(writeln!(out, "{line}")),
                }
            }
        }
        git(self, &["commit", "--quiet", "--allow-empty", "--message=seen"]);
        let _ = writeln!(self.story, "{out}");
    }

    /// What a package says of itself and of the one before.
    fn released(&mut self, package: &str) {
        let json = |team: &Self, file: &str| -> Value { serde_json::from_str(&team.read(&format!("{package}/{file}"))).expect("it is JSON") };
        let (changes, manifest) = (json(self, "CHANGES.json"), json(self, "manifest.json"));
        let _ = writeln!(self.story, "> {package}/CHANGES.json, in short\n{} after {}", text(&changes["version"]), changes["previous"]);
        for kind in ["added", "retired", "changed"] {
            for rule in changes[kind].as_array().into_iter().flatten() {
                let what: Vec<String> = rule["what"].as_array().into_iter().flatten().map(text).collect();
                let what = if what.is_empty() { String::new() } else { format!(": {}", what.join(", ")) };
                let _ = writeln!(self.story, "{kind:<8} {} {}{what}", text(&rule["id"]), text(&rule["key"]));
            }
        }
        let files = |kind: &str| changes[kind].as_array().map_or(0, Vec::len);
        let _ = writeln!(self.story, "files: {} added, {} removed, {} changed", files("files_added"), files("files_removed"), files("files_changed"));
        for rule in manifest["rules"].as_array().into_iter().flatten().filter(|rule| rule["retired"] == true) {
            let _ = writeln!(self.story, "held only to be switched off: {} {}", text(&rule["id"]), text(&rule["key"]));
        }
        self.story.push('\n');
        self.keeps_numbers();
    }

    /// A released rule keeps its number and no revision falls; a number is one rule's.
    fn keeps_numbers(&mut self) {
        let mut of_number: BTreeMap<u32, String> = BTreeMap::new();
        for row in self.read("vigie.lock").lines().skip(1) {
            let words: Vec<&str> = row.splitn(5, ' ').collect();
            let (sid, rev, key) = (words[1].parse().expect("a number"), words[2].parse().expect("a revision"), words[4]);
            assert_eq!(of_number.insert(sid, key.to_owned()), None, "{sid} has two rules");
            let (known, highest) = *self.released.entry(key.to_owned()).or_insert((sid, rev));
            assert!(known == sid && highest <= rev, "{key}: {known} revision {highest} became {sid} revision {rev}");
            self.released.insert(key.to_owned(), (sid, rev));
        }
    }

    /// The end of a step: what came out is as it was.
    fn ends(&mut self, step: &str, title: &str) {
        let within = self.here.parent().and_then(Path::to_str).expect("a path");
        assert!(!self.story.contains(within) && !self.story.contains("/tmp"), "{}", self.story);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(root().join("tests/repository/steps"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_description(title);
        settings.bind(|| insta::assert_snapshot!(step, self.story.trim_end()));
        self.story.clear();
    }
}

/// The words of a command; what stands in quotes is one.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('"').enumerate();
    parts.flat_map(|(at, part)| if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn a_team_branches_merges_releases_and_goes_back() {
    let mut team = Team::begin();
    start(&mut team);
    tunnel(&mut team);
    edit(&mut team);
    merge(&mut team);
    release(&mut team);
    expiry(&mut team);
    rollback(&mut team);
}

fn start(team: &mut Team) {
    team.vigie("check", 0);
    team.vigie("test", 0);
    team.vigie("build", 0);
    team.written(&[]);
    for path in ["vigie.lock", "dist/suricata-8/relays.rules", "dist/sigma/correlation/many_accounts_tried_from_one_address.yml"] {
        team.shows(path);
    }
    team.shows("dist/kql/sentinel/windows-security/administrator_logs_on_from_the_network.yaml");
    team.commits("first rules");
    team.says("The first release, for the sensors, for partners and for the workspace.");
    team.vigie("build --locked", 0);
    team.vigie("package --for suricata --profile 8 --package-version 1.0.0 -o releases/1.0/suricata", 0);
    team.vigie("package --for sigma --package-version 1.0.0 -o releases/1.0/sigma", 0);
    team.vigie("package --for sentinel --package-version 1.0.0 -o releases/1.0/sentinel", 0);
    team.written(&[]);
    for product in PRODUCTS {
        team.released(&format!("releases/1.0/{product}"));
    }
    team.git("tag v1.0");
    team.git_shows("status --short");
    team.ends("1-start", "A repository begins, and is released");
}

const PRODUCTS: [&str; 3] = ["suricata", "sigma", "sentinel"];

fn tunnel(team: &mut Team) {
    team.git("switch --quiet --create tunnel main");
    team.change("2-tunnel.patch");
    team.says("What the pull request shows: the comparison, and the comment of a pipeline.");
    team.vigie("diff main", 0);
    team.vigie("diff main --format markdown", 0);
    team.vigie("test", 0);
    team.says("The lock is missing from the change, and the pipeline says so.");
    team.vigie("check --locked", 1);
    team.vigie("build", 0);
    team.written(&["vigie.lock", "dist/suricata-8", "dist/kql/sentinel/EXAMPLE-2026-03/tunnel.query.yaml"]);
    team.commits("a tunnel in DNS queries");
    team.vigie("build --locked", 0);
    team.ends("2-tunnel", "A branch with a new description and one more address");
}

fn edit(team: &mut Team) {
    team.git("switch --quiet --create edit main");
    team.vigie("build", 0);
    team.written(&[]);
    team.change("3-edit.patch");
    team.vigie("check --locked", 1);
    team.vigie("diff main", 0);
    team.vigie("test", 0);
    team.vigie("build", 0);
    team.written(&["vigie.lock", "dist/suricata-8", "dist/sigma/EXAMPLE-2026-01"]);
    team.commits("pages of another kind, two more values, a better name");
    team.vigie("build --locked", 0);
    team.ends("3-edit", "A branch in which a rule is wider, two are said otherwise, a block has another name and the feed has two values more");
}

fn merge(team: &mut Team) {
    team.git("switch --quiet main");
    team.git("merge --quiet --ff-only tunnel");
    let ran = team.run_git(&["merge", "--no-edit", "edit"]);
    assert!(!ran.status.success(), "the branches do not meet in the lock");
    team.says("git merge edit: a conflict");
    team.git_shows("status --short");
    team.shows("vigie.lock");
    team.vigie("build", 3);
    team.vigie("lock --settle", 0);
    team.vigie("lock", 0);
    team.vigie("check --locked", 1);
    team.vigie("build", 0);
    team.written(&["vigie.lock", "dist/suricata-8/relays.rules"]);
    team.commits("merge of edit");
    team.vigie("build --locked", 0);
    team.vigie("diff v1.0", 0);
    team.keeps_numbers();
    team.ends("4-merge", "Both branches become one, and the lock is settled");
}

fn release(team: &mut Team) {
    team.change("5-release.patch");
    team.says("A partner asks for TLP:AMBER: the value is for us, and not for other partners.");
    team.vigie("check", 4);
    team.vigie("diff main", 0);
    team.vigie("build", 4);
    team.written(&["vigie.lock", "dist/sigma", "dist/suricata-8"]);
    team.commits("the marking of one value");
    team.vigie("package --for suricata --profile 8 --package-version 1.1.0 --previous releases/1.0/suricata -o releases/1.1/suricata --locked", 0);
    team.vigie("package --for sigma --package-version 1.1.0 --previous releases/1.0/sigma -o releases/1.1/sigma --locked", 4);
    team.vigie("package --for sentinel --package-version 1.1.0 --previous releases/1.0/sentinel -o releases/1.1/sentinel --locked", 0);
    let holds = |product: &str, value: &str| {
        let files = tree::read(&team.here.join("releases/1.1").join(product));
        files.iter().any(|(path, bytes)| path != "report.json" && String::from_utf8_lossy(bytes).contains(value))
    };
    assert!(holds("suricata", "203.0.113.140") && holds("sentinel", "203.0.113.140") && !holds("sigma", "203.0.113.140"));
    team.written(&[]);
    for product in PRODUCTS {
        team.released(&format!("releases/1.1/{product}"));
        team.vigie(&format!("diff releases/1.0/{product} releases/1.1/{product}"), 0);
    }
    team.git("tag v1.1");
    team.ends("5-release", "A release after another one; a channel lets less through than the others");
}

fn expiry(team: &mut Team) {
    team.says("Two weeks before the last day of some values.");
    team.vigie("check --as-of 2026-03-20", 4);
    team.vigie("report --as-of 2026-03-20 --expiring-within 14", 4);
    team.says("The day after.");
    team.vigie("check --as-of 2026-04-01", 4);
    team.vigie("build --as-of 2026-04-01", 4);
    team.written(&["vigie.lock", "dist/suricata-8", "dist/sigma/relays"]);
    let report: Value = serde_json::from_str(&team.read("dist/report.json")).expect("it is JSON");
    let withheld = report["withheld"].as_array().into_iter().flatten();
    let withheld = withheld.map(|value| format!("{} {}: {}\n", text(&value["code"]), text(&value["value"]), text(&value["reason"])));
    let removed = report["removed"].as_array().into_iter().flatten().map(|path| format!("removed {}\n", text(path)));
    let listed: String = withheld.chain(removed).collect();
    let _ = writeln!(team.story, "> dist/report.json, in short\n{listed}");
    team.git("commit --quiet --all -m \"numbers of the first of April\"");
    for (product, more) in [("suricata", " --profile 8"), ("sigma", ""), ("sentinel", "")] {
        let command = format!("package --for {product}{more} --as-of 2026-04-01 --package-version 1.2.0 --previous releases/1.1/{product}");
        team.vigie(&format!("{command} -o releases/1.2/{product} --locked"), 4);
    }
    team.written(&[]);
    for product in PRODUCTS {
        team.released(&format!("releases/1.2/{product}"));
    }
    team.says("Without the day the values hold once more, and the lock says that it is another build.");
    team.vigie("check --locked", 1);
    team.says("So what has ended goes from the sources, and every day means the same.");
    team.change("6-expiry.patch");
    team.vigie("build --locked", 4);
    team.written(&["vigie.lock"]);
    team.git("commit --quiet --all -m \"what has ended goes\"");
    team.git("tag v1.2");
    team.ends("6-expiry", "Values are about to end, and end");
}

fn rollback(team: &mut Team) {
    team.says("The first release, built again from its tag: the same bytes.");
    team.git("worktree add --quiet ../then v1.0");
    let then = team.here.parent().expect("a folder").join("then");
    let built = vigie(VIGIE, &then, &["build", "--no-engine"]);
    assert_eq!(built.exit, 0, "{}", built.stderr);
    let first = tree::read(&then.join("dist"));
    let (now, known) = (tree::read(&then), team.first_build());
    let differ: BTreeSet<&String> = first.iter().filter(|(path, bytes)| known.get(*path) != Some(*bytes)).map(|(path, _)| path).collect();
    assert!(differ.is_empty() && first.len() == known.len(), "{differ:?}");
    assert_eq!(now["vigie.lock"], team.run_git(&["show", "v1.0:vigie.lock"]).stdout, "a build of a tag changes no number");

    team.says("The rules go back to the first release, and the lock with them: sensors would take the package for an older one.");
    team.git("rm --quiet -r rules");
    team.git("checkout --quiet v1.0 -- .");
    team.vigie("build", 0);
    team.vigie("package --for suricata --profile 8 --package-version 1.3.0 --previous releases/1.2/suricata -o releases/1.3/suricata", 1);
    team.says("The rules go back, and the lock stays.");
    team.git("checkout --quiet v1.2 -- vigie.lock");
    team.vigie("build", 0);
    team.written(&["vigie.lock", "dist/suricata-8"]);
    let back = tree::read(&team.here.join("dist"));
    let unlike: Vec<&String> = back.iter().filter(|(path, bytes)| first.get(*path) != Some(*bytes)).map(|(path, _)| path).collect();
    let _ = writeln!(team.story, "> not as in the first release\n{unlike:#?}\n");
    for path in unlike.iter().filter(|path| path.ends_with(".rules")) {
        assert_eq!(without_revisions(&back[*path]), without_revisions(&first[*path]), "{path}: only revisions differ");
    }
    team.vigie("diff v1.0", 0);
    team.vigie("package --for suricata --profile 8 --package-version 1.3.0 --previous releases/1.2/suricata -o releases/1.3/suricata", 0);
    team.written(&[]);
    team.released("releases/1.3/suricata");
    team.commits("back to the rules of the first release");
    team.vigie("build --locked", 0);
    team.ends("7-rollback", "The rules go back to the first release, and their numbers do not");
}

impl Team {
    /// What the first build wrote, as the repository beside saw it.
    fn first_build(&self) -> BTreeMap<String, Vec<u8>> {
        let seen = format!("--git-dir={}", self.seen.display());
        let git = |arguments: &[&str]| self.run_git(&[&[seen.as_str()], arguments].concat()).stdout;
        let first = String::from_utf8(git(&["rev-list", "--max-parents=0", "HEAD"])).expect("a commit");
        let names = String::from_utf8(git(&["ls-tree", "-r", "--name-only", first.trim(), "dist/"])).expect("paths");
        let file = |path: &str| (path.trim_start_matches("dist/").to_owned(), git(&["show", &format!("{}:{path}", first.trim())]));
        names.lines().map(file).collect()
    }
}

fn without_revisions(rules: &[u8]) -> String {
    let text = String::from_utf8_lossy(rules);
    text.split("; ").filter(|option| !option.starts_with("rev:")).collect::<Vec<_>>().join("; ")
}
