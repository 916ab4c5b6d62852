//! Do the files of the kit agree with each other, and does what they install and start work? `kit/install` on releases on the disk, hooks, the image.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use vigie_tests::run::{scratch, vigie};
use vigie_tests::{root, tree};

use super::kit::{Change, HOSTILE, lines, step, yaml};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A release on the disk for this machine: its address, the name of its archive, and the archive's digest.
fn release(change: &Change) -> (String, String, String) {
    let name = format!("vigie-{VERSION}-{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let folder = change.around.join(format!("releases/v{VERSION}"));
    let program = format!("#!/bin/sh\nexec '{VIGIE}' \"$@\"\n");
    let files = [("vigie", program.into_bytes()), ("vigie-pull-request", text("kit/pull-request").into_bytes())];
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (file, bytes) in &files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        archive.append_data(&mut header, format!("{name}/{file}"), bytes.as_slice()).expect("an entry can be written");
    }
    let bytes = archive.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an archive can be written");
    let digest = hex::encode(Sha256::digest(&bytes));
    let sums = format!("{}  other.tar.gz\n{digest}  {name}.tar.gz\n", "0".repeat(64));
    tree::write(&folder, &[(format!("{name}.tar.gz"), bytes), ("SHA256SUMS".to_owned(), sums.into_bytes())].into());
    (format!("file://{}", change.around.join("releases").display()), name, digest)
}

/// A change with the machine's own `curl`, which reads `file://`.
fn with_curl(name: &str) -> Option<Change> {
    if Command::new("curl").arg("--version").output().is_err() {
        shared::skip("the program curl");
        return None;
    }
    let change = Change::new(name)?;
    std::fs::remove_file(change.around.join("programs/curl")).expect("it is there");
    Some(change)
}

#[test]
fn a_release_is_installed_when_its_digest_is_right() {
    let Some(change) = with_curl("install") else { return };
    let (releases, name, digest) = release(&change);
    let folder = change.around.join("runner/vigie").display().to_string();
    let path = change.around.join("runner/path").display().to_string();
    let (script, _) = step(0, &[]);
    let (here, runner) = (root().display().to_string(), change.around.join("runner").display().to_string());
    let install = |sha256: &str, releases: &str, version: &str| {
        let variables = [
            ("GITHUB_ACTION_PATH", here.as_str()),
            ("RUNNER_TEMP", &runner),
            ("GITHUB_PATH", &path),
            ("VIGIE_VERSION", version),
            ("VIGIE_SHA256", sha256),
            ("VIGIE_RELEASES", releases),
        ];
        change.run(&script, &variables)
    };
    for sha256 in ["", &digest] {
        let ran = install(sha256, &releases, VERSION);
        assert!(ran.exit == 0 && ran.stdout == format!("installed {name} in {folder}\n"), "{}{}", ran.stdout, ran.stderr);
        assert!(std::fs::read_to_string(&path).expect("a path").ends_with(&format!("{folder}\n")));
        let said = change.run(&format!("'{folder}/vigie' --version"), &[]);
        assert_eq!(said.stdout, format!("vigie {VERSION}\n"));
        std::fs::remove_dir_all(&folder).expect("it is there");
    }
    for (what, sha256, releases, version, why) in [
        ("a pinned digest", "0".repeat(64).as_str(), releases.as_str(), VERSION, "is not what was released"),
        ("no such release", "", &releases, "9.9.9", "of release 9.9.9 cannot be fetched"),
        ("a version", "", &releases, "../x", "is no version"),
        ("a version", "", &releases, HOSTILE, "is no version"),
        ("without a lock on the line", "", "http://127.0.0.1:9", VERSION, "cannot be fetched"),
    ] {
        let ran = install(sha256, releases, version);
        assert!(ran.exit == 2 && ran.stderr.contains(why), "{what}: {}{}", ran.stdout, ran.stderr);
    }
    // An archive of which a byte is another is not unpacked.
    let archive = change.around.join(format!("releases/v{VERSION}/{name}.tar.gz"));
    let mut bytes = std::fs::read(&archive).expect("it is there");
    bytes.push(0);
    std::fs::write(&archive, bytes).expect("a file can be written");
    let ran = install("", &releases, VERSION);
    assert!(ran.exit == 2 && ran.stderr.contains("is not what was released"), "{}{}", ran.stdout, ran.stderr);
    // Nor is one that nobody stated.
    std::fs::write(change.around.join(format!("releases/v{VERSION}/SHA256SUMS")), "").expect("a file can be written");
    let ran = install("", &releases, VERSION);
    assert!(ran.exit == 2 && ran.stderr.contains("does not name"), "{}{}", ran.stdout, ran.stderr);
    assert!(!Path::new(&folder).exists() && tree::read(&change.around).into_keys().all(|path| !path.ends_with("pwned")));
}

