#!/usr/bin/env python3
"""judge.py [--strict] ORACLES TOOLS FOLDER...: puts every rule below the folders to the independent judges.

ORACLES is the folder of judges, TOOLS the folder with their environments (`suricata8/`, `yara/`, `kql/`, `sentinel/`, `pysigma/`).
A FOLDER is what `vigie build` wrote, with `rules.jsonl` (the same rules as `--emit jsonl` gives them) beside `report.json`.
--strict also counts advice about speed and style. Prints each finding, then for each judge a line `judge: N passed, N failed`.
Standard library only."""
import concurrent.futures, glob, json, os, subprocess, sys

strict = sys.argv[1] == "--strict"
oracles, tools, *folders = sys.argv[1 + strict:]
here = os.path.dirname(os.path.realpath(__file__))
failed_any = False


def files(folder, *endings):
    found = []
    for base, _, names in os.walk(folder):
        found += [os.path.join(base, name) for name in names if name.endswith(endings)]
    return sorted(found)


def told(judge, passed, findings):
    global failed_any
    for what, finding in findings[:40]:
        print("FAIL %s: %s: %s" % (judge, what, str(finding).strip()[:600]))
    failed_any |= bool(findings)
    failed = len({what for what, _ in findings})
    print("%s: %d passed, %d failed" % (judge, max(0, passed - failed), failed), flush=True)


def rules(target):
    """Every rule's text that came out for a target, with a name and its profile."""
    for folder in folders:
        path = os.path.join(folder, "rules.jsonl")
        for line in open(path, encoding="utf-8") if os.path.exists(path) else []:
            rule = json.loads(line)
            if rule["target"] == target and rule.get("text"):
                yield "%s %s %s" % (os.path.relpath(folder), rule["key"], rule["id"]), rule["profile"], rule["text"]


def suricata():
    both = [path for folder in folders for path in files(os.path.join(folder, "suricata"), ".rules")]
    only8 = [path for folder in folders for path in files(os.path.join(folder, "suricata-8"), ".rules")]
    # An engine takes a second to start: without --strict, each second file is put to 7, and each sixth of those for 7 to 8 as well.
    for version, paths, binary in (("7", both[:: 1 if strict else 2], None), ("8", both[:: 1 if strict else 6] + only8, os.path.join(tools, "suricata8", "suricata8"))):
        environment = dict(os.environ, **({"SURICATA": binary} if binary else {}))
        command = [os.path.join(oracles, "suricata", "check.sh"), *([] if strict else ["--fast", "--severity", "warning"])]

        def check(path):
            run = subprocess.run([*command, path], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return path, run.returncode, run.stdout

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(check, paths))
        told("suricata %s, files" % version, len(paths), [(os.path.relpath(path), out) for path, code, out in results if code])


def yara():
    paths = [path for folder in folders for path in files(os.path.join(folder, "yara"), ".yar", ".yara")]
    run = subprocess.run([os.path.join(oracles, "yara", "check.sh"), "--roundtrip", *(["--lint"] if strict else []), *paths], env=dict(os.environ, YARA_VENV=os.path.join(tools, "yara")),
                         stdout=subprocess.PIPE, text=True) if paths else None
    findings, seen = [], set()
    for line in run.stdout.splitlines() if run else []:
        said = json.loads(line)
        seen.add(said["rules"])
        # A rule that travels along is never rewritten: its own warnings are its author's.
        travels = "%snative%s" % (os.sep, os.sep) in said["rules"]
        # A mutex has no size, so neither has the rule that looks for its name.
        advice = [one for one in said.get("findings", []) if one["message"] != "condition does not limit filesize"]
        if said.get("errors") or (said.get("warnings") and not travels) or said.get("differences") or advice:
            findings.append((os.path.relpath(said["rules"]), line))
    findings += [(path, "was not judged") for path in paths if path not in seen]
    told("yara, both engines, files", len(paths), findings)


def kql():
    environments = {"defender-xdr": "xdr", "sentinel": "sentinel", "asim": "sentinel"}
    lines, names = [], {}
    for number, (name, profile, text) in enumerate(rules("kql")):
        names[str(number)] = "%s (%s)" % (name, profile)
        lines.append(json.dumps({"id": str(number), "query": text, "env": environments[profile]}))
    path = os.path.join(tools, "queries.jsonl")
    open(path, "w").write("\n".join(lines) + "\n")
    run = subprocess.run(["node", os.path.join(oracles, "kql", "check.mjs"), "--warnings", path], env=dict(os.environ, KQL_MODULES=os.path.join(tools, "kql")),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    findings = []
    for line in run.stdout.splitlines():
        said = json.loads(line)
        if said.get("severity") == "Error":
            findings.append((names[said["id"]], "%s %s" % (said["code"], said["message"])))
    if run.returncode not in (0, 1) or (run.returncode == 1 and not findings):
        findings.append(("the language service", run.stderr))
    told("kql, queries bound", len(lines), findings)


def sentinel():
    paths = [path for folder in folders for path in files(os.path.join(folder, "kql"), ".yaml", ".yml")]
    findings = []
    for start in range(0, len(paths), 200):
        run = subprocess.run([os.path.join(tools, "sentinel", "bin", "python"), os.path.join(oracles, "sentinel", "check.py"), *paths[start:start + 200]],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in run.stdout.splitlines():
            said = json.loads(line)
            if said.get("file"):
                findings.append((os.path.relpath(said["file"]), "%s %s %s" % (said.get("code"), said.get("path"), said.get("message"))))
        if run.returncode not in (0, 1):
            findings.append(("the checker", run.stderr))
    told("sentinel, rule files", len(paths), findings)


def splunk():
    lines, names = [], {}
    for number, (name, profile, text) in enumerate(rules("splunk")):
        names[str(number)] = "%s (%s)" % (name, profile)
        lines.append(json.dumps({"id": str(number), "query": text}))
    path = os.path.join(tools, "searches.jsonl")
    open(path, "w").write("\n".join(lines) + "\n")
    run = subprocess.run([sys.executable, os.path.join(oracles, "splunk", "spl.py"), path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    findings = []
    for line in run.stdout.splitlines():
        said = json.loads(line)
        findings.append((names.get(str(said.get("id")), said.get("id")), line))
    if run.returncode not in (0, 1) or (run.returncode == 1 and not findings):
        findings.append(("the parser", run.stderr))
    told("splunk, searches", len(lines), findings)


def sigma():
    with_rules = [os.path.join(folder, "sigma") for folder in folders if os.path.isdir(os.path.join(folder, "sigma"))]
    run = subprocess.run([os.path.join(tools, "pysigma", "bin", "python"), os.path.join(here, "validate-sigma.py"), *with_rules], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    findings, count = [], 0
    for line in run.stdout.splitlines():
        said = json.loads(line)
        count += said.get("rules", 0)
        if "finding" in said:
            findings.append((os.path.relpath(said["where"]), said["finding"]))
    if run.returncode not in (0, 1) or (run.returncode == 1 and not findings):
        findings.append(("pySigma", run.stderr))
    told("sigma, rules", count, findings)


# Most of them have one thread.
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    list(pool.map(lambda judge: judge(), (suricata, kql, yara, sentinel, splunk, sigma)))
sys.exit(1 if failed_any else 0)
