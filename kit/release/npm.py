#!/usr/bin/env python3
"""npm.py OUT: the packages for npm: a binary for each system whose archive lies in OUT, and `vigie`, which starts the one of its machine.

npm installs of the optional dependencies the one whose `os` and `cpu` are the machine's. `npm pack` gives every file the same time."""
import json, os, shutil, subprocess, sys, tempfile

import facts

out = os.path.abspath(sys.argv[1])


def pack(name, files, more):
    """Packs files of a package, by their names in it, each with where it lies and its mode."""
    manifest = {"name": name, "version": facts.version, "description": "Compiles threat descriptions into detection rules.", "license": "MIT OR Apache-2.0"}
    with tempfile.TemporaryDirectory() as work:
        for inside, (source, mode) in files.items():
            os.makedirs(os.path.dirname(os.path.join(work, inside)), exist_ok=True)
            shutil.copyfile(source, os.path.join(work, inside))
            os.chmod(os.path.join(work, inside), mode)
        with open(os.path.join(work, "package.json"), "w", encoding="utf-8", newline="\n") as file:
            json.dump({**manifest, "files": sorted(files), **more}, file, indent=2)
            file.write("\n")
        os.chmod(os.path.join(work, "package.json"), 0o644)
        subprocess.run([shutil.which("npm"), "pack", "--silent", "--pack-destination", out], cwd=work, check=True)


texts = {name: (os.path.join(facts.root, name), 0o644) for name in ("LICENSE-APACHE", "LICENSE-MIT", "README.md")}
platforms = {}
for system, about in facts.systems.items():
    archive = os.path.join(out, facts.archive(system))
    if not os.path.exists(archive):
        continue
    name = "@vigie/cli-%s-%s" % (about.npm_os, about.npm_cpu)
    with tempfile.TemporaryDirectory() as work:
        shutil.unpack_archive(archive, work, **({} if archive.endswith(".zip") else {"filter": "data"}))
        binary = os.path.join(work, "vigie-%s-%s" % (facts.version, system), facts.program(system))
        pack(name, {facts.program(system): (binary, 0o755), **texts}, {"os": [about.npm_os], "cpu": [about.npm_cpu], "preferUnplugged": True})
    platforms[name] = facts.version
starter = {"bin/vigie.js": (os.path.join(facts.root, "kit", "npm", "vigie.js"), 0o755), **texts}
pack("vigie", starter, {"bin": {"vigie": "bin/vigie.js"}, "engines": {"node": ">=18"}, "optionalDependencies": platforms})
