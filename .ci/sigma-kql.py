#!/usr/bin/env python3
"""Do the queries for Sigma rules mean what the rules mean?

    sigma-kql.py [--every N]        each Nth file of rules; all of them unless it is said

Compiles the Sigma corpus beside the project, binds every query with Microsoft's language service, and runs each query that reads a
table with rows on the corpus' events, in two engines: it has to find exactly the events that the evaluator finds. Needs node and the modules of the
oracle (`KQL_MODULES`: the folder that holds node_modules), and the examples `kql-meaning` and `kql-suite`, built for release. Ends with `N passed, N failed`.
"""
import argparse, json, os, pathlib, re, subprocess, sys, tarfile, tempfile

root = pathlib.Path(__file__).resolve().parent.parent
shared = root.parent / "shared"
examples = root / "target" / "release" / "examples"
oracle, corpus = shared / "oracles" / "kql", shared / "corpora" / "sigma"


def skip(why):
    print(f"skipped: {why}\n0 passed, 0 failed")
    sys.exit(0)


def main():
    if not (oracle.is_dir() and corpus.is_dir()):
        skip("the corpus or the oracle is not there")
    if not pathlib.Path(os.environ.get("KQL_MODULES", oracle), "node_modules").is_dir():
        skip("KQL_MODULES names no folder with node_modules")
    passed = failed = 0
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--every", type=int, default=1)
    every = asked.parse_args().every
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        with tarfile.open(corpus / "sigmahq-rules.tar.gz") as archive:
            archive.extractall(work / "rules", filter="data")
        for at, path in enumerate(sorted((work / "rules").rglob("*.yml"))):
            if at % every:
                path.unlink()
        command = [examples / "kql-meaning"]
        subprocess.run(command + [work / "rules", corpus / "regression-events.jsonl", work / "out"], cwd=root, check=True)

        count = sum(1 for _ in open(work / "out" / "queries.jsonl"))
        bound = subprocess.run(["node", oracle / "check.mjs", "--summary", work / "out" / "queries.jsonl"], capture_output=True, text=True)
        wrong = {json.loads(line)["id"] for line in bound.stdout.splitlines() if json.loads(line)["severity"] == "Error"}
        if not bound.stdout and bound.returncode:
            print(bound.stderr)
            wrong = {"check.mjs"}
        for line in bound.stdout.splitlines()[:20]:
            print(line)
        print(f"{count - len(wrong)} of {count} queries bind")
        passed, failed = count - len(wrong), len(wrong)

        # The engine knows the rows of ASIM by schema, the queries name parsers.
        parsers = json.loads((oracle / "schema.json").read_text())["asim_functions"]
        schema_of = {parser: schema for schema, about in parsers.items() for parser in about["functions"]}
        for profile in ("defender-xdr", "sentinel", "asim"):
            suite = work / "out" / f"{profile}.json"
            said = json.loads(suite.read_text())
            cases = said["cases"]
            if "asim" in said["fixtures"]:
                said["fixtures"]["asim"] = {schema_of[parser]: rows for parser, rows in said["fixtures"]["asim"].items()}
                suite.write_text(json.dumps(said))
            ran = subprocess.run(["node", oracle / "exec.mjs", "--quiet", suite], capture_output=True, text=True)
            said = ran.stdout.splitlines()
            for line in said[:20]:
                print(line[:600])
            tally = json.loads(ran.stderr.splitlines()[-1]) if ran.stderr.strip() else {"right": 0}
            if tally["right"] + len(said) != len(cases):
                print(ran.stderr[-2000:])
            hits = sum(len(case["ids"]) for case in cases)
            print(f"{profile}: {tally['right']} of {len(cases)} queries find exactly the events of the evaluator ({hits} pairs)")
            passed, failed = passed + tally["right"], failed + len(cases) - tally["right"]

            # The same suite, read and run by vigie's own reader of queries. What has no written meaning there is told, and is no failure.
            command = [examples / "kql-suite", "--partial", oracle / "schema.json", suite]
            ran = subprocess.run(command, cwd=root, capture_output=True, text=True)
            said = ran.stdout.splitlines()
            for line in said[:-1][:20] or [ran.stderr[-2000:]]:
                print(line[:600])
            count = re.fullmatch(r"(\d+) passed, (\d+) failed", said[-1]) if said else None
            right, wrong = (int(count[1]), int(count[2])) if count else (0, len(cases))
            passed, failed = passed + right, failed + wrong
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
