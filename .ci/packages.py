#!/usr/bin/env python3
"""packages.py ORACLES TOOLS VIGIE OUT RULES...: makes the packages of each folder of rules, and lets whoever imports such things judge them.

ORACLES is the folder of judges, TOOLS the folder with their environments. Each RULES is a feed, or a folder of descriptions or of Sigma rules; a list
of 5,000 names and 600 addresses is added to them. Prints each finding, then for each judge a line `judge: N passed, N failed`. Standard library only."""
import csv, glob, hashlib, json, os, shutil, subprocess, sys

oracles, tools, vigie, out, *folders = map(os.path.abspath, sys.argv[1:])
here = os.path.dirname(os.path.realpath(__file__))
failed_any = False


def feed():
    """A list that is too long for any rule's own text, with remarks that try to break out of it."""
    folder = os.path.join(out, "inputs", "feed")
    os.makedirs(folder, exist_ok=True)
    remarks = ['seen in wave %d, "loader" config', "=cmd|' /C calc'!A%d", "a; b \\ c %d", "+%d"]
    with open(os.path.join(folder, "names.csv"), "w", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "remark"])
        rows.writerows(["host%04d.botnet%02d.example" % (at, at % 97), remarks[at % len(remarks)] % at] for at in range(5000))
    with open(os.path.join(folder, "addresses.csv"), "w", encoding="utf-8") as file:
        file.write("ip\n" + "".join("2001:db8:%x::%x\n" % (at // 200, at + 1) for at in range(600)))
    with open(os.path.join(folder, "notes.md"), "w", encoding="utf-8") as file:
        file.write("The botnet calls its control servers by these names.\n")
    with open(os.path.join(folder, "feed.vigie"), "w", encoding="utf-8") as file:
        file.write(FEED)
    return folder


FEED = """vigie 1

advisory "FEED-2026-01" {
  title:     "Names of a botnet"
  tlp:       green
  published: 2026-01-10
}

source notes { file: "notes.md" }

iocs names : domain {
  role: c2   direction: destination   severity: high
  because notes "The botnet calls its control servers by these names."
  load csv "names.csv" { value: "name"   note: "remark" }
}

iocs addresses : ip {
  role: c2   direction: destination   severity: high
  load csv "addresses.csv" { value: "ip" }
}
"""


def told(judge, passed, findings):
    global failed_any
    for what, finding in findings[:20]:
        print("FAIL %s: %s: %s" % (judge, what, str(finding).strip()[:600]))
    failed_any |= bool(findings)
    print("%s: %d passed, %d failed" % (judge, passed, len(findings)), flush=True)


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    return done.returncode, done.stdout


def packages(product, codes=(0, 4)):
    """The package of each folder for a product, made twice; the same bytes each time, and the digests that it says."""
    made, findings = [], []
    for folder in folders:
        name = os.path.splitext(os.path.basename(folder))[0]
        both = [os.path.join(out, product, name + again) for again in ("", "-again")]
        for place in both:
            shutil.rmtree(place, ignore_errors=True)
            code, text = run(vigie, "package", "--for", product, folder, "-o", place, "--no-engine")
            if code not in codes or not os.path.exists(os.path.join(place, "manifest.json")):
                findings.append((name, text[-600:]))
        code, text = run("diff", "-rq", *both)
        if code:
            findings.append((name, "made twice, it differs: " + text))
        code, text = run("sha256sum", "--quiet", "--check", "SHA256SUMS", cwd=both[0])
        if code:
            findings.append((name, text))
        schema = os.path.join(here, "..", "book", "src", "manifest.schema.json")
        code, text = run(os.path.join(tools, "sentinel", "bin", "python"), os.path.join(here, "json-schema.py"), schema, both[0] + "/manifest.json")
        if code:
            findings.append((name, text))
        made.append(both[0])
    told("packages for %s" % product, len(folders) * 4 - len(findings), findings)
    return made


def suricata():
    made = packages("suricata")
    for version, binary in (("7", "/usr/bin/suricata"), ("8", os.path.join(tools, "suricata8", "suricata8"))):
        passed, findings = 0, []
        for place in made:
            name, data = os.path.basename(place), os.path.join(out, "suricata-update-" + version)
            shutil.rmtree(data, ignore_errors=True)
            for part in ("lib", "rules", "elsewhere"):
                os.makedirs(os.path.join(data, part))
            update = os.path.join(tools, "packages", "bin", "suricata-update")
            common = ["-D", os.path.join(data, "lib"), "--suricata", binary]
            environment = dict(os.environ, SOURCE_INDEX_URL="file://%s/index.yaml" % place)
            source = [line.strip().rstrip(":") for line in open(place + "/index.yaml") if line.strip().endswith("/suricata-%s:" % version)][0]
            steps = [
                [update, "update-sources", *common],
                [update, "enable-source", *common, source, "base-url=file://" + place],
                [update, "update", *common, "--no-test", "--no-reload", "-o", os.path.join(data, "rules"), "--disable-conf", place + "/disable.conf"],
            ]
            for step in steps:
                code, text = run(*step, env=environment, cwd=os.path.join(data, "elsewhere"))
                if code or "was not found" in text:
                    findings.append((name, text))
            rules = os.path.join(data, "rules", "suricata.rules")
            lines = open(rules, encoding="utf-8").read().splitlines() if os.path.exists(rules) else []
            ours = [line for line in lines if "vigie_id" in line]
            wanted = sum(rule["profile"] == version for rule in json.load(open(place + "/manifest.json"))["rules"])
            carried = sum(line.startswith("alert") for line in lines) - sum(not line.startswith("#") for line in ours)
            if any(line.startswith("#") for line in ours) or (len(ours) < wanted and carried == 0):
                findings.append((name, "%d rules of %d reached the sensor" % (len(ours), wanted)))
            check = [os.path.join(oracles, "suricata", "check.sh"), "--fast", "--severity", "warning"]
            own = os.path.join(data, "rules", "ours.rules")
            open(own, "w", encoding="utf-8").write("\n".join(ours) + "\n")
            # From another folder than that of the rules, as a service is started.
            # Of some folders a sensor on the network sees nothing.
            for path in [*([own] if ours else []), *sorted(glob.glob(place + "/suricata-%s/rules/*.rules" % version))]:
                code, text = run(*check, path, env=dict(os.environ, SURICATA=binary), cwd="/")
                passed += not code
                if code:
                    findings.append((path, text))
            archive = open(place + "/suricata-%s/rules.tar.gz" % version, "rb").read()
            if hashlib.md5(archive).hexdigest() != open(place + "/suricata-%s/rules.tar.gz.md5" % version).read().strip():
                findings.append((name, "the archive has another digest"))
        told("rule sources on Suricata %s" % version, passed, findings)


def yara():
    passed, findings = 0, []
    for place in packages("yara"):
        files = sorted(glob.glob(place + "/*.yar") + glob.glob(place + "/rules/*.yar"))
        # What an index includes lies beside it.
        code, text = run(os.path.join(oracles, "yara", "check.sh"), *[os.path.relpath(path, place) for path in files], cwd=place, env=dict(os.environ, YARA_VENV=os.path.join(tools, "yara")))
        passed += not code
        if code:
            findings.append((place, text))
    told("packages on both YARA engines", passed, findings)


def sigma():
    passed, findings = 0, []
    python = os.path.join(tools, "packages", "bin", "python")
    for place in packages("sigma"):
        code, text = run(python, os.path.join(here, "sigmahq-names.py"), place)
        passed += not code
        if code:
            findings.append((place, text))
    told("names of Sigma rules, as SigmaHQ asks", passed, findings)


def stix():
    passed, findings = 0, []
    for place in packages("stix"):
        files = [place + "/bundle.json", *sorted(glob.glob(place + "/advisories/*.json"))[:50]]
        code, text = run(os.path.join(tools, "packages", "bin", "stix2_validator"), "--version", "2.1", "--disable", "103,302", *files)
        passed += not code
        if code:
            findings.append((place, text))
        wanted = sum(line.get("pattern_type") == "stix" for line in json.load(open(files[0]))["objects"])
        code, text = run(vigie, "import", files[0], "--format", "jsonl")
        read = {line for line in text.splitlines() if line.startswith("{")}
        if wanted and len(read) < wanted:
            findings.append((place, "%d values of %d are read back" % (len(read), wanted)))
    told("bundles of STIX 2.1", passed, findings)


def judged(path):
    """Whether the checker of Sentinel's and Defender's content knows a file."""
    top, ending = path.split(os.sep)[0], os.path.splitext(path)[1]
    if top in ("analytics-rules", "arm", "threat-intelligence", "custom-detections"):
        return ending in (".yaml", ".json")
    return os.path.basename(path) in ("mainTemplate.json", "sentinel-deployment.config") or (top == "watchlists" and ending == ".csv")


def sentinel():
    environment = dict(os.environ, KQL_MODULES=os.path.join(tools, "kql"))
    check = [os.path.join(tools, "sentinel", "bin", "python"), os.path.join(oracles, "sentinel", "check.py"), "--kql"]
    for product in ("sentinel", "sentinel-asim", "defender"):
        passed, findings = 0, []
        # A rule that the product cannot say is an error of the run, and the package is written without it.
        for place in packages(product, (0, 1, 4)):
            paths = sorted(path for path in glob.glob(place + "/**", recursive=True) if os.path.isfile(path) and judged(os.path.relpath(path, place)))
            passed += len(paths)
            for start in range(0, len(paths), 500):
                code, text = run(*check, *paths[start : start + 500], env=environment)
                said = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
                findings += [(one["file"], "%(code)s %(path)s %(message)s" % one) for one in said if one.get("severity") == "Error"]
                if code not in (0, 1):
                    findings.append((place, text))
        told("packages for %s, files" % product, passed, findings)


def splunk():
    """Splunk's own inspection of an app, the checks of the oracle, and the model that Splunk builds its content with."""
    passed, findings = 0, []
    check = [os.path.join(tools, "splunk", "bin", "python"), os.path.join(oracles, "splunk", "check_app.py"), "--contentctl-ng", os.path.join(tools, "splunk", "model")]
    for place in packages("splunk"):
        for app in glob.glob(place + "/*.tgz"):
            code, text = run(*check, app)
            passed += not code
            if code:
                findings.append((app, text))
    told("apps for Splunk, inspected", passed, findings)
    content()


def content():
    """The same rules as a repository of content, read by the tool that Splunk builds its own with."""
    passed, findings = 0, []
    settings = os.path.join(out, "inputs", "escu.toml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write("[package.splunk]\nescu = true\n")
    python, model = os.path.join(tools, "splunk", "bin", "python"), os.path.join(tools, "splunk", "model")
    for folder in folders:
        place = os.path.join(out, "splunk-escu", os.path.splitext(os.path.basename(folder))[0])
        shutil.rmtree(place, ignore_errors=True)
        run(vigie, "package", "--for", "splunk", folder, "-o", place, "--config", settings, "--no-engine")
        code, text = run(python, os.path.join(here, "escu.py"), model, place + "/escu")
        passed += not code
        if code:
            findings.append((folder, text))
    told("repositories of content for Splunk", passed, findings)


folders.append(feed())
for judge in (suricata, yara, sigma, stix, splunk, sentinel):
    judge()
sys.exit(1 if failed_any else 0)
