//! What is refused when it is read back is not written: for every target, each rule is refused once, and files, report, lock and findings
//! agree.

use std::collections::BTreeSet;
use std::sync::Arc;

use backend::{About, Capabilities, Cx, Fault, Job, Language, Lock, Lowered, Outcome, Printed, Profile, Refusal, Section, Target};
use ir::{Advisory, Detection};
use pipeline::{Compilation, Options};
use source::{Severity, Sources};

/// Indicators that become several rules, behaviours for every sensor, a correlation, and rules that travel along.
const DESCRIPTION: &str = r#"vigie 1

advisory "REFUSED-1" { title: "A description" tlp: clear published: 2024-01-10 }

iocs names : domain { role: c2 direction: destination
  - one.example
  - two.example
}
iocs agents : useragent { role: c2 direction: destination
  - "kestrel-agent/1"
  - "kestrel-agent/2"
}
behavior seen "What is seen" {
  attack: [T1059] severity: high
  facet start on process.start { process.command_line contains "kestrel" }
  facet ask on http.request { url.path == "/kestrel-gate" }
  facet body on file.content { "kestrel-stage-one" }
  facet other on file.content { "kestrel-stage-two" }
}
correlate guess "Ten failed logons, then a success" {
  attack: T1110 severity: high
  by: [source.ip] within: 10m
  seq {
    fail on auth.logon { outcome == "failure" } x 10..
    then ok on auth.logon { outcome == "success" }
  }
}
correlate gate "Two requests" {
  attack: T1110 severity: high
  by: [source.ip] within: 10m
  seq {
    one on http.request { url.path == "/kestrel-one" }
    then two on http.request { url.path == "/kestrel-two" }
  }
}
native lines suricata "site.rules"
native bytes yara "site.yar"
"#;

struct Beside;

impl front::Files for Beside {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        match path {
            "site.rules" => Ok(Arc::from(
                "# ours\nalert http any any -> any any (msg:\"one\"; http.uri; content:\"/kestrel-a\"; sid:2000001; rev:1;)\n\
                 alert http any any -> any any (msg:\"two\"; http.uri; content:\"/kestrel-b\"; sid:2000002; rev:1;)\n"
                    .as_bytes(),
            )),
            "site.yar" => Ok(Arc::from(
                "rule Kestrel_One { strings: $a = \"kestrel-carried-one\" condition: $a }\n\
                 rule Kestrel_Two { strings: $a = \"kestrel-carried-two\" condition: $a }\n"
                    .as_bytes(),
            )),
            other => Err(format!("{other} is not there")),
        }
    }
}

/// What is refused besides what the language itself refuses.
#[derive(Clone)]
enum Wish {
    Rule(String),
    File(String),
}

/// A language whose reader refuses one rule, or one file.
struct Refusing<L> {
    inner: L,
    wish: Wish,
}

impl<L: Language> Language for Refusing<L> {
    type Tree = L::Tree;
    type Text = L::Text;

