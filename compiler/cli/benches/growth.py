#!/usr/bin/env python3
"""Does work grow with the input, or with its square? Each shape of input is built at two sizes, one four times the other.

    python3 compiler/cli/benches/growth.py [--vigie BINARY] [--only WORD] [--scale F] [--most RATIO] [--timeout S]

Judged by processor time, so the speed of the machine does not matter: four times the values may take about four times the work, up to 8 (the
start of the program counts for nothing here, and caches fill). A crash, or a run that is ended by --timeout, is a failure. Prints a row for each
shape and ends with `N passed, N failed`. Standard library only; Linux."""
import argparse, json, os, shutil, subprocess, sys, tempfile, time

HEAD = 'vigie 1\nadvisory "GROW-1" {\n  title: "t"\n  tlp: clear\n  published: 2024-01-10\n}\n'


def csv(kind, value):
    return lambda n: {"in.csv": "value,type\n" + "".join("%s,%s\n" % (value(i), kind) for i in range(n))}


def facet(event, expression):
    return lambda n: {"in.vigie": HEAD + 'behavior b "b" { severity: high facet f on %s { %s } }\n' % (event, expression(n))}


def texts(n, form='"kestrel-%d"'):
    return ", ".join(form % i for i in range(n))


def described(text):
    return lambda n: {"in.vigie": HEAD + text(n)}


def stix(n):
    objects = [{"type": "indicator", "id": "indicator--%08d-0000-4000-8000-000000000000" % i, "pattern_type": "stix", "pattern": "[domain-name:value = 'relay-%d.example']" % i} for i in range(n)]
    return {"in.json": json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects})}


def misp(n):
    return {"in.json": json.dumps({"Event": {"info": "t", "Attribute": [{"type": "domain", "to_ids": True, "value": "relay-%d.example" % i} for i in range(n)]}})}


def openioc(n):
    items = "".join('<IndicatorItem condition="is"><Context search="DnsEntryItem/Host"/><Content>relay-%d.example</Content></IndicatorItem>' % i for i in range(n))
    return {"in.ioc": '<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="x"><definition><Indicator operator="OR">%s</Indicator></definition></ioc>' % items}


def sigma(n):
    rule = "title: Rule %d\nid: %08x-0000-4000-8000-000000000000\nstatus: test\nlogsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        CommandLine|contains: 'kestrel-%d'\n    condition: selection\nlevel: high\n"
    return {"rules/%d.yml" % i: rule % (i, i, i) for i in range(n)}


def sigma_list(n):
    values = "".join("            - 'kestrel-%d'\n" % i for i in range(n))
    return {"in.yml": "title: A rule\nid: 00000001-0000-4000-8000-000000000000\nstatus: test\nlogsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        CommandLine|contains:\n%s    condition: selection\nlevel: high\n" % values}


def selections(n):
    body = "".join("    s%d:\n        CommandLine|contains: 'kestrel-%d'\n" % (i, i) for i in range(n))
    return {"in.yml": "title: A rule\nid: 00000001-0000-4000-8000-000000000000\nstatus: test\nlogsource:\n    category: process_creation\n    product: windows\ndetection:\n%s    condition: 1 of s*\nlevel: high\n" % body}


