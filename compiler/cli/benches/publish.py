#!/usr/bin/env python3
"""How long does a pipeline take that checks, builds and compares many Sigma rules?

    python3 compiler/cli/benches/publish.py RULES [--vigie BINARY] [--count N] [--target TARGET] [--runs N]

RULES is a folder of Sigma rules, which are repeated under other ids until there are N. The state before lacks one value in each hundredth rule. `check`,
`build` and `diff` run as whole processes, for one profile and for every target; the table has the median of wall and of user seconds, the
largest peak of memory, and the sum of the three. Standard library only."""
import argparse, os, pathlib, re, shutil, statistics, subprocess, tempfile, time, uuid


def rules(source, count):
    """Texts of rules with an id of their own each, in the order of their names."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(source).rglob("*.yml"))]
    texts = [text for text in texts if re.search(r"^detection:", text, re.M) and "\n---" not in text]
    for number in range(count):
        text = texts[number % len(texts)]
        if number >= len(texts):
            text = re.sub(r"^id: .*$", "id: %s" % uuid.uuid5(uuid.NAMESPACE_URL, "rule %d" % number), text, flags=re.M)
        yield number, text


def write(folder, number, text):
    path = os.path.join(folder, "%03d" % (number // 100), "%05d.yml" % number)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def without_one(text):
    """The rule without the last value of its first list of values."""
    lists = re.search(r"(?:^ {4,}- [^\n:]+\n){2,}", text[text.index("\ndetection:"):], re.M)
    if not lists:
        return text
    lines = lists.group(0).splitlines(keepends=True)
    return text.replace(lists.group(0), "".join(lines[:-1]), 1)


def measure(command):
    began = time.perf_counter()
    with open(os.devnull, "wb") as nothing:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=nothing, stderr=nothing)
        _, status, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - began, usage.ru_utime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("rules")
    asked.add_argument("--vigie", default="target/release/vigie")
    asked.add_argument("--count", type=int, default=5000)
    asked.add_argument("--target", default="kql/sentinel")
    asked.add_argument("--runs", type=int, default=3)
    given = asked.parse_args()
    place = tempfile.mkdtemp(prefix="vigie-bench-")
    old, new, out = (os.path.join(place, name) for name in ("old", "new", "out"))
    for number, text in rules(given.rules, given.count):
        write(new, number, text)
        write(old, number, without_one(text) if number % 100 == 0 else text)
    print("%-22s %8s %8s %9s  %s" % ("%d rules" % given.count, "wall s", "user s", "peak MiB", "exit"))
    for name, target in ((given.target, ["-t", given.target]), ("every target", [])):
        total = 0
        for command in (["check", new], ["build", new, "-o", out], ["diff", old, new]):
            engine = [] if command[0] == "diff" else ["--no-engine"]
            measured = [measure([given.vigie, *command, *target, *engine]) for _ in range(given.runs)]
            wall, user, peak, codes = zip(*measured)
            total += statistics.median(wall)
            print("%-22s %8.2f %8.2f %9.0f  %s" % (command[0] + ", " + name, statistics.median(wall), statistics.median(user), max(peak), "/".join(str(code) for code in sorted(set(codes)))))
        print("%-22s %8.2f" % ("all three, " + name, total))
    shutil.rmtree(place, ignore_errors=True)


main()
