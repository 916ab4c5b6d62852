#!/usr/bin/env python3
"""sbom.py OUT SYSTEM TARGET: what is linked into the program on a system, as CycloneDX 1.6 in `vigie-<version>-<system>.cdx.json`; TARGET is Rust's name for what
was compiled for.

What Cargo asks for normal builds of `vigie` with its default features, without macros that run while compiling, and what the toolchain adds: the
standard library, and the C library of a static binary. Needs cyclonedx-python-lib."""
import datetime, os, platform, subprocess, sys, tomllib, uuid

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

import facts

out, system, target = sys.argv[1:]
licences = LicenseFactory()


def ask(*command):
    return subprocess.check_output(command, cwd=facts.root, text=True)


def component(name, version, licence, kind=ComponentType.LIBRARY, registry=None, digest=None):
    return Component(
        name=name,
        version=version,
        type=kind,
        bom_ref="%s@%s" % (name, version) if version else name,
        # Older manifests write a slash for `OR`.
        licenses=[licences.make_from_string(licence.replace("/", " OR "))] if licence else [],
        purl=PackageURL(registry, None, name, version) if registry else None,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else [],
    )


with open(os.path.join(facts.root, "Cargo.lock"), "rb") as file:
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in tomllib.load(file)["package"]}
# Each line is a package and how deep it stands below what asks for it; one that stood before is not unfolded again.
tree = ask("cargo", "tree", "--locked", "-p", "vigie", "-e", "normal,no-proc-macro", "--target", target, "--prefix", "depth", "-f", "|{p}|{l}")
components, asks, above = {}, {}, []
for line in tree.splitlines():
    depth, package, licence = line.split("|")
    name, version = package.split()[:2]
    version = version.removeprefix("v")
    key = (name, version)
    if key not in components:
        digest = checksums[key]
        components[key] = component(name, version, licence.removesuffix(" (*)"), registry="cargo" if digest else None, digest=digest)
    del above[int(depth) :]
    if above:
        asks.setdefault(above[-1], set()).add(key)
    above.append(key)

program = component("vigie", facts.version, "MIT OR Apache-2.0", ComponentType.APPLICATION)
root = ("vigie", facts.version)
components[root] = program
release = dict(line.split(": ", 1) for line in ask("rustc", "-vV").splitlines() if ": " in line)["release"]
toolchain = [component("rust-std", release, "MIT OR Apache-2.0", registry="generic")]
if target.endswith("-musl"):
    toolchain.append(component("musl", None, "MIT", registry="generic"))
elif target.endswith("-linux-gnu"):
    toolchain.append(component("glibc", platform.libc_ver()[1], "LGPL-2.1-or-later", registry="generic"))

names = sorted("%s %s" % key for key in components)
bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, "\n".join([target, release, *names])))
bom.metadata.timestamp = datetime.datetime.fromtimestamp(facts.epoch(), datetime.timezone.utc)
bom.metadata.component = program
bom.components.update([*(one for key, one in components.items() if key != root), *toolchain])
for key, one in components.items():
    bom.register_dependency(one, [components[below] for below in asks.get(key, ())] + (toolchain if key == root else []))
os.makedirs(out, exist_ok=True)
with open(os.path.join(out, "vigie-%s-%s.cdx.json" % (facts.version, system)), "w", encoding="utf-8", newline="\n") as file:
    file.write(JsonV1Dot6(bom).output_as_string(indent=1) + "\n")
