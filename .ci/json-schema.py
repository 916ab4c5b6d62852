#!/usr/bin/env python3
"""json-schema.py SCHEMA FILE...: are these files as a schema has them? Needs jsonschema. Exit 1 when one is not."""
import json, sys

from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    validator = Draft202012Validator(json.load(file))
bad = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        for error in list(validator.iter_errors(json.load(file)))[:10]:
            bad += 1
            print("%s: %s: %s" % (path, "/".join(map(str, error.absolute_path)), error.message[:300]))
sys.exit(1 if bad else 0)
