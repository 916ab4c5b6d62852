//! Does what CI runs on a change do what it says? The scripts are taken from `action.yml` and `kit/gitlab.yml` and run on a repository, with stand-ins
//! for the services that keep what they were asked.
#![allow(clippy::disallowed_methods, reason = "checks read the disk and the environment; nothing here reaches a rule")]

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use vigie_tests::run::{Ran, scratch};
use vigie_tests::{root, tree};

const VIGIE: &str = env!("CARGO_BIN_EXE_vigie-under-test");

/// GitHub's own program: comments lie in a file, each call is a line of another.
const GH: &str = r#"#!/bin/sh
printf '%s|' "$@" >>"$STATE/calls"; echo >>"$STATE/calls"
method=POST path= body= filter=
shift
while [ $# -gt 0 ]; do
  case $1 in
    -X) method=$2; shift ;;
    -F) body=${2#body=@}; shift ;;
    --jq) method=GET filter=$2; shift ;;
    --*) ;;
    *) path=$1 ;;
  esac
  shift
done
[ ! -e "$STATE/refuses" ] || { echo 'gh: Resource not accessible by integration (HTTP 403)' >&2; exit 1; }
case $method in
  GET) jq -r "$filter" "$STATE/comments" ;;
  POST) jq --rawfile body "$body" '. + [{id: (length + 1), body: $body, user: {login: "github-actions[bot]"}}]' "$STATE/comments" >"$STATE/new" && mv "$STATE/new" "$STATE/comments" ;;
  PATCH) jq --rawfile body "$body" --argjson id "${path##*/}" 'map(if .id == $id then .body = $body else . end)' "$STATE/comments" >"$STATE/new" && mv "$STATE/new" "$STATE/comments" ;;
esac
"#;

/// GitLab's side of `curl`: the same file, which a page holds two comments of.
const CURL: &str = r#"#!/bin/sh
printf '%s|' "$@" >>"$STATE/calls"; echo >>"$STATE/calls"
cat >>"$STATE/headers"
method=GET body= address=
while [ $# -gt 0 ]; do
  case $1 in
    --request) method=$2; shift ;;
    --data-urlencode) body=${2#body@}; shift ;;
    --header | --output) shift ;;
    --*) ;;
    *) address=$1 ;;
  esac
  shift
done
page=${address##*page=}
case $method:$address in
  GET:*/user) echo '{"id": 7}' ;;
  GET:*) jq --argjson page "$page" '.[($page - 1) * 2 : $page * 2]' "$STATE/comments" ;;
  POST:*) jq --rawfile body "$body" '. + [{id: (length + 1), body: $body, author: {id: 7}}]' "$STATE/comments" >"$STATE/new" && mv "$STATE/new" "$STATE/comments" ;;
  PUT:*) jq --rawfile body "$body" --argjson id "${address##*/}" 'map(if .id == $id then .body = $body else . end)' "$STATE/comments" >"$STATE/new" && mv "$STATE/new" "$STATE/comments" ;;
esac
"#;

/// Words that would be commands in a shell, and to GitHub, and to GitLab.
pub(crate) const HOSTILE: &str = "$(touch pwned)`touch pwned`;touch pwned;'|::error::fake ##[add-mask]a %0A::warning::fake";

/// A repository with a change, and the services around it.
pub(crate) struct Change {
    pub(crate) project: PathBuf,
    pub(crate) around: PathBuf,
}

fn description(path: &str) -> String {
    format!(
        "vigie 1\nadvisory \"KIT-1\" {{ title: \"/close {HOSTILE}\" tlp: clear published: 2024-01-10 }}\n\
         behavior gate \"{HOSTILE}\" {{ facet use on http.request {{ url.path == \"/{path}\" }} }}\n\
         test gate {{ match http.request {{ url.path: \"/{path}\" }} }}\n"
    )
}

