#!/usr/bin/env python3
"""Are the searches that Sigma rules become well formed? Builds every rule of a folder or archive, asks a grammar of SPL about each.

usage: sigma-spl.py VIGIE [RULES] [GRAMMAR]

VIGIE is the program. RULES is a folder or a .tar.gz (default: ../shared/corpora/sigma/sigmahq-rules.tar.gz beside the repository),
GRAMMAR a program that reads lines {"id", "query"} and exits 1 when one is not SPL (default: ../shared/oracles/splunk/spl.py). The
last line is `N passed, N failed`.
"""

import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The least share of rules with a search, in percent.
SHARE = {"raw": 99.5, "cim": 65.0}
# What tells where events are: a source, a source type, tags, a data model, or the macro of a log that no add-on is known for.
NAMED = re.compile(r'\b(source|sourcetype|tag)(=| IN )|datamodel=|`vigie_source_[a-z0-9_]+`')


def main():
    vigie = sys.argv[1]
    rules = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ROOT.parent / "shared/corpora/sigma/sigmahq-rules.tar.gz")
    grammar = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else ROOT.parent / "shared/oracles/splunk/spl.py")
    if not rules.exists() or not grammar.exists():
        print(f"skipped: {rules.name if not rules.exists() else grammar.name} is not there")
        print("0 passed, 0 failed")
        return 0
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if rules.is_file():
            with tarfile.open(rules) as archive:
                archive.extractall(folder / "rules", filter="data")
            rules = folder / "rules"
        for profile, share in SHARE.items():
            done = subprocess.run(
                [vigie, "build", str(rules), "-t", "splunk", "--profile", profile, "--emit", "jsonl", "-o", str(folder / profile)],
                capture_output=True, text=True, check=False,
            )
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            found = [line for line in lines if line.get("text")]
            asked = folder / f"{profile}.jsonl"
            asked.write_text("".join(json.dumps({"id": line["key"], "query": line["text"]}) + "\n" for line in found))
            judged = subprocess.run([sys.executable, str(grammar), str(asked)], capture_output=True, text=True, check=False)
            wrong = set()
            for line in judged.stdout.splitlines():
                try:
                    verdict = json.loads(line)
                except ValueError:
                    continue
                if verdict.get("severity") == "Error":
                    wrong.add(verdict.get("id"))
                    print(f"{profile} {verdict.get('id')}: {verdict.get('message')}")
            if judged.returncode and not wrong:
                print(judged.stderr[-2000:])
                wrong.add("the grammar itself")
            nowhere = [line["key"] for line in found if not NAMED.search(line["text"])]
            for key in nowhere:
                print(f"{profile} {key}: the search does not say where its events are")
            have = 100 * len({line["key"] for line in found}) / max(1, len({line["key"] for line in lines}))
            print(f"splunk/{profile}: {len(found)} searches of {len(lines)} rules ({have:.2f} %), {len(wrong)} are no SPL, {len(nowhere)} name no source")
            passed += len(found) - len(wrong) - len(nowhere) + (have >= share)
            failed += len(wrong) + len(nowhere) + (have < share)
            if done.returncode not in (0, 1):
                print(done.stderr[-2000:])
                failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