    fn about(&self) -> &'static About {
        Language::about(&self.inner)
    }

    fn capabilities(&self, profile: &'static Profile) -> &'static Capabilities {
        Language::capabilities(&self.inner, profile)
    }

    fn lower(&self, detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<L::Tree>, Refusal> {
        self.inner.lower(detection, cx)
    }

    fn render(&self, tree: L::Tree, detection: &Detection, job: &Job<'_>) -> L::Text {
        self.inner.render(tree, detection, job)
    }

    fn assemble(&self, rules: Vec<Lowered<L::Text>>, job: &Job<'_>, numbers: &mut Section) -> Printed {
        self.inner.assemble(rules, job, numbers)
    }

    fn verify_native(&self, profile: &'static Profile, printed: &Printed) -> Vec<Fault> {
        let mut faults = self.inner.verify_native(profile, printed);
        match &self.wish {
            Wish::Rule(id) => {
                let rules = printed.rules.iter().enumerate().filter(|(_, rule)| rule.id == *id);
                faults.extend(rules.map(|(at, rule)| Fault::of_rule(&*rule.artefact, Some(at), "refused")));
            }
            Wish::File(path) => {
                if printed.artefacts.iter().any(|artefact| artefact.path == *path) {
                    faults.push(Fault::of_file(path, "refused"));
                }
            }
        }
        faults
    }
}

fn described() -> (Sources, Vec<Advisory>) {
    let mut sources = Sources::default();
    let file = sources.add("in.vigie", DESCRIPTION);
    let parsed = front::parse(&mut sources, file, &Beside);
    assert_eq!(parsed.diagnostics, [], "the description is sound");
    (sources, parsed.advisories)
}

fn compile(target: &dyn Target, profile: &'static Profile, lock: &Lock) -> Compilation {
    let (sources, advisories) = described();
    pipeline::compile(&sources, advisories, &[(target, profile)], &Options { lock: lock.clone(), ..Options::default() })
}

fn lines(lock: &Lock) -> BTreeSet<String> {
    lock.print().lines().map(ToOwned::to_owned).collect()
}

/// Refuses every rule and every file once.
fn check<L: Language + Copy>(inner: L) {
    for profile in Language::about(&inner).profiles {
        let whole = compile(&inner, profile, &Lock::default());
        assert!(!whole.outputs[0].rules.is_empty(), "{}", profile.id);
        assert!(whole.rows.iter().all(|row| row.outcome != Outcome::Withheld));
        let rules: BTreeSet<String> = whole.outputs[0].rules.iter().map(|rule| rule.id.clone()).collect();
        let files: BTreeSet<String> = whole.outputs[0].rules.iter().map(|rule| rule.artefact.clone()).collect();
        for wish in rules.into_iter().map(Wish::Rule).chain(files.into_iter().map(Wish::File)) {
            agree(&whole, &compile(&Refusing { inner, wish: wish.clone() }, profile, &Lock::default()), &wish);
            // A number that a rule had stays its own.
            let again = compile(&Refusing { inner, wish }, profile, &whole.lock);
            assert_eq!(again.lock.print(), whole.lock.print());
        }
    }
}

fn agree(whole: &Compilation, left: &Compilation, wish: &Wish) {
    let (before, after) = (&whole.outputs[0], &left.outputs[0]);
    let refused = |rule: &&backend::PrintedRule| match wish {
        Wish::Rule(id) => rule.id == *id,
        Wish::File(path) => rule.artefact == *path,
    };
    let named: BTreeSet<usize> = before.rules.iter().filter(refused).map(|rule| rule.detection).collect();
    assert!(!named.is_empty());
    // Nothing but what was refused is gone, and what else a correlation stands on.
    let gone: Vec<_> = before.rules.iter().filter(|rule| !after.rules.iter().any(|left| left.id == rule.id)).collect();
    for rule in &gone {
        let correlation = matches!(whole.detections[rule.detection].kind, ir::Kind::Correlation(_));
        assert!(refused(rule) || (correlation && named.contains(&rule.detection)), "{} is gone", rule.title);
        // Files: its text is in none.
        let rules_of = |text: &str| after.rules.iter().any(|left| left.text == text);
        let written = || after.artefacts.iter().filter(|artefact| artefact.kind == backend::ArtefactKind::Rules);
        assert!(rules_of(&rule.text) || !written().any(|artefact| artefact.text.contains(rule.text.trim_end())), "{} is written", rule.title);
    }
    assert!(before.rules.iter().filter(refused).all(|rule| gone.iter().any(|gone| gone.id == rule.id)));
    let paths: BTreeSet<&str> = after.rules.iter().map(|rule| rule.artefact.as_str()).collect();
    for artefact in after.artefacts.iter().filter(|artefact| artefact.kind == backend::ArtefactKind::Rules) {
        assert!(paths.contains(artefact.path.as_str()), "{} holds no rule", artefact.path);
    }
    for artefact in &after.artefacts {
        let same = before.artefacts.iter().any(|old| old.path == artefact.path);
        assert!(same, "{} is new", artefact.path);
    }
    // Report.
    for (old, new) in whole.rows.iter().zip(&left.rows) {
        let key = &whole.detections[old.detection].key;
        if !named.contains(&old.detection) {
            assert_eq!((old.outcome, &old.files), (new.outcome, &new.files), "{key}");
            continue;
        }
        let wanted = if after.rules.iter().any(|rule| rule.detection == old.detection) { Outcome::Narrower } else { Outcome::Withheld };
        assert_eq!(new.outcome, wanted, "{key}");
        assert_eq!(new.files.is_empty(), wanted == Outcome::Withheld, "{key}");
        let said: Vec<_> = new.diagnostics.iter().filter(|said| said.code.slug.starts_with("verify.")).collect();
        assert!(!said.is_empty() && said.iter().all(|said| said.severity == Severity::Error && said.detection.as_ref() == Some(key)), "{key}");
        assert!(said.iter().all(|said| said.label.as_ref().map(|(span, _)| *span) == Some(whole.detections[old.detection].span)), "{key}");
        // Findings, from which the exit code follows.
        assert!(said.iter().all(|said| left.diagnostics.contains(said)));
    }
    // The lock holds what it held, less the numbers of rules that are not written.
    let (old, new) = (lines(&whole.lock), lines(&left.lock));
    assert!(new.is_subset(&old), "{:?}", new.difference(&old).collect::<Vec<_>>());
    let numbered: BTreeSet<&str> = new.iter().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(' ').nth(1)).collect();
    for rule in &gone {
        assert!(!numbered.contains(rule.id.as_str()), "{} has a number", rule.title);
    }
}

