#!/usr/bin/env python3
"""wheel.py OUT SYSTEM SBOM CARGO...: the wheel of a system. maturin packs what Cargo builds with the arguments CARGO, as `pyproject.toml` says, and the file SBOM;
`vigie-pull-request` comes along where there is a shell.

maturin and wheel are programs on the path. SOURCE_DATE_EPOCH is kept from Cargo,
which would compile what looks at it once more; times and tags are given to the wheel afterwards, and the same binary makes the same bytes."""
import os, shutil, subprocess, sys, tempfile

import facts

out, system, sbom, *cargo = sys.argv[1:]
out, sbom = os.path.abspath(out), os.path.abspath(sbom)
environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
with tempfile.TemporaryDirectory() as work:
    command = ["maturin", "build", "--locked", "--compression-method", "stored", "--sbom-include", sbom, "--out", work]
    subprocess.run([*command, *cargo], cwd=facts.root, env=environment, check=True)
    (made,) = (name for name in os.listdir(work) if name.endswith(".whl"))
    subprocess.run(["wheel", "unpack", "--dest", work, os.path.join(work, made)], check=True)
    unpacked = os.path.join(work, "vigie-" + facts.version)
    scripts = os.path.join(unpacked, "vigie-%s.data" % facts.version, "scripts")
    if not system.startswith("windows"):
        shutil.copy(os.path.join(facts.root, "kit", "pull-request"), os.path.join(scripts, "vigie-pull-request"))
    about = os.path.join(unpacked, "vigie-%s.dist-info" % facts.version, "WHEEL")
    tags = facts.systems[system].wheel_tags
    if tags:
        with open(about, encoding="utf-8") as file:
            lines = [line for line in file if not line.startswith("Tag: ")]
        with open(about, "w", encoding="utf-8", newline="\n") as file:
            file.writelines([*lines, *("Tag: py3-none-%s\n" % tag for tag in tags)])
    os.makedirs(out, exist_ok=True)
    subprocess.run(["wheel", "pack", "--dest-dir", out, unpacked], env=dict(os.environ, SOURCE_DATE_EPOCH=str(facts.epoch())), check=True)
