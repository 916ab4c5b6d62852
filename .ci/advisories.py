#!/usr/bin/env python3
"""advisories.py SHARED VIGIE: is prose read as well as the labelled advisories ask, and does nothing that it drafts alarm on an ordinary estate?

Runs `import --format jsonl` over the labelled advisories and their scorer, and the scorer of procedures over its documents. Checks: micro F1 of
the core types at least 0.985, precision of domains and of URLs at least 0.96, no benign event hit by an indicator rule, no indicator in the seed
article, and its context. Ends with `N passed, N failed`."""
import json, os, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

shared, vigie = sys.argv[1], os.path.realpath(sys.argv[2])
advisories, procedures = os.path.join(shared, "corpora/advisories"), os.path.join(shared, "corpora/procedures")
NO_RULE = {"citation", "contact", "publisher", "vendor", "victim", "benign", "reference", "file-name", "detection-name", "version", "social-media", "documentation"}
passed = failed = 0


def check(what, good):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print("%s %s" % ("ok  " if good else "FAIL", what))


def read(doc):
    path = os.path.join(advisories, "docs", doc + ".txt")
    out = subprocess.run([vigie, "import", "--from", "prose", "--format", "jsonl", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return doc, [json.loads(line) for line in out.splitlines()]


docs = sorted(name[:-4] for name in os.listdir(os.path.join(advisories, "docs")))
with ThreadPoolExecutor() as pool:
    found = dict(pool.map(read, docs))
with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as predictions:
    for doc, rows in found.items():
        for row in rows:
            if row["role"] not in NO_RULE:
                predictions.write(json.dumps({"doc": doc, "type": row["type"], "value": row["value"]}) + "\n")
    predictions.flush()
    score = json.loads(subprocess.run([sys.executable, os.path.join(advisories, "score.py"), predictions.name, "--json"], stdout=subprocess.PIPE, text=True).stdout)
check("62 documents were read", len(docs) == 62)
micro = score["micro(core)"]
check("micro F1 %.4f is at least 0.985" % micro["f1"], micro["f1"] >= 0.985)
for kind in ("domain", "url"):
    check("precision of %s %.4f is at least 0.96" % (kind, score[kind]["p"]), score[kind]["p"] >= 0.96)
seed = [row for row in found["seed_apt31_anssi"] if row["role"] not in NO_RULE | {"unknown"}]
check("the seed article holds no indicator", not seed)
groups = {row["value"] for row in found["seed_apt31_anssi"] if row["type"] == "attack" and row["value"].startswith("G")}
check("the seed article names its groups", groups == {"G0128", "G0065"})

run = subprocess.run([sys.executable, os.path.join(procedures, "score.py"), procedures, vigie, os.path.join(advisories, "docs"), os.path.join(procedures, "docs"), "--json"],
                     stdout=subprocess.PIPE, text=True)
total = json.loads(run.stdout)["total"]
check("26 documents of procedures were drafted", total["documents"] == 26 and total["failed"] == 0)
hits = total["benign_indicator"]
check("benign events hit by an indicator rule: %d" % hits, hits == 0)
print("%d passed, %d failed" % (passed, failed))
