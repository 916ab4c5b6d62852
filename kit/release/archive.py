#!/usr/bin/env python3
"""archive.py OUT SYSTEM BINARY: puts a binary with its licences and `vigie-pull-request` into one file, `vigie-<version>-<system>.tar.gz`, `.zip` for Windows.

The same binary makes the same bytes: names are sorted, and owner, mode and time are given."""
import gzip, os, sys, tarfile, time, zipfile

import facts

out, system, binary = sys.argv[1:]
name = "vigie-%s-%s" % (facts.version, system)
files = {facts.program(system): (binary, 0o755), "vigie-pull-request": (os.path.join(facts.root, "kit", "pull-request"), 0o755)}
for text in ("CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"):
    files[text] = (os.path.join(facts.root, text), 0o644)


def tar(path):
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, facts.epoch()) as packed, tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for inside, (source, mode) in sorted(files.items()):
            entry = tarfile.TarInfo("%s/%s" % (name, inside))
            entry.size, entry.mode, entry.mtime, entry.uname, entry.gname = os.path.getsize(source), mode, facts.epoch(), "root", "root"
            with open(source, "rb") as file:
                archive.addfile(entry, file)


def zipped(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, (source, mode) in sorted(files.items()):
            entry = zipfile.ZipInfo("%s/%s" % (name, inside), time.gmtime(facts.epoch())[:6])
            entry.external_attr, entry.create_system, entry.compress_type = (0o100000 | mode) << 16, 3, zipfile.ZIP_DEFLATED
            with open(source, "rb") as file:
                archive.writestr(entry, file.read())


os.makedirs(out, exist_ok=True)
path = os.path.join(out, facts.archive(system))
zipped(path) if path.endswith(".zip") else tar(path)
