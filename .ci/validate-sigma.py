#!/usr/bin/env python3
"""validate-sigma.py FOLDER...: has pySigma read and validate the rules of each folder, one collection a folder, and asks whether they have
the form that the specification's schemas ask for.

Runs with a Python that has pySigma. Prints one JSON line for each folder, {"where", "rules"}, and one for each finding,
{"where", "finding"}; exit 1 on any finding."""
import json, os, sys
from collections import Counter

import yaml
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationCondition, SigmaCorrelationConditionOperator
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

from sigma_form import form

# Left out: what needs a download at run time (ATT&CK and D3FEND tables); what asks for TLP 1.0 beside TLP 2.0; what takes a value for a
# slip that is meant as it stands (a literal `*`, a control character, digits as text); and how long a file's name should be, which
# here is the name of a block.
LEFT_OUT = {"attacktag", "d3_fendtag", "tlpv1_tag", "tlptag", "escaped_wildcard", "control_character", "number_as_string", "filename_length"}


# The specification allows several bounds in one condition, and pySigma refuses them; it is shown the first one.
one_bound = SigmaCorrelationCondition.from_dict.__func__


def several_bounds(cls, condition, source=None):
    bounds = [key for key in condition if key in SigmaCorrelationConditionOperator.operators()]
    return one_bound(cls, {key: value for key, value in condition.items() if key not in bounds[1:]}, source)


SigmaCorrelationCondition.from_dict = classmethod(several_bounds)


def main():
    worst = 0
    chosen = {validator for name, validator in validators.items() if name not in LEFT_OUT}
    for folder in sys.argv[1:]:
        paths = [os.path.join(base, name) for base, _, names in os.walk(folder) for name in names if name.endswith((".yml", ".yaml"))]
        findings = []
        try:
            collection = SigmaCollection.load_ruleset(sorted(paths), collect_errors=True)
            for rule in collection.rules:
                findings += [(str(rule.source), str(error)) for error in rule.errors]
            findings += [(folder, str(error)) for error in collection.errors]
            collection.resolve_rule_references()
            validator = SigmaValidator(chosen)
            for rule in collection.rules:
                for issue in validator.validate_rule(rule):
                    findings.append((str(rule.source), "%s %s" % (type(issue).__name__, issue)))
            for issue in validator.finalize():
                findings.append((folder, "%s %s" % (type(issue).__name__, issue)))
            count = len(collection.rules)
            for path in paths:
                with open(path, encoding="utf-8") as file:
                    for rule in yaml.safe_load_all(file):
                        findings += [(path, finding) for finding in sorted(form(rule))]
        except Exception as error:  # whatever stops the reader is a finding about the rules
            findings.append((folder, "%s: %s" % (type(error).__name__, error)))
            count = len(paths)
        print(json.dumps({"where": folder, "rules": count}))
        for where, finding in findings:
            worst = 1
            print(json.dumps({"where": where.removeprefix("file:").strip(), "finding": finding}))
    return worst


if __name__ == "__main__":
    sys.exit(main())
