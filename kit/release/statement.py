#!/usr/bin/env python3
"""statement.py OUT: what can be verified of a release whose files lie in OUT.

Writes `gitlab.yml`, which names where this release lies; `SHA256SUMS` of all files; and `vigie-<version>.provenance.json`, an in-toto statement with the SLSA
provenance of the same digests, whose predicate is signed where the workflow runs. The workflow's variables (`GITHUB_*`) say what built it; without them
nothing is stated."""
import hashlib, json, os, re, sys

import facts

out = sys.argv[1]
given = os.environ
server, repository = given["GITHUB_SERVER_URL"], given["GITHUB_REPOSITORY"]
home = "%s/%s" % (server, repository)

with open(os.path.join(facts.root, "kit", "gitlab.yml"), encoding="utf-8") as file:
    template = file.read()
template, filled = re.subn(r'(?m)^(    VIGIE_RELEASES: )""$', r'\g<1>"%s/releases/download"' % home.replace("\\", ""), template)
assert filled == 1, "kit/gitlab.yml has no place for the address"
with open(os.path.join(out, "gitlab.yml"), "w", encoding="utf-8", newline="\n") as file:
    file.write(template)

ours = ("SHA256SUMS", "vigie-%s.provenance.json" % facts.version)
digests = {}
for name in sorted(os.listdir(out)):
    if name not in ours:
        with open(os.path.join(out, name), "rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
with open(os.path.join(out, "SHA256SUMS"), "w", encoding="utf-8", newline="\n") as file:
    file.writelines("%s  %s\n" % (digest, name) for name, digest in digests.items())

# In the terms of GitHub's build type: https://actions.github.io/buildtypes/workflow/v1
path = given["GITHUB_WORKFLOW_REF"].removeprefix(repository + "/").split("@")[0]
predicate = {
    "buildDefinition": {
        "buildType": "https://actions.github.io/buildtypes/workflow/v1",
        "externalParameters": {"workflow": {"ref": given["GITHUB_REF"], "repository": home, "path": path}},
        "internalParameters": {
            "github": {
                "event_name": given["GITHUB_EVENT_NAME"],
                "repository_id": given["GITHUB_REPOSITORY_ID"],
                "repository_owner_id": given["GITHUB_REPOSITORY_OWNER_ID"],
                "runner_environment": given["RUNNER_ENVIRONMENT"],
            }
        },
        "resolvedDependencies": [{"uri": "git+%s@%s" % (home, given["GITHUB_REF"]), "digest": {"gitCommit": given["GITHUB_SHA"]}}],
    },
    "runDetails": {
        "builder": {"id": "%s/%s" % (server, given["GITHUB_WORKFLOW_REF"])},
        "metadata": {"invocationId": "%s/actions/runs/%s/attempts/%s" % (home, given["GITHUB_RUN_ID"], given["GITHUB_RUN_ATTEMPT"])},
    },
}
statement = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in digests.items()],
    "predicateType": "https://slsa.dev/provenance/v1",
    "predicate": predicate,
}
with open(os.path.join(out, ours[1]), "w", encoding="utf-8", newline="\n") as file:
    json.dump(statement, file, indent=1)
    file.write("\n")