#[test]
fn the_job_of_gitlab_installs_by_the_same_script() {
    let template = yaml("kit/gitlab.yml");
    let install = template["vigie"]["before_script"][1].as_str().expect("a script");
    let (_, script) = text("kit/install").split_once('\n').map(|(first, rest)| (first.to_owned(), rest.to_owned())).expect("a first line");
    assert_eq!(install, format!("(\n{script})\n"), "kit/gitlab.yml holds another text than kit/install");

    let Some(change) = with_curl("gitlab-install") else { return };
    let (releases, _, _) = release(&change);
    let before = lines(&template["vigie"]["before_script"]);
    let ran = change.run(&before, &[("VIGIE_VERSION", VERSION), ("VIGIE_RELEASES", &releases), ("VIGIE_SHA256", "")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(change.around.join("installed/vigie-pull-request").is_file());
    assert_eq!(change.state("calls").trim(), "apk|add|--no-cache|curl|git|jq|");
    let ran = change.run(&before, &[("VIGIE_VERSION", VERSION), ("VIGIE_RELEASES", ""), ("VIGIE_SHA256", "")]);
    assert!(ran.exit != 0 && ran.stderr.contains("VIGIE_RELEASES names no address"), "{}", ran.stderr);
}

#[test]
fn no_script_holds_an_expression_and_each_input_is_one_that_there_is() {
    let action = yaml("action.yml");
    let inputs = action["inputs"].as_object().expect("inputs");
    let mut used = Vec::new();
    for step in action["runs"]["steps"].as_array().expect("steps") {
        assert!(!step["run"].as_str().expect("a script").contains("${{"), "{step}");
        used.extend(step["env"].as_object().expect("variables").values().map(ToString::to_string));
        used.extend(["if", "working-directory"].map(|key| step[key].to_string()));
    }
    let used = used.join(" ");
    for name in used
        .split("inputs.")
        .skip(1)
        .map(|rest| rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').next().unwrap_or_default())
    {
        assert!(inputs.contains_key(name), "`{name}` is used and is no input");
    }
    for (name, input) in inputs {
        assert!(used.contains(&format!("inputs.{name}")), "`{name}` is an input and is not used");
        assert!(input["default"].is_string() && input["description"].is_string(), "`{name}`");
    }
    let workflow = yaml(".github/workflows/release.yml");
    for (job, about) in workflow["jobs"].as_object().expect("jobs") {
        for step in about["steps"].as_array().expect("steps") {
            assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{job}: {step}");
        }
    }
    // What the script reads is what the action gives, what its own first lines say, and what services say.
    let script = text("kit/pull-request");
    let (head, _) = script.split_once("set -uf").expect("a first part");
    let (_, variables) = step(1, &[]);
    for name in variables.keys() {
        assert!(head.contains(&format!("# {name} ")), "`{name}` is not explained in kit/pull-request");
    }
}

#[test]
fn files_of_the_kit_name_the_version_of_the_program() {
    assert_eq!(yaml("action.yml")["inputs"]["version"]["default"], VERSION);
    assert_eq!(yaml("kit/gitlab.yml")["vigie"]["variables"]["VIGIE_VERSION"], VERSION);
    assert!(text("kit/Containerfile").contains(&format!("--build-arg VERSION={VERSION}")));
}

#[test]
fn each_system_of_a_release_is_built_by_the_workflow_and_named_in_the_book() {
    let workflow = yaml(".github/workflows/release.yml");
    let built = workflow["jobs"]["system"]["strategy"]["matrix"]["include"].as_array().expect("systems");
    let (facts, page) = (text("kit/release/facts.py"), text("book/src/release.md"));
    for system in built {
        let (name, target) = (system["system"].as_str().expect("a name"), system["target"].as_str().expect("a target"));
        assert!(facts.contains(&format!("\"{name}\": System(\"{target}\"")), "{name}");
        assert!(page.contains(&format!("-{name}")), "{name}");
    }
    assert_eq!(facts.matches("\": System(\"").count(), built.len());
}

#[test]
fn what_init_writes_runs_the_kit() {
    for (service, file) in [("github", ".github/workflows/vigie.yml"), ("gitlab", ".gitlab-ci.yml")] {
        let Some(change) = Change::new(&format!("init-{service}")) else { return };
        assert_eq!(vigie(VIGIE, &change.project, &["init", "new", "--ci", service]).exit, 0);
        let new = Change { project: change.project.join("new"), around: change.around.clone() };
        let pipeline = std::fs::read_to_string(new.project.join(file)).expect("it was written");
        let pipeline: Value = serde_yaml::from_str(&pipeline).expect("it is YAML");
        let script = match service {
            "github" => pipeline["jobs"]["vigie"]["steps"][1]["run"].as_str().expect("a script").to_owned(),
            _ => lines(&pipeline["detections"]["script"]),
        };
        // It needs the lock, which a first build writes.
        let ran = new.run(&script, &[]);
        assert!(ran.exit == 1 && ran.stdout.contains("`vigie.lock` is not up to date"), "{}{}", ran.stdout, ran.stderr);
        assert_eq!(vigie(VIGIE, &new.project, &["build", "--no-engine"]).exit, 0);
        let ran = new.run(&script, &[]);
        assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn hooks_check_what_changes_and_the_lock() {
    let here = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("kit"), "hooks");
    std::fs::create_dir(here.join(".git")).expect("a folder can be made");
    let rule = |path: &str| {
        format!(
            "vigie 1\nadvisory \"{path}\" {{ title: \"t\" tlp: clear published: 2024-01-10 }}\n\
             behavior gate \"A gate\" {{ facet use on http.request {{ url.path == \"/gate\" }} }}\n"
        )
    };
    let put = |path: &str, text: String| tree::write(&here, &[(path.to_owned(), text.into_bytes())].into());
    put("vigie.toml", "[project]\ninputs = [\"rules\"]\ntargets = [\"suricata/8\"]\n".to_owned());
    put("rules/a.vigie", rule("KIT-A"));
    put("--config=x.vigie", rule("KIT-B"));
    put("rules/broken.vigie", rule("KIT-C").replace("facet", "facte"));
    let hooks = yaml(".pre-commit-hooks.yaml");
    let run = |id: &str, files: &[&str]| {
        let hook = hooks.as_array().expect("hooks").iter().find(|hook| hook["id"] == id).expect("a hook");
        let mut words: Vec<&str> = hook["entry"].as_str().expect("a command").split(' ').collect();
        assert_eq!(words.remove(0), "vigie");
        words.extend(hook["args"].as_array().into_iter().flatten().filter_map(Value::as_str));
        if hook["pass_filenames"] != false {
            words.extend(files);
        }
        vigie(VIGIE, &here, &words)
    };
    assert_eq!(run("vigie-check", &["rules/a.vigie"]).exit, 0);
    let named = run("vigie-check", &["--config=x.vigie"]);
    assert!(named.exit == 0 && named.stdout.contains("1 input"), "{}{}", named.stdout, named.stderr);
    assert_eq!(run("vigie-check", &["rules/a.vigie", "rules/broken.vigie"]).exit, 1);
    std::fs::remove_file(here.join("rules/broken.vigie")).expect("it is there");
    let unlocked = run("vigie-lock", &[]);
    assert!(unlocked.exit == 1 && unlocked.stderr.contains("`vigie.lock` is not up to date"), "{}", unlocked.stderr);
    assert_eq!(vigie(VIGIE, &here, &["build", "--no-engine"]).exit, 0);
    assert_eq!(run("vigie-lock", &[]).exit, 0);
}

#[test]
fn the_image_holds_the_program_alone_and_runs_it_without_rights() {
    let file = text("kit/Containerfile").replace("\\\n", " ");
    let lines: Vec<(&str, &str)> =
        file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).filter_map(|line| line.split_once(' ')).collect();
    let of = |word: &str| -> Vec<&str> { lines.iter().filter(|(known, _)| *known == word).map(|(_, rest)| *rest).collect() };
    assert_eq!(of("FROM"), ["scratch"]);
    assert!(of("RUN").is_empty() && of("ADD").is_empty() && of("ENV").is_empty(), "{lines:?}");
    let user: Vec<u32> = of("USER")[0].split(':').map(|id| id.parse().expect("a number, for there are no names")).collect();
    assert!(user.len() == 2 && user.iter().all(|id| *id > 0), "{user:?}");
    let entry: Vec<String> = serde_json::from_str(of("ENTRYPOINT")[0]).expect("a list, for there is no shell");
    assert!(of("COPY").iter().any(|copy| copy.ends_with(&format!("/vigie {}", entry[0]))), "{lines:?}");
    // What is copied is what an archive holds.
    let archive = text("kit/release/archive.py");
    for copy in of("COPY") {
        for from in copy.split(' ').filter_map(|word| word.strip_prefix("${TARGETARCH}/")) {
            assert!(from == "vigie" || archive.contains(&format!("\"{from}\"")), "`{from}` is in no archive");
        }
    }
    for label in ["title", "description", "licenses", "version", "revision", "source"] {
        assert!(of("LABEL")[0].contains(&format!("org.opencontainers.image.{label}=")), "{label}");
    }
}
