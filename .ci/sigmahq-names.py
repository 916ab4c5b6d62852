#!/usr/bin/env python3
"""sigmahq-names.py PACKAGE: are the names of the rules below a folder as SigmaHQ's validators ask for? Needs pysigma-validators-sigmahq.

The validators load their table of prefixes from the network, so that prefixes are not judged here. Exit 1 when a name is refused, or stands twice."""
import collections, pathlib, sys

from sigma.collection import SigmaCollection
from sigma.validators.sigmahq import filename

validators = [filename.SigmahqFilenameConventionValidator(), filename.SigmahqCorrelationFilenamePrefixValidator()]
names, bad = collections.Counter(), []
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.yml")):
    names[path.name] += 1
    for rule in SigmaCollection.load_ruleset([str(path)]).rules:
        bad += [str(issue) for validator in validators for issue in validator.validate(rule)]
bad += ["%s stands %d times" % (name, count) for name, count in names.items() if count > 1]
print("\n".join(bad) or "%d names" % len(names))
sys.exit(1 if bad or not names else 0)