impl Change {
    /// `main` has one rule; the change on a branch gives it another path, is merged as GitHub merges for a run, and is what is checked out.
    pub(crate) fn new(name: &str) -> Option<Self> {
        if Command::new("jq").arg("--version").output().is_err() {
            shared::skip("the program jq");
            return None;
        }
        let around = scratch(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("kit"), name);
        let change = Self { project: around.join("project"), around };
        for folder in ["project", "programs", "state", "runner"] {
            std::fs::create_dir(change.around.join(folder)).expect("a folder can be made");
        }
        for (name, text) in [("gh", GH), ("curl", CURL), ("apk", "#!/bin/sh\nprintf '%s|' apk \"$@\" >>\"$STATE/calls\"\n")] {
            change.program(name, text);
        }
        symlink(VIGIE, change.around.join("programs/vigie")).expect("a link can be made");
        symlink(root().join("kit/pull-request"), change.around.join("programs/vigie-pull-request")).expect("a link can be made");
        std::fs::write(change.around.join("state/comments"), "[]").expect("a file can be written");
        change.git(&["init", "--quiet", "--initial-branch=main"]);
        change.put("vigie.toml", "[project]\ninputs = [\"rules\"]\ntargets = [\"sigma\", \"suricata/8\"]\n");
        change.put(".gitignore", "/dist/\n/vigie-report/\n");
        change.put("rules/gate.vigie", &description("before"));
        change.build();
        change.commit();
        change.git(&["checkout", "--quiet", "-b", "change"]);
        change.put("rules/gate.vigie", &description("after"));
        change.build();
        change.commit();
        change.git(&["checkout", "--quiet", "main"]);
        change.git(&["merge", "--quiet", "--no-ff", "-m", "merged for the run", "change"]);
        Some(change)
    }