#[test]
fn sigma() {
    check(sigma::Sigma);
}

#[test]
fn suricata() {
    check(suricata::Suricata);
}

#[test]
fn yara() {
    check(yara::Yara);
}

#[test]
fn kql() {
    check(kql::Kql);
}

#[test]
fn splunk() {
    check(splunk::Splunk);
}

/// A folder with a description whose files travel along, built by the program.
#[cfg(unix)]
mod program {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use vigie_tests::{report, run, tree};

    fn folder(name: &str) -> PathBuf {
        run::scratch(Path::new(env!("CARGO_TARGET_TMPDIR")), name)
    }

    fn write(folder: &Path, name: &str, text: &str) {
        tree::write(folder, &[(name.to_owned(), text.as_bytes().to_vec())].into());
    }

    /// Runs a build and gives exit code, standard error and the files.
    fn build(folder: &Path, path: &str, more: &[&str]) -> (i32, String, std::collections::BTreeMap<String, Vec<u8>>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie-under-test"));
        command.current_dir(folder).env_clear().env("NO_COLOR", "1").env("PATH", path);
        let output = command.args(["build", "in.vigie", "-o", "dist"]).args(more).output().expect("the program runs");
        let said = String::from_utf8(output.stderr).expect("what is printed is UTF-8");
        (output.status.code().unwrap_or(-1), said, tree::read(&folder.join("dist")))
    }

    fn text(files: &std::collections::BTreeMap<String, Vec<u8>>, path: &str) -> String {
        files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    }

