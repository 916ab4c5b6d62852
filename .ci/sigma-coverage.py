"""How many Sigma rules does each profile hold?

usage: sigma-coverage.py REPORT_JSON...

Reads what `vigie build` wrote about a folder of Sigma rules and prints, for each target and profile, how many of the rules have a
rule file, how many of these mean exactly, more or less than what was written, and why the others have none. A profile fails below
its threshold.
"""
import collections
import json
import re
import sys

# The least share of rules that a profile holds, in percent.
LEAST = {
    "kql/defender-xdr": 75.0,
    "kql/sentinel": 85.0,
    "kql/asim": 70.0,
    "splunk/raw": 99.5,
    "splunk/cim": 65.0,
}
# One profile of KQL at least holds this share.
BEST = ("kql", 92.0)
# Shorter lists of rules say nothing about shares.
FEWEST = 1000
REASONS = 12


def reason(row):
    """Why a rule has no file, without the values that differ from rule to rule."""
    code = row["codes"][0] if row["codes"] else "no code"
    text = row["reasons"][0] if row["reasons"] else ""
    return f"{code}: " + re.sub(r"\s+", " ", re.sub(r"[0-9][0-9, ]*[0-9]|[0-9]", "N", text))


def main(paths):
    if not paths:
        print(__doc__.strip())
        return 2
    groups = collections.defaultdict(lambda: {"all": 0, "held": 0, "outcomes": collections.Counter(), "why": collections.Counter()})
    for path in paths:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        for row in report["rows"]:
            group = groups[f"{row['target']}/{row['profile']}" if row.get("profile") else row["target"]]
            group["all"] += 1
            group["outcomes"][row["outcome"]] += 1
            if row["files"]:
                group["held"] += 1
            else:
                group["why"][reason(row)] += 1
    passed = failed = 0

    def judge(good, text):
        nonlocal passed, failed
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok' if good else 'FAILED'}: {text}")

    shares = {}
    for name, group in sorted(groups.items()):
        share = shares[name] = 100 * group["held"] / group["all"]
        outcomes = ", ".join(f"{group['outcomes'][outcome]} {outcome}" for outcome in ("exact", "wider", "narrower", "unsupported", "withheld"))
        print(f"{name}: {group['held']} of {group['all']} rules ({share:.1f} %): {outcomes}")
        for why, count in group["why"].most_common(REASONS):
            print(f"    {count:5} {why}")
    for name, least in LEAST.items():
        if name in groups and groups[name]["all"] >= FEWEST:
            judge(shares[name] >= least, f"{name} holds {shares[name]:.2f} %, at least {least} % are wanted")
    target, least = BEST
    of_target = {name: share for name, share in shares.items() if name.startswith(f"{target}/") and groups[name]["all"] >= FEWEST}
    if of_target:
        name = max(of_target, key=of_target.get)
        judge(of_target[name] >= least, f"the best profile of {target} is {name} with {of_target[name]:.2f} %, at least {least} % are wanted")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not groups else 0


sys.exit(main(sys.argv[1:]))
