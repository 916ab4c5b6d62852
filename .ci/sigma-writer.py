#!/usr/bin/env python3
"""sigma-writer.py VIGIE ARCHIVE: reads the rules of ARCHIVE (tar.gz), has VIGIE write them for Sigma, and judges what was written.

Runs with a Python that has pySigma. A written rule passes when it has the form that the specification's schemas ask for, pySigma parses
it, and pySigma's validators find nothing in it that they do not find in the rule as it was published. Ends with `N passed, N failed`."""
import importlib.util, os, subprocess, sys, tarfile, tempfile
from pathlib import Path

import yaml
from sigma.collection import SigmaCollection
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

from sigma_form import form

spec = importlib.util.spec_from_file_location("validate_sigma", Path(__file__).with_name("validate-sigma.py"))
shared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shared)


def findings(folder):
    """What is said of each rule, by id."""
    out = {}
    paths = sorted(Path(folder).rglob("*.yml"))
    collection = SigmaCollection.load_ruleset([str(path) for path in paths], collect_errors=True)
    validator = SigmaValidator({validator for name, validator in validators.items() if name not in shared.LEFT_OUT})
    for rule in collection.rules:
        said = out.setdefault(str(rule.id), set())
        said |= {type(error).__name__ for error in rule.errors}
        said |= {type(issue).__name__ for issue in validator.validate_rule(rule)}
    for issue in validator.finalize():
        for rule in issue.rules:
            out.setdefault(str(rule.id), set()).add(type(issue).__name__)
    for error in collection.errors:
        out.setdefault("", set()).add(str(error))
    return paths, out


def main():
    vigie, archive = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as tar:
            tar.extractall(os.path.join(folder, "rules"), filter="data")
        done = subprocess.run([vigie, "build", "rules", "-t", "sigma", "-o", "dist", "--no-engine"], cwd=folder, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            print(done.stderr)
        _, before = findings(os.path.join(folder, "rules"))
        paths, after = findings(os.path.join(folder, "dist"))
        passed = failed = 0
        for path in paths:
            with open(path, encoding="utf-8") as file:
                rule = yaml.safe_load(file)
            new = (after.get(rule["id"], {"it is not parsed"}) - before.get(rule["id"], set())) | form(rule)
            if new:
                failed += 1
                print("%s: %s" % (path.relative_to(folder), ", ".join(sorted(new))))
            else:
                passed += 1
        lost = set(before) - set(after)
        failed += len(lost)
        for rule in sorted(lost):
            print("%s is not written" % rule)
        print("%d passed, %d failed" % (passed, failed))
        return failed > 0


sys.exit(main())
