"""What is released? The version, the second that everything is dated with, and the systems that there is a binary for."""
import collections, os, subprocess, tomllib

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
with open(os.path.join(root, "Cargo.toml"), "rb") as file:
    version = tomllib.load(file)["workspace"]["package"]["version"]

System = collections.namedtuple("System", "target npm_os npm_cpu wheel_tags")
_LINUX = ("manylinux_2_17_%s", "manylinux2014_%s", "musllinux_1_1_%s")
# The name of a system in that of an archive, and what Rust, npm and Python call it. A static binary needs no C library, so its wheel is for both
# of Linux; where no tags stand, those of maturin are right.
systems = {
    "linux-x86_64": System("x86_64-unknown-linux-musl", "linux", "x64", [tag % "x86_64" for tag in _LINUX]),
    "linux-aarch64": System("aarch64-unknown-linux-musl", "linux", "arm64", [tag % "aarch64" for tag in _LINUX]),
    "macos-x86_64": System("x86_64-apple-darwin", "darwin", "x64", None),
    "macos-aarch64": System("aarch64-apple-darwin", "darwin", "arm64", None),
    "windows-x86_64": System("x86_64-pc-windows-msvc", "win32", "x64", None),
}


def epoch():
    """SOURCE_DATE_EPOCH, or the second of the commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or subprocess.check_output(["git", "log", "-1", "--format=%ct"], cwd=root))


def program(system):
    """The name of the program on a system."""
    return "vigie.exe" if system.startswith("windows") else "vigie"


def archive(system):
    """The file name of the archive of a system."""
    return "vigie-%s-%s.%s" % (version, system, "zip" if system.startswith("windows") else "tar.gz")