    #[test]
    fn the_kth_rule_that_travels_along_is_refused_and_the_others_stand() {
        let head = "vigie 1\nadvisory \"SITE-1\" { title: \"Rules\" tlp: clear published: 2024-01-10 }\n";
        let lines = |at: usize, broken: bool| {
            let message = if broken { "bad; rule" } else { "good" };
            format!("alert http any any -> any any (msg:\"{message}\"; http.uri; content:\"/kestrel-{at}\"; sid:{}; rev:1;)\n", 2_000_001 + at)
        };
        let bytes = |at: usize, broken: bool| {
            let condition = if broken { "$b" } else { "$a" };
            format!("rule Kestrel_{at} {{ strings: $a = \"kestrel-stage-{at}\" condition: {condition} }}\n")
        };
        /// The text of a rule that travels along, whole or broken.
        type CarriedRule<'a> = &'a dyn Fn(usize, bool) -> String;
        let suricata = ("suricata", "site.rules", "suricata/SITE-1-native-site.rules", &lines as CarriedRule<'_>);
        let yara = ("yara", "site.yar", "yara/SITE-1-site.yar", &bytes as CarriedRule<'_>);
        for (target, name, out, rule) in [suricata, yara] {
            for of in [1, 3] {
                for k in 0..of {
                    let here = folder(&format!("refused-{target}-{of}-{k}"));
                    write(&here, "in.vigie", &format!("{head}native site {target} \"{name}\"\n"));
                    write(&here, name, &(0..of).map(|at| rule(at, at == k)).collect::<String>());
                    let (exit, said, files) = build(&here, "", &["-t", target, "--no-engine"]);
                    assert_eq!(exit, 1, "{said}");
                    assert!(said.contains("verify.carried") && said.contains(name), "{said}");
                    let kept: String = (0..of).map(|at| if at == k { "\n".to_owned() } else { rule(at, false) }).collect();
                    let report = report::read(&files);
                    let row = report.rows.iter().find(|row| row.target == target).expect("a row");
                    assert_eq!(row.codes, ["verify.carried"]);
                    if of == 1 {
                        assert_eq!((row.outcome.as_str(), row.files.len(), files.contains_key(out)), ("withheld", 0, false));
                    } else {
                        assert_eq!((row.outcome.as_str(), row.files.as_slice()), ("narrower", [out.to_owned()].as_slice()));
                        assert_eq!(text(&files, out), kept);
                    }
                }
            }
        }
    }

    #[test]
    fn what_an_installed_engine_refuses_is_not_written() {
        const ENGINE: &str = r#"#!/bin/sh
[ "$1" = -V ] && echo "This is Suricata version 7.0.10 RELEASE" && exit 0
n=0 found=0
while IFS= read -r line; do
  n=$((n + 1))
  case $line in
    \#*) ;;
    *refuse-me*)
      echo '{"log_level":"Error","engine":{"message":"it is not to my taste"}}'
      echo '{"log_level":"Error","engine":{"message":"error parsing signature \"x\" from file all.rules at line '$n'"}}'
      found=1 ;;
  esac
done < all.rules
exit $found
"#;
        let here = folder("refused-by-engine");
        write(&here, "bin/suricata", ENGINE);
        std::fs::set_permissions(here.join("bin/suricata"), std::fs::Permissions::from_mode(0o755)).expect("the program can be made one");
        let description = "vigie 1\nadvisory \"SITE-1\" { title: \"Rules\" tlp: clear published: 2024-01-10 }\n\
            iocs agents : useragent { role: c2 direction: destination\n  - \"kestrel-agent/1\"\n  - \"refuse-me/1\"\n}\n\
            behavior gone \"Gone\" { attack: [T1059] severity: high facet ask on http.request { url.path == \"/refuse-me\" } }\n\
            native site suricata \"site.rules\"\n";
        write(&here, "in.vigie", description);
        write(
            &here,
            "site.rules",
            "alert ip any any -> any any (msg:\"one\"; content:\"kestrel\"; sid:2000001;)\nalert ip any any -> any any (msg:\"refuse-me\"; sid:2000002;)\n",
        );
        let path = format!("{}:/bin:/usr/bin", here.join("bin").display());
        let (exit, said, files) = build(&here, &path, &["-t", "suricata"]);
        assert_eq!(exit, 1, "{said}");
        assert!(said.contains("suricata -T: 2 rules loaded without error or warning"), "{said}");
        assert_eq!(said.matches("it is not to my taste").count(), 3, "{said}");
        for path in ["suricata/SITE-1.rules", "suricata/SITE-1-native-site.rules"] {
            assert!(text(&files, path).contains("kestrel") && !text(&files, path).contains("refuse-me"), "{path}: {files:?}");
        }
        let rows = report::read(&files).rows;
        let outcome = |key: &str| rows.iter().find(|row| row.key == format!("SITE-1/{key}")).map(|row| (row.outcome.clone(), row.codes.join(" ")));
        assert_eq!(outcome("gone.ask"), Some(("withheld".to_owned(), "verify.engine".to_owned())));
        assert_eq!(outcome("site"), Some(("narrower".to_owned(), "verify.carried".to_owned())));
        assert!(rows.iter().any(|row| row.key.starts_with("SITE-1/agents") && row.outcome == "narrower"), "{rows:?}");
        // Nobody asks, nobody refuses; and where no engine is installed, that is said.
        assert_eq!(build(&here, &path, &["-t", "suricata", "--no-engine"]).0, 0);
        let (exit, said, _) = build(&here, "/nowhere", &["-t", "suricata"]);
        assert!(exit == 0 && said.contains("suricata -T: skipped: suricata is not installed"), "{said}");
    }
}
