#!/usr/bin/env python3
"""system.py OUT SYSTEM TARGET CARGO...: everything of a release that is for one system: the program is built, and its archive, its list of parts and its wheel made.

TARGET is Rust's name for what is compiled for, and CARGO the arguments that compile for it: `--profile dist --target TARGET`, and flags of rustc behind `--`."""
import json, os, subprocess, sys

import facts

out, system, target, *cargo = sys.argv[1:]
out = os.path.abspath(out)
here = os.path.dirname(os.path.realpath(__file__))


def run(script, *arguments):
    subprocess.run([sys.executable, os.path.join(here, script), out, system, *arguments], check=True)


build = ["cargo", "rustc", "--locked", "-p", "vigie", "--bin", "vigie", "--message-format", "json-render-diagnostics", *cargo]
messages = subprocess.run(build, cwd=facts.root, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
(binary,) = {message["executable"] for message in map(json.loads, messages) if message.get("executable")}
run("archive.py", binary)
run("sbom.py", target)
run("wheel.py", os.path.join(out, "vigie-%s-%s.cdx.json" % (facts.version, system)), *cargo)
