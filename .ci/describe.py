#!/usr/bin/env python3
"""describe.py KIND CASES.json DIR VIGIE [TARGET]: writes a description for each case's indicators, compiles it, lays the rules out.

KIND is `nearmiss` (Suricata, one indicator a case), `yara` (YARA, one indicator a case) or `score` (Suricata, all indicators of a
capture). CASES.json is what the judges of that name read. For Suricata, DIR/NAME holds the rules and the files they name, and
for `score` DIR/NAME.map.json tells which rule stands for which indicator; for YARA, DIR/NAME.yar holds the rules. The
descriptions stay beside them as DIR/NAME.vigie. TARGET is `suricata` unless another profile is named. Standard library only."""
import json, os, shutil, subprocess, sys

KINDS = {
    "hostname": "host", "domain": "domain", "url": "url", "ip": "ip", "ip-port": "ip", "user-agent": "useragent", "user_agent": "useragent",
    "ja3": "ja3", "ja3s": "ja3s", "ja4": "ja4", "cert-sha1": "cert-sha1", "cert_sha1": "cert-sha1", "cert_serial": "cert-serial",
    "md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha256-set": "sha256", "email-src": "email", "email": "email",
    "email-attachment": "attachment", "mutex": "mutex",
}
ROLES = {"email": "sender", "attachment": "delivery", "mutex": "payload", "md5": "payload", "sha1": "payload", "sha256": "payload"}
# What the guard holds back although the case is about it: a popular name, the machine's own address.
GUARDS = ["guard.popular-domain", "guard.reserved-address", "guard.common-name"]


def text(value):
    """A string of the language."""
    out = ""
    for char in value:
        if char in '"\\':
            out += "\\" + char
        elif ord(char) < 0x20:
            out += "\\x%02x" % ord(char)
        else:
            out += char
    return '"' + out + '"'


def block(name, kind, values):
    """Indicators of one type, and waivers for the guard."""
    role = ROLES.get(kind, "c2")
    direction = "source" if kind == "email" else "either"
    lines = ["iocs %s : %s {" % (name, kind), "  role: %s   direction: %s" % (role, direction)]
    lines += ["  - " + text(value) for value in values] + ["}", ""]
    lines += ['accept %s for %s on all because "the case is about this value"' % (guard, name) for guard in GUARDS]
    return "\n".join(lines) + "\n"


def value_of(ioc):
    value = ioc["value"]
    if ioc["type"] == "ip-port":
        address, port = value.split("|")
        return "[%s]:%s" % (address, port) if ":" in address else "%s:%s" % (address, port)
    return value


def content(ioc):
    """What the file must hold, as an expression."""
    modifiers = " ascii wide" + (" nocase" if ioc.get("nocase") else "")
    kind = ioc["type"]
    if kind == "hex":
        found = "{ %s }" % ioc["value"].upper()
    elif kind == "regex":
        found = "/%s/" % ioc["value"].replace("/", "\\/")
    elif kind == "string-set":
        found = "%d of [%s]" % (ioc["need"], ", ".join(text(value) + modifiers for value in ioc["values"]))
    else:
        found = "any of [%s]" % (text(ioc["value"]) + modifiers)
    if ioc.get("file_type"):
        found = 'file.type == "%s" and %s' % (ioc["file_type"], found)
    if ioc.get("max_size"):
        found = "file.size <= %d and %s" % (ioc["max_size"], found)
    return found


def description(name, body):
    return 'vigie 1\n\nadvisory "CASE-%s" {\n  title: "Case %s"\n  tlp: clear\n  published: 2024-01-01\n  author: "The vigie developers"\n}\n\n%s' % (
        name.upper(), name, body)


def build(vigie, path, target, out):
    """Compiles a description; 0 and 1 are verdicts on it, anything else is not."""
    shutil.rmtree(out, ignore_errors=True)
    run = subprocess.run([vigie, "build", path, "-t", target, "-o", out, "--no-engine"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        print("%s exits with %d:\n%s" % (path, run.returncode, run.stderr), file=sys.stderr)


def main():
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    kind, cases, folder, vigie, target = (*sys.argv[1:], "suricata")[:5]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for case in json.load(open(cases))["cases"]:
        name = case["name"]
        path = os.path.join(folder, name + ".vigie")
        names = {}
        if kind == "score":
            body = ""
            for number, ioc in enumerate(i for i in case["indicators"] if i["unique"]):
                names["indicator%d" % number] = "%s|%s" % (ioc["type"], ioc["value"])
                body += block("indicator%d" % number, KINDS[ioc["type"]], [value_of(ioc)]) + "\n"
        else:
            ioc = case["ioc"]
            if ioc["type"] in KINDS:
                body = block("indicator", KINDS[ioc["type"]], ioc.get("values") or [value_of(ioc)])
            else:
                body = 'behavior content "Content of the case" {\n  facet body on file.content {\n    %s\n  }\n}\n' % content(ioc)
        with open(path, "w", encoding="utf-8") as file:
            file.write(description(name, body))
        out = os.path.join(folder, name + ".dist")
        if kind == "yara":
            build(vigie, path, "yara", out)
            rules = []
            for base, _, files in sorted(os.walk(os.path.join(out, "yara"))):
                rules += [open(os.path.join(base, file), encoding="utf-8").read() for file in sorted(files) if file.endswith(".yar")]
            if rules:
                with open(os.path.join(folder, name + ".yar"), "w", encoding="utf-8") as file:
                    file.write("\n".join(rules))
        else:
            build(vigie, path, target, out)
            made = os.path.join(out, target.replace("/", "-"))
            if os.path.isdir(made):
                shutil.copytree(made, os.path.join(folder, name))
        if kind == "score":
            run = subprocess.run([vigie, "build", path, "-t", target, "--emit", "jsonl", "--no-engine", "--lock", os.path.join(out, "vigie.lock")],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            table = {}
            for line in run.stdout.splitlines():
                rule = json.loads(line)
                if rule.get("text"):
                    table[rule["id"]] = names[rule["key"].split("/", 1)[1].split(".")[0]]
            with open(os.path.join(folder, name + ".map.json"), "w") as file:
                json.dump(table, file)
        shutil.rmtree(out, ignore_errors=True)


main()
