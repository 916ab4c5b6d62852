#!/usr/bin/env python3
"""How fast are Sigma rules converted, beside other converters on the same machine?

    python3 compiler/cli/benches/sigma.py RULES [--vigie BINARY] [--rsigma BINARY] [--pysigma PYTHON] [--runs N]

RULES is a folder of Sigma rules. Each converter reads all of them and writes one target, as a whole process; every command runs once
unmeasured, then N times in turn with the others. A row gives the median of user CPU seconds, of wall seconds, and the largest peak of memory.
A converter that is not installed is named as skipped. rsigma is the `rsigma` crate; pySigma is a Python with the packages
`pysigma`, `pysigma-backend-kusto` and `pysigma-backend-splunk`. Standard library only."""
import argparse, os, shutil, statistics, subprocess, sys, tempfile, time

PYSIGMA = """
import pathlib, sys
from sigma.collection import SigmaCollection
from sigma.backends.splunk import SplunkBackend
backend = SplunkBackend()
good = bad = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.yml")):
    try:
        good += len(backend.convert(SigmaCollection.from_yaml(path.read_text(encoding="utf-8"))))
    except Exception:
        bad += 1
print(good, bad)
"""


def measure(command):
    began = time.perf_counter()
    with open(os.devnull, "wb") as nothing:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=nothing, stderr=nothing)
        _, status, usage = os.wait4(child.pid, 0)
    return usage.ru_utime, time.perf_counter() - began, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("rules")
    asked.add_argument("--vigie", default="target/release/vigie")
    asked.add_argument("--rsigma", default=shutil.which("rsigma") or "rsigma")
    asked.add_argument("--pysigma", default=sys.executable)
    asked.add_argument("--runs", type=int, default=5)
    given = asked.parse_args()
    out = tempfile.mkdtemp(prefix="vigie-bench-")
    commands = {}
    for target in ("kql/defender-xdr", "kql/sentinel", "splunk/raw", "sigma"):
        name, _, profile = target.partition("/")
        commands["vigie " + target] = [given.vigie, "build", given.rules, "-t", name, *(["--profile", profile] if profile else []), "-o", os.path.join(out, name + profile), "--no-engine"]
    commands["rsigma"] = [given.rsigma, "backend", "convert", given.rules, "-t", "postgres", "--skip-unsupported"]
    commands["pySigma splunk"] = [given.pysigma, "-c", PYSIGMA, given.rules]
    ready = {}
    for name, command in commands.items():
        try:
            *_, code = measure(command)
        except OSError as error:
            print("skipped: %s: %s" % (name, error.strerror))
            continue
        if name == "pySigma splunk" and code:
            print("skipped: %s: the packages are not installed for %s" % (name, given.pysigma))
        else:
            ready[name] = (command, [])
    for _ in range(given.runs):
        for command, results in ready.values():
            results.append(measure(command))
    print("%-24s %10s %10s %10s  %s" % ("converter", "user s", "wall s", "peak MiB", "exit"))
    for name, (_, results) in ready.items():
        user, wall, peak, codes = zip(*results)
        print("%-24s %10.2f %10.2f %10.0f  %s" % (name, statistics.median(user), statistics.median(wall), max(peak), "/".join(str(code) for code in sorted(set(codes)))))
    shutil.rmtree(out, ignore_errors=True)


main()
