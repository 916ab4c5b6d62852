#!/usr/bin/env python3
"""What do a million indicators cost? A generated feed through every target, the whole process.

    python3 compiler/cli/benches/million.py [--vigie BINARY] [--count N] [--runs N] [--targets T,..] [--seconds S] [--mib M]

The feed is a CSV file of domains, IPv4, IPv6, URLs, SHA-256, SHA-1 and MD5 in equal parts, with names and addresses that nobody owns.
A row gives seconds of processor time (user and system) and the peak of memory in MiB; the median and the largest of all runs come last.
With --seconds or --mib, more than that is a failure: exit 1, and a last line `N passed, N failed`. Standard library only; Linux."""
import argparse, os, random, shutil, statistics, subprocess, sys, tempfile, time


def feed(path, count):
    """Values differ in all their parts, as those of real feeds do; the same ones on each run."""
    dice = random.Random(20240110)
    word = lambda: "".join(dice.choice("bcdfglmnprstvz") + dice.choice("aeiou") for _ in range(dice.randint(2, 5)))
    name = lambda: "%s-%s.%s.example" % (word(), dice.randrange(10_000), word())
    # Reserved addresses are withheld, and there are not a million of those for documentation: these are from ranges without an owner's meaning here.
    ipv4 = lambda: "%d.%d.%d.%d" % (dice.choice((11, 21, 33, 45, 62, 85, 109, 146, 185, 213)), dice.randrange(256), dice.randrange(256), dice.randrange(1, 255))
    ipv6 = lambda: "2001:db8:%x:%x::%x" % (dice.randrange(65_536), dice.randrange(65_536), dice.randrange(1, 65_536))
    url = lambda: "http://%s/%s/%s.php?id=%d" % (name(), word(), word(), dice.randrange(1_000_000))
    digest = lambda digits: "%0*x" % (digits, dice.getrandbits(digits * 4))
    kinds = [("domain", name), ("ip-dst", ipv4), ("ip-dst", ipv6), ("url", url), ("sha256", lambda: digest(64)), ("sha1", lambda: digest(40)), ("md5", lambda: digest(32))]
    with open(path, "w", encoding="utf-8") as out:
        out.write("value,type\n")
        for at in range(count):
            kind, make = kinds[at % len(kinds)]
            out.write("%s,%s\n" % (make(), kind))


def measure(command):
    began = time.perf_counter()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, time.perf_counter() - began, os.waitstatus_to_exitcode(status), said


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--vigie", default="target/release/vigie")
    asked.add_argument("--count", type=int, default=1_000_000)
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--targets", default="")
    asked.add_argument("--seconds", type=float)
    asked.add_argument("--mib", type=float)
    asked.add_argument("--keep", help="a folder for the feed and what comes out")
    given = asked.parse_args()
    folder = given.keep or tempfile.mkdtemp(prefix="vigie-million-")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "feed.csv")
    feed(path, given.count)
    print("%d values, %d MiB" % (given.count, os.path.getsize(path) >> 20))
    print("%10s %10s %10s  %s" % ("CPU s", "peak MiB", "wall s", "exit"))
    results = []
    for _ in range(given.runs):
        out = os.path.join(folder, "out")
        shutil.rmtree(out, ignore_errors=True)
        targets = [word for target in given.targets.split(",") if target for word in ("-t", target)]
        seconds, mib, wall, code, said = measure([given.vigie, "build", path, *targets, "-o", out, "--no-engine"])
        print("%10.2f %10.0f %10.2f  %d" % (seconds, mib, wall, code), flush=True)
        if code not in (0, 1):
            print(said[-2000:])
        results.append((seconds, mib, code))
    seconds, mib = statistics.median(row[0] for row in results), max(row[1] for row in results)
    size = sum(os.path.getsize(os.path.join(base, name)) for base, _, names in os.walk(os.path.join(folder, "out")) for name in names)
    print("median %.2f s of processor time, largest peak %.0f MiB, %d MiB written" % (seconds, mib, size >> 20))
    if not given.keep:
        shutil.rmtree(folder, ignore_errors=True)
    bounds = [(name, is_, most) for name, is_, most in (("seconds", seconds, given.seconds), ("MiB", mib, given.mib)) if most is not None]
    over = ["%s: %.2f, more than %g" % row for row in bounds if row[1] > row[2]] + ["exit %d" % row[2] for row in results if row[2] not in (0, 1)]
    for line in over:
        print("FAIL " + line)
    if bounds:
        print("%d passed, %d failed" % (max(0, len(bounds) - len(over)), len(over)))
    return 1 if over else 0


sys.exit(main())