    pub(crate) fn program(&self, name: &str, text: &str) {
        let place = self.around.join("programs").join(name);
        std::fs::write(&place, text).expect("a file can be written");
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).expect("a mode can be set");
    }

    fn put(&self, path: &str, text: &str) {
        tree::write(&self.project, &[(path.to_owned(), text.as_bytes().to_vec())].into());
    }

    /// The lock that belongs to the rules.
    fn build(&self) {
        let ran = vigie_tests::run::vigie(VIGIE, &self.project, &["build", "--no-engine"]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a state"]);
    }

    fn git(&self, arguments: &[&str]) -> String {
        let person = [("GIT_AUTHOR_NAME", "Team"), ("GIT_AUTHOR_EMAIL", "team@example.com")];
        let committer = [("GIT_COMMITTER_NAME", "Team"), ("GIT_COMMITTER_EMAIL", "team@example.com")];
        let mut command = Command::new("git");
        command.args(arguments).current_dir(&self.project).envs(person).envs(committer);
        let ran = command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")]).output().expect("git is installed");
        assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).trim().to_owned()
    }

    /// Runs a script as the shell of a job does, with its own programs first. What a variable holds, the shell reads.
    pub(crate) fn run(&self, script: &str, variables: &[(&str, &str)]) -> Ran {
        let path = format!("{}:{}", self.around.join("programs").display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("sh");
        command.args(["-e", "-c", script, "job", &self.around.join("installed").display().to_string()]).current_dir(&self.project).env_clear();
        command.env("PATH", path).env("STATE", self.around.join("state")).env("HOME", &self.around).env("NO_COLOR", "1");
        command.envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")]);
        let output = command.envs(variables.iter().copied()).output().expect("a shell can be started");
        Ran {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("what is printed is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("what is printed is UTF-8"),
        }
    }

    /// The second step of the action, with inputs as a workflow gives them, for the pull request 5.
    fn on_github(&self, inputs: &[(&str, &str)], more: &[(&str, &str)]) -> Ran {
        let (script, mut variables) = step(1, inputs);
        let runner = self.around.join("runner");
        let sha = self.git(&["rev-parse", "HEAD"]);
        for (name, value) in [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTION_PATH", root().to_str().expect("a path")),
            ("RUNNER_TEMP", runner.to_str().expect("a path")),
            ("GITHUB_OUTPUT", runner.join("output").to_str().expect("a path")),
            ("GITHUB_STEP_SUMMARY", runner.join("summary").to_str().expect("a path")),
            ("GITHUB_REPOSITORY", "example/rules"),
            ("GITHUB_REF", "refs/pull/5/merge"),
            ("GITHUB_SHA", &sha),
            ("GITHUB_BASE_REF", "main"),
            ("GITHUB_HEAD_REF", HOSTILE),
        ] {
            variables.insert(name.to_owned(), value.to_owned());
        }
        variables.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.run(&script, &variables)
    }

    /// The job of GitLab, for the merge request 5.
    fn on_gitlab(&self, more: &[(&str, &str)]) -> Ran {
        let template = yaml("kit/gitlab.yml");
        let (base, project) = (self.git(&["rev-parse", "HEAD^1"]), self.project.display().to_string());
        let mut variables = BTreeMap::from([
            ("GITLAB_CI", "true"),
            ("CI_PROJECT_DIR", &project),
            ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
            ("CI_PROJECT_ID", "3"),
            ("CI_MERGE_REQUEST_IID", "5"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base),
            ("CI_MERGE_REQUEST_TITLE", HOSTILE),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", HOSTILE),
            ("VIGIE_TOKEN", "secret-of-the-project"),
        ]);
        let given = template["vigie"]["variables"].as_object().expect("variables").iter();
        variables.extend(given.map(|(name, value)| (name.as_str(), value.as_str().expect("a text"))));
        variables.extend(more.iter().copied());
        let variables: Vec<(&str, &str)> = variables.into_iter().collect();
        self.run(&lines(&template["vigie"]["script"]), &variables)
    }

    fn comments(&self) -> Vec<String> {
        let comments: Value = serde_json::from_str(&self.state("comments")).expect("it is JSON");
        comments.as_array().expect("a list").iter().map(|comment| comment["body"].as_str().expect("a text").to_owned()).collect()
    }

    pub(crate) fn state(&self, name: &str) -> String {
        std::fs::read_to_string(self.around.join("state").join(name)).unwrap_or_default()
    }

    fn report(&self) -> String {
        let place =
            [self.around.join("runner/vigie-report/report.md"), self.project.join("vigie-report/report.md")].into_iter().find(|place| place.exists());
        std::fs::read_to_string(place.expect("there is a report")).expect("a report can be read")
    }

    /// Nothing of what somebody wrote was run.
    fn is_unharmed(&self) {
        let pwned: Vec<String> = tree::read(&self.around).into_keys().filter(|path| path.ends_with("pwned")).collect();
        assert!(pwned.is_empty(), "{pwned:?}");
        assert!(!root().join("pwned").exists());
    }
}

/// A YAML file of the repository.
pub(crate) fn yaml(path: &str) -> Value {
    let text = std::fs::read_to_string(root().join(path)).expect("the file can be read");
    serde_yaml::from_str(&text).expect("the file is YAML")
}

/// The lines of a script of GitLab.
pub(crate) fn lines(script: &Value) -> String {
    script.as_array().expect("a list of lines").iter().map(|line| format!("{}\n", line.as_str().expect("a line"))).collect()
}

/// The script of a step of the action and its variables, when a workflow gives these inputs. Of other expressions GitHub knows the value.
pub(crate) fn step(at: usize, inputs: &[(&str, &str)]) -> (String, BTreeMap<String, String>) {
    let action = yaml("action.yml");
    let step = &action["runs"]["steps"][at];
    let value = |name: &str| match inputs.iter().find(|(given, _)| *given == name) {
        Some((_, value)) => (*value).to_owned(),
        None => action["inputs"][name]["default"].as_str().unwrap_or_else(|| panic!("`{name}` is no input with a default")).to_owned(),
    };
    let mut variables = BTreeMap::new();
    for (name, expression) in step["env"].as_object().expect("variables") {
        let expression = expression.as_str().expect("a text").trim_start_matches("${{ ").trim_end_matches(" }}");
        if let Some(input) = expression.strip_prefix("inputs.").filter(|input| !input.contains(' ')) {
            variables.insert(name.clone(), value(input));
        }
    }
    (step["run"].as_str().expect("a script").to_owned(), variables)
}

/// The lines of a log that GitHub reads as commands: those that stand between `stop-commands` and its word are none.
fn live(log: &str) -> Vec<&str> {
    let (mut out, mut until) = (Vec::new(), None::<String>);
    for line in log.lines() {
        match &until {
            Some(word) if line == word => until = None,
            Some(_) => {}
            None => match line.strip_prefix("::stop-commands::") {
                Some(word) => until = Some(format!("::{word}::")),
                None => out.push(line),
            },
        }
    }
    out
}

#[test]
fn on_github_a_comment_is_written_once_and_then_replaced() {
    let Some(change) = Change::new("github") else { return };
    let first = change.on_github(&[], &[]);
    assert_eq!(first.exit, 0, "{}{}", first.stdout, first.stderr);
    let comments = change.comments();
    assert_eq!(comments.len(), 1);
    assert!(comments[0].starts_with("<!-- vigie -->\n## vigie: 0 errors") && comments[0].len() <= 65_536, "{}", comments[0]);
    // What was merged into is compared with, by the merge's first parent.
    assert!(comments[0].contains("What changes in meaning") && comments[0].contains("1 rule: 1 changed"), "{}", comments[0]);
    assert_eq!(std::fs::read_to_string(change.around.join("runner/summary")).expect("a summary"), comments[0]);
    let output = std::fs::read_to_string(change.around.join("runner/output")).expect("outputs");
    let folder = PathBuf::from(output.trim().strip_prefix("folder=").expect("a folder"));
    assert!(["report.md", "vigie.sarif", "vigie.xml"].iter().all(|file| folder.join(file).is_file()), "{output}");

    // A comment of somebody else that begins so stays theirs, though it stands first.
    let theirs = format!(
        "[{{\"id\":9,\"body\":\"<!-- vigie --> all is well\",\"user\":{{\"login\":\"somebody\"}}}},{}",
        &change.state("comments").trim_start()[1..]
    );
    std::fs::write(change.around.join("state/comments"), theirs).expect("a file can be written");
    change.put("rules/gate.vigie", &description("later"));
    change.build();
    let second = change.on_github(&[], &[]);
    assert_eq!(second.exit, 0, "{}{}", second.stdout, second.stderr);
    let comments = change.comments();
    assert_eq!(comments.len(), 2, "{comments:?}");
    assert!(comments[0].ends_with("all is well") && comments[1].contains("later"), "{comments:?}");
    assert!(change.state("calls").contains("api|--silent|-X|PATCH|repos/example/rules/issues/comments/1|-F|body=@"), "{}", change.state("calls"));

    // Without the right to write one, the job says so and ends as it would have.
    std::fs::write(change.around.join("state/refuses"), "").expect("a file can be written");
    let refused = change.on_github(&[], &[]);
    assert!(
        refused.exit == 0 && live(&refused.stdout).iter().any(|line| line.starts_with("::warning title=vigie::the comment")),
        "{}",
        refused.stdout
    );
    // A push has no comments.
    std::fs::write(change.around.join("state/calls"), "").expect("a file can be written");
    assert_eq!(change.on_github(&[], &[("GITHUB_REF", "refs/heads/main"), ("GITHUB_BASE_REF", "")]).exit, 0);
    assert_eq!(change.on_github(&[("comment", "false")], &[]).exit, 0);
    assert_eq!(change.state("calls"), "");
}

#[test]
fn on_github_findings_are_commands_and_nothing_else_is_one() {
    let Some(change) = Change::new("findings") else { return };
    let name = "rules/$(touch pwned);::error::x ##[error]y.vigie";
    change.put(name, &description("after").replace("KIT-1", "KIT-2").replace("url.path ==", "url.paht =="));
    change.git(&["checkout", "--quiet", "-b", "$(touch${IFS}pwned);`touch${IFS}pwned`"]);
    change.put("vigie.toml", "[project]\ninputs = [\"rules\", \"missing/::error::fake\"]\ntargets = [\"sigma\"]\n");
    let ran = change.on_github(&[("locked", "false")], &[]);
    assert_eq!(ran.exit, 2, "an input that cannot be read goes before findings\n{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stderr, "", "what is printed there is read beside the rest");
    let live = live(&ran.stdout);
    let known = ["::group::", "::endgroup::", "::error title=vigie::", "::error file=", "::error title=", "::warning ", "::notice "];
    assert!(live.iter().all(|line| line.is_empty() || known.iter().any(|start| line.starts_with(start))), "{live:#?}");
    let found = live.iter().find(|line| line.contains("url.paht")).expect("the finding is shown");
    assert!(found.starts_with("::error file=rules/$(touch pwned);%3A%3Aerror%3A%3Ax ##[error]y.vigie,line="), "{found}");
    // What somebody wrote is in the log, where it is no command.
    assert!(ran.stdout.lines().any(|line| line.contains("##[")));
    assert!(change.comments()[0].starts_with("<!-- vigie -->\n## vigie: 2 errors"), "{}", change.comments()[0]);
    change.is_unharmed();
}

#[test]
fn the_exit_code_is_the_worst_in_the_order_of_vigie_and_every_step_runs() {
    let Some(change) = Change::new("codes") else { return };
    let red =
        "tlp: clear published: 2024-01-10 }\niocs old : domain { role: c2 direction: destination - old.evil-corp.example { valid: ..2024-02-01 } }";
    let policy =
        description("after").replace("tlp: clear published: 2024-01-10 }", red).replace("direction: destination - ", "direction: destination\n  - ");
    let finding = description("after").replace("url.path ==", "url.paht ==");
    let wrong = policy.replace("match http.request { url.path: \"/after\"", "match http.request { url.path: \"/other\"");
    change.put("more rules/second.vigie", &description("second").replace("KIT-1", "KIT-2"));
    let steps = |ran: &Ran| ["Findings", "Report", "Build", "Tests"].iter().all(|step| ran.stdout.contains(&format!("::group::{step}\n")));
    let settings = "[project]\ninputs = [\"rules\"]\ntargets = [\"sigma\"]\n";
    for (what, text, toml, inputs, exit) in [
        ("clean", &description("after"), settings, vec![], 0),
        ("a policy", &policy, settings, vec![("as-of", "2024-06-01")], 4),
        ("today", &policy, settings, vec![("as-of", "today")], 4),
        ("no day", &policy, settings, vec![], 0),
        ("a finding", &finding, settings, vec![], 1),
        ("a policy, then a test that fails", &wrong, settings, vec![("as-of", "2024-06-01")], 1),
        ("a path with a space", &description("after"), settings, vec![("paths", "rules\nmore rules\n")], 0),
        ("a finding and a policy", &policy.replace("url.path ==", "url.paht =="), settings, vec![("as-of", "2024-06-01")], 1),
        ("a path that is not there", &finding, settings, vec![("paths", "rules\nmissing *\n")], 2),
        ("settings", &finding, "[projekt]\n", vec![], 3),
        ("no such level", &finding, settings, vec![("deny", "--help")], 2),
    ] {
        change.put("rules/gate.vigie", text);
        change.put("vigie.toml", toml);
        let ran = change.on_github(&[&[("locked", "false")], &inputs[..]].concat(), &[]);
        assert_eq!(ran.exit, exit, "{what}\n{}{}", ran.stdout, ran.stderr);
        assert!(steps(&ran), "{what}\n{}", ran.stdout);
        assert!(change.report().starts_with("<!-- vigie -->\n## vigie: "), "{what}");
        assert_eq!(change.comments(), [change.report()], "{what}");
    }
    // What a build would change in the lock is a finding.
    change.put("vigie.toml", settings);
    change.put("rules/gate.vigie", &description("after").replace("gate \"", "door \"").replace("test gate", "test door"));
    change.put("vigie.toml", "[project]\ninputs = [\"rules\"]\ntargets = [\"suricata/8\"]\n");
    let ran = change.on_github(&[], &[]);
    assert!(ran.exit == 1 && live(&ran.stdout).contains(&"::error title=vigie::Build: exit code 1"), "{}", ran.stdout);
}

#[test]
fn differences_can_fail_a_change() {
    let Some(change) = Change::new("differences") else { return };
    let ran = change.on_github(&[("fail-on", "added,removed")], &[]);
    assert_eq!(ran.exit, 0, "{}", ran.stdout);
    let ran = change.on_github(&[("fail-on", "changed")], &[]);
    assert!(ran.exit == 1 && live(&ran.stdout).contains(&"::error title=vigie::Differences: exit code 1"), "{}", ran.stdout);
    let ran = change.on_github(&[("fail-on", "changed"), ("base", "--output=pwned")], &[]);
    assert!(ran.exit == 2 && ran.stdout.contains("compares with a revision, and there is none"), "{}", ran.stdout);
    // The head of a branch is checked out alone, and the branch that it is to be merged into is fetched.
    let shallow = change.around.join("shallow");
    change.git(&["branch", "--quiet", "--force", "target", "HEAD^1"]);
    let origin = format!("file://{}", change.project.display());
    change.git(&["clone", "--quiet", "--depth=1", "--branch=change", &origin, shallow.to_str().expect("a path")]);
    let elsewhere = Change { project: shallow, around: change.around.clone() };
    let ran = elsewhere.on_github(&[], &[("GITHUB_SHA", "0000"), ("GITHUB_BASE_REF", "target")]);
    assert_eq!(ran.exit, 0, "{}", ran.stdout);
    assert!(elsewhere.report().contains("1 rule: 1 changed"), "{}", elsewhere.report());
    // A revision is no option of git.
    let ran = elsewhere.on_github(&[("base", "--upload-pack=touch pwned;:")], &[]);
    assert!(ran.exit == 0 && !elsewhere.report().contains("What changes"), "{}", ran.stdout);
    // Without a revision there is a report all the same.
    let ran = elsewhere.on_github(&[], &[("GITHUB_SHA", "0000"), ("GITHUB_BASE_REF", "nowhere")]);
    assert!(ran.exit == 0 && !elsewhere.report().contains("What changes"), "{}", ran.stdout);
    change.is_unharmed();
}

#[test]
fn on_gitlab_a_note_is_written_once_and_then_replaced() {
    let Some(change) = Change::new("gitlab") else { return };
    // Two pages of others' notes, one of which begins like ours.
    let theirs = r#"[{"id":1,"body":"<!-- vigie --> all is well","author":{"id":8}},{"id":2,"body":null,"author":{"id":7}},{"id":3,"body":"x","author":{"id":7}}]"#;
    std::fs::write(change.around.join("state/comments"), theirs.replace("null", "\"y\"")).expect("a file can be written");
    let first = change.on_gitlab(&[]);
    assert_eq!(first.exit, 0, "{}{}", first.stdout, first.stderr);
    assert_eq!(change.comments().len(), 4);
    change.put("rules/gate.vigie", &description("later"));
    change.build();
    let second = change.on_gitlab(&[]);
    assert_eq!(second.exit, 0, "{}{}", second.stdout, second.stderr);
    let comments = change.comments();
    assert!(comments.len() == 4 && comments[0].ends_with("all is well") && comments[3].contains("later"), "{comments:?}");
    // GitLab runs a line that begins with a slash.
    assert!(!comments[3].lines().any(|line| line.trim_start().starts_with('/')), "{}", comments[3]);
    let calls = change.state("calls");
    assert!(
        calls.contains(
            "--request|PUT|--data-urlencode|body@vigie-report/report.md|https://gitlab.example/api/v4/projects/3/merge_requests/5/notes/4|"
        ),
        "{calls}"
    );
    assert!(!calls.contains("secret") && change.state("headers").starts_with("PRIVATE-TOKEN: secret-of-the-project\n"), "{calls}");
    let quality: Value = serde_json::from_slice(&std::fs::read(change.project.join("vigie-report/gl-code-quality-report.json")).expect("a report"))
        .expect("it is JSON");
    assert!(quality.is_array());
    assert!(change.project.join("vigie-report/vigie.xml").is_file());
    // Without a token the job says so, and ends as it would have.
    let without = change.on_gitlab(&[("VIGIE_TOKEN", "")]);
    assert!(
        without.exit == 0 && without.stdout.contains("VIGIE_TOKEN is empty") && without.stdout.contains("warning: the comment"),
        "{}",
        without.stdout
    );
    change.put("rules/gate.vigie", &description("later").replace("url.path ==", "url.paht =="));
    let found = change.on_gitlab(&[]);
    assert!(found.exit == 1 && found.stdout.contains("error: Findings: exit code 1"), "{}", found.stdout);
    change.is_unharmed();
}

#[test]
fn outside_of_a_service_the_same_is_said_and_no_comment_is_written() {
    let Some(change) = Change::new("local") else { return };
    let ran = change.run("vigie-pull-request", &[("VIGIE_BASE", "HEAD^1")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(change.report().contains("1 rule: 1 changed") && ran.stdout.contains("== Findings"), "{}", ran.stdout);
    assert_eq!(change.state("calls"), "");
}