digest = lambda digits: lambda i: "%0*x" % (digits, (i + 1) * 0x9E3779B97F4A7C15 % (1 << 4 * digits))
# Each shape: its name, the smaller size, and what makes the files.
SHAPES = [
    ("a table of domains", 10_000, csv("domain", lambda i: "relay-%d.example" % i)),
    ("a table of addresses", 10_000, csv("ip-dst", lambda i: "203.0.%d.%d" % (i // 256 % 256, i % 256) if i < 65_536 else "2001:db8::%x" % i)),
    ("a table of addresses with ports", 4_000, csv("ip-dst|port", lambda i: "198.51.%d.%d|%d" % (i // 256 % 256, i % 256, i % 60_000 + 1))),
    ("a table of URLs", 5_000, csv("url", lambda i: "http://relay-%d.example/a/%d.php?x=%d" % (i, i, i))),
    ("a table of digests", 10_000, csv("sha256", digest(64))),
    ("a table of mutexes", 5_000, csv("mutex", lambda i: "Global\\kestrel-%d" % i)),
    ("a table of paths", 5_000, csv("path", lambda i: "C:\\Users\\Public\\kestrel-%d.exe" % i)),
    ("a table of file names", 5_000, csv("filename", lambda i: "kestrel-%d.exe" % i)),
    ("a table of command lines", 5_000, csv("command-line", lambda i: "kestrel --run %d" % i)),
    ("a table of registry keys", 5_000, csv("regkey", lambda i: "HKCU\\Software\\Kestrel\\%d" % i)),
    ("a table of user agents", 5_000, csv("user-agent", lambda i: "Kestrel/%d.0" % i)),
    ("a table of mail addresses", 5_000, csv("email-src", lambda i: "someone-%d@kestrel.example" % i)),
    ("a table of subjects", 5_000, csv("email-subject", lambda i: "Your order no. %d" % i)),
    ("a table of pipes", 5_000, csv("named pipe", lambda i: "kestrel-%d" % i)),
    ("a table of services", 5_000, csv("windows-service-name", lambda i: "kestrel%d" % i)),
    ("a cell with many values", 12_000, lambda n: {"in.csv": "value,type\n" + "|".join("relay-%d.example" % i for i in range(n)) + ",domain\n"}),
    ("a cell with one value many times", 12_000, lambda n: {"in.csv": "value,type\n" + "|".join(["a.relay.example"] * n) + ",domain\n"}),
    ("a table of one value many times", 12_000, csv("domain", lambda i: "a.relay.example")),
    ("a table of what is no value", 12_000, csv("domain", lambda i: "no value %d" % i)),
    ("a list", 10_000, lambda n: {"in.txt": "".join("relay-%d.example\n" % i for i in range(n))}),
    ("STIX", 5_000, stix),
    ("MISP", 5_000, misp),
    ("OpenIOC", 5_000, openioc),
    ("any of many strings", 3_000, facet("file.content", lambda n: "any of [%s]" % texts(n))),
    # The YARA engine looks up each name that a condition holds among all names, and each string among those that a number is asked of:
    # from a few thousand on, its own work is seen.
    ("some of many strings", 1_000, facet("file.content", lambda n: "5 of [%s]" % texts(n))),
    ("all of many strings", 1_000, facet("file.content", lambda n: "all of [%s]" % texts(n))),
    ("many strings with `or`", 2_000, facet("file.content", lambda n: " or ".join('b"kestrel-%d"' % i for i in range(n)))),
    ("many strings with `and`", 1_000, facet("file.content", lambda n: " and ".join('b"kestrel-%d"' % i for i in range(n)))),
    ("many hex strings", 1_500, facet("file.content", lambda n: "any of [%s]" % ", ".join("{ 4B 45 53 %02X %02X ?? 54 }" % (i // 256 % 256, i % 256) for i in range(n)))),
    ("many byte expressions", 400, facet("file.content", lambda n: "any of [%s]" % ", ".join("/kestrel-%d-[0-9]{4}/" % i for i in range(n)))),
    ("a field in a long list", 3_000, facet("process.start", lambda n: "process.name in [%s]" % texts(n, '"kestrel-%d.exe"'))),
    ("a field that contains one of many", 3_000, facet("process.start", lambda n: "process.command_line contains [%s]" % texts(n))),
    ("a field under many places", 1_000, facet("file.create", lambda n: "file.path under [%s]" % texts(n, "'C:\\kestrel\\%d'"))),
    ("a host in a long list", 3_000, facet("http.request", lambda n: "url.host in [%s]" % texts(n, '"relay-%d.example"'))),
    ("a path of a URL that starts so", 300, facet("http.request", lambda n: "url.path starts [%s]" % texts(n, '"/kestrel/%d/"'))),
    ("many tests with `or`", 1_000, facet("process.start", lambda n: " or ".join('process.command_line contains "kestrel-%d"' % i for i in range(n)))),
    ("many tests with `and`", 500, facet("process.start", lambda n: " and ".join('process.command_line contains "kestrel-%d"' % i for i in range(n)))),
    ("many negations", 500, facet("process.start", lambda n: 'process.name == "kestrel.exe"' + "".join(' and not process.command_line contains "kestrel-%d"' % i for i in range(n)))),
    ("many expressions", 300, facet("process.start", lambda n: "process.command_line matches [%s]" % ", ".join("/kestrel-%d-[0-9]+/" % i for i in range(n)))),
    ("many facets", 400, described(lambda n: 'behavior b "b" { ' + "".join('facet f%d on process.start { process.name == "kestrel-%d.exe" }\n' % (i, i) for i in range(n)) + "}\n")),
    ("many behaviours", 400, described(lambda n: "".join('behavior b%d "b" { facet f on process.start { process.name == "kestrel-%d.exe" } }\n' % (i, i) for i in range(n)))),
    ("many lists in a description", 400, described(lambda n: "".join("iocs d%d : domain { role: c2 direction: destination\n - relay-%d.example\n }\n" % (i, i) for i in range(n)))),
    ("many lists that are withheld", 400, described(lambda n: "".join("iocs d%d : ip { role: c2 direction: destination\n - 10.0.%d.%d\n }\n" % (i, i // 256, i % 256) for i in range(n)))),
    ("many advisories", 300, lambda n: {"rules/%d.vigie" % i: HEAD.replace("GROW-1", "GROW-%d" % i) + "iocs d : domain { role: c2 direction: destination\n - relay-%d.example\n }\n" % i for i in range(n)}),
    ("many advisories in one file", 300, lambda n: {"in.vigie": "vigie 1\n" + "".join(HEAD[8:].replace("GROW-1", "GROW-%d" % i) + "iocs d : domain { role: c2 direction: destination\n - relay-%d.example\n }\n" % i for i in range(n))}),
    ("many sources and quotes", 500, lambda n: {"doc.md": "".join("kestrel number %d was here\n" % i for i in range(n)), "in.vigie": HEAD + "".join('source s%d { file: "doc.md" }\n' % i for i in range(n)) + 'behavior b "b" { ' + "".join('because s%d "kestrel number %d was here"\n' % (i, i) for i in range(n)) + 'facet f on process.start { process.name == "kestrel.exe" } }\n'}),
    ("many tests of a behaviour", 1_000, described(lambda n: 'behavior b "b" { facet f on process.start { process.name == "kestrel.exe" } }\n' + "".join('test b.f { match process.start { process.name: "kestrel.exe" } }\n' for _ in range(n)))),
    ("many waivers", 500, described(lambda n: "".join('behavior b%d "b" { facet f on process.start { process.name == "kestrel-%d.exe" } }\naccept suricata.window for b%d on suricata because "known"\n' % (i, i, i) for i in range(n)))),
    ("many unknown names", 500, described(lambda n: "".join('behavior b%d "b" { facet f on process.start { process.name == "kestrel-%d.exe" } }\naccept suricata.window for x%d on suricata because "known"\n' % (i, i, i) for i in range(n)))),
    ("many techniques and references", 500, described(lambda n: "iocs d : domain { role: c2 direction: destination\n" + "".join(" - relay-%d.example { attack: [T1%03d.%03d] note: \"n %d\" }\n" % (i, i % 600, i % 20, i) for i in range(n)) + "}\n")),
    ("many rules of Suricata that travel along", 1_000, lambda n: {"in.vigie": HEAD + 'native n suricata "a.rules"\n', "a.rules": "".join('alert dns any any -> any any (msg:"kestrel %d"; dns.query; content:"relay-%d.example"; sid:%d; rev:1;)\n' % (i, i, 5_000_000 + i) for i in range(n))}),
    ("many rules of YARA that travel along", 300, lambda n: {"in.vigie": HEAD + 'native n yara "a.yar"\n', "a.yar": "".join('rule kestrel_%d { strings: $a = "kestrel-%d" condition: $a }\n' % (i, i) for i in range(n))}),
    ("many files that travel along", 100, lambda n: dict({"in.vigie": HEAD + "".join('native n%d yara "%d.yar"\n' % (i, i) for i in range(n))}, **{"%d.yar" % i: 'rule kestrel_%d { strings: $a = "kestrel-%d" condition: $a }\n' % (i, i) for i in range(n)})),
    ("many Sigma rules", 200, sigma),
    ("a Sigma rule with a long list", 2_000, sigma_list),
    ("a Sigma rule with many selections", 300, selections),
]


def measure(vigie, files, folder, timeout):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
    first = next((name for name in files if name.startswith("in.")), "rules")
    child = subprocess.Popen([vigie, "build", first, "-o", "out", "--no-engine"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    began = time.monotonic()
    while True:
        done, status, usage = os.wait4(child.pid, os.WNOHANG)
        if done:
            return usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10, os.waitstatus_to_exitcode(status)
        if time.monotonic() - began > timeout:
            child.kill()
            os.wait4(child.pid, 0)
            return timeout, 0, "no answer in %d s" % timeout
        time.sleep(0.01)


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--vigie", default="target/release/vigie")
    asked.add_argument("--only", default="")
    asked.add_argument("--scale", type=float, default=1, help="all sizes times this")
    asked.add_argument("--most", type=float, default=8)
    asked.add_argument("--timeout", type=float, default=120)
    given = asked.parse_args()
    vigie = os.path.realpath(given.vigie)
    start = min(measure(vigie, {"in.csv": "value,type\nrelay.example,domain\n"}, tempfile.mkdtemp(prefix="vigie-growth-"), 60)[0] for _ in range(3))
    passed = failed = 0
    print("%-44s %8s %8s %8s %7s %7s" % ("shape", "values", "CPU s", "4x: s", "times", "MiB"))
    for name, count, make in SHAPES:
        if given.only not in name:
            continue
        folder = tempfile.mkdtemp(prefix="vigie-growth-")
        count = max(1, int(count * given.scale))
        # Other work on the machine makes a run longer, never shorter: what looks bad is measured again, and the shortest runs count.
        small = large = None
        for turn in range(3):
            runs = [measure(vigie, make(n), os.path.join(folder, "%d-%d" % (n, turn)), given.timeout) for n in (count, 4 * count)]
            small, large = runs if turn == 0 else (min(small, runs[0]), min(large, runs[1]))
            wrong = [str(run[2]) for run in runs if run[2] not in (0, 1)]
            # A run this short measures the clock.
            times = max(0, large[0] - start) / max(0.04, small[0] - start)
            bad = wrong or times > given.most
            if wrong or not bad:
                break
        passed, failed = passed + (not bad), failed + bool(bad)
        print("%-44s %8d %8.2f %8.2f %7.1f %7d%s" % (name, count, small[0], large[0], times, large[1], "  FAIL " + " ".join(wrong) if bad else ""), flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
