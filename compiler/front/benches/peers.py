#!/usr/bin/env python3
"""How long do other people's readers take for the feeds that we read? One table, one run.

How to run (needs `timeout`; peers that are not installed are named and left out):

    cargo build --release -p front --example feed
    python3 -m venv peers && peers/bin/pip install pymisp stix2 stix2-patterns iocextract ioc-finder
    peers/bin/python compiler/front/benches/peers.py [ROWS]

Writes a MISP event, a STIX bundle and a list with ROWS values (20000 when it is left out), of documentation ranges and names.
"""
import json, os, subprocess, sys, tempfile

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
OURS = os.path.join(ROOT, "target", "release", "examples", "feed")


LIMIT = 60  # seconds for one reader; some are quadratic


def value(row):
    mixed = row * 2654435761 % 1000003
    return [
        ("ip-dst", "ipv4-addr:value", f"198.51.{100 + mixed % 2}.{mixed // 2 % 256}"),
        ("domain", "domain-name:value", f"host-{mixed}.evil-corp.example"),
        ("url", "url:value", f"http://evil-corp.example/{mixed}/gate.php?id={row}"),
        ("sha256", "file:hashes.'SHA-256'", f"{mixed:016x}" * 4),
    ][row % 4]


def uuid(row):
    return f"{row:08x}-1111-4111-8111-111111111111"


def write(folder):
    rows = [value(row) for row in range(ROWS)]
    attributes = [{"uuid": uuid(row), "type": misp, "category": "Payload delivery" if misp == "sha256" else "Network activity", "to_ids": True,
                   "value": text, "comment": f"row {row}", "Tag": [{"name": "tlp:green"}]} for row, (misp, _, text) in enumerate(rows)]
    objects = [{"type": "indicator", "spec_version": "2.1", "id": "indicator--" + uuid(row), "created": "2024-01-10T00:00:00.000Z",
                "modified": "2024-01-10T00:00:00.000Z", "pattern": f"[{stix} = '{text}']", "pattern_type": "stix",
                "valid_from": "2024-01-10T00:00:00Z"} for row, (_, stix, text) in enumerate(rows)]
    feeds = {
        "misp.json": json.dumps({"Event": {"info": "generated", "date": "2024-01-10", "Attribute": attributes}}),
        "stix.json": json.dumps({"type": "bundle", "id": "bundle--" + uuid(0), "objects": objects}),
        "list.txt": "".join(text + "\n" for _, _, text in rows),
    }
    for name, text in feeds.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


PEERS = [
    ("misp.json", "pymisp", "import sys, pymisp; e = pymisp.MISPEvent(); e.load_file(sys.argv[1], validate=False); print(len(e.attributes))"),
    ("misp.json", "json (python, no meaning)", "import sys, json; print(len(json.load(open(sys.argv[1]))['Event']['Attribute']))"),
    ("stix.json", "stix2", "import sys, stix2; print(len(stix2.parse(open(sys.argv[1]), allow_custom=True).objects))"),
    ("stix.json", "stix2-patterns", "import sys, json\nfrom stix2patterns.v21.pattern import Pattern\n"
                                    "print(sum(1 for o in json.load(open(sys.argv[1]))['objects'] if Pattern(o['pattern'])))"),
    ("list.txt", "iocextract", "import sys, iocextract; print(sum(1 for _ in iocextract.extract_iocs(open(sys.argv[1]).read(), refang=True)))"),
    ("list.txt", "ioc-finder", "import sys\nfrom ioc_finder import find_iocs\nprint(sum(len(v) for v in find_iocs(open(sys.argv[1]).read()).values() if isinstance(v, list)))"),
]


def timed(command):
    """Seconds of processor time and peak memory in KB of a command, and what it printed."""
    code = ("import resource, subprocess, sys; ran = subprocess.run(sys.argv[1:], capture_output=True, text=True); "
            "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
            "print(ran.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss); print(ran.stdout.strip() or ran.stderr.strip())")
    try:
        out = subprocess.run([sys.executable, "-c", code, "timeout", str(LIMIT), *command], capture_output=True, text=True).stdout
    except OSError as error:
        return 1, 0, 0, str(error)
    first, _, rest = out.partition("\n")
    status, seconds, peak = first.split()
    return int(status), float(seconds), int(peak), rest.strip()


def main():
    skipped = []
    with tempfile.TemporaryDirectory() as folder:
        write(folder)
        print(f"{ROWS} values\n{'feed':10} {'reader':28} {'CPU s':>8} {'peak MB':>8}  found")
        for feed in ["misp.json", "stix.json", "list.txt"]:
            path = os.path.join(folder, feed)
            runs = [("this project", [OURS, path])] if os.path.exists(OURS) else []
            if not runs:
                skipped.append(f"this project: {OURS} is not built")
            runs += [(name, [sys.executable, "-c", code, path]) for of, name, code in PEERS if of == feed]
            for name, command in runs:
                status, seconds, peak, said = timed(command)
                last = said.splitlines()[-1] if said else ""
                if status == 124:
                    skipped.append(f"{name} on {feed}: it needs more than {LIMIT} s")
                elif status != 0:
                    skipped.append(f"{name} on {feed}: {last}")
                else:
                    print(f"{feed:10} {name:28} {seconds:8.2f} {peak / 1024:8.0f}  {last}")
    for why in skipped:
        print("skipped:", why)


main()
