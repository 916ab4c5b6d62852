"""What has a Sigma rule to look like? The constraints of the specification's schemas, as checks.

The schemas are json-schema/sigma-detection-rule-schema.json and sigma-correlation-rules-schema.json of SigmaHQ/sigma-specification, as of
specification 2.0 to 2.2; that repository's LICENSE says that the specification is public domain. Where a schema and the text of its own
specification differ, the text counts: the `field` of a correlation stands in its condition, each type of the appendix is a type, and the
condition over several rules may be one of words. A bound is whole, as the schema describes it, but for figures made of many numbers: an
average lies between two whole numbers, and the schema's lines about bounds stand where they constrain nothing.
"""

import re

STATUS = {"stable", "test", "experimental", "deprecated", "unsupported"}
LEVEL = {"informational", "low", "medium", "high", "critical"}
RELATION = {"derived", "obsolete", "merged", "renamed", "similar"}
COUNTED = {"value_count", "value_sum", "value_avg", "value_percentile", "value_median"}
TOGETHER = {"temporal", "temporal_ordered"}
BOUND = {"gt", "gte", "lt", "lte", "eq", "neq"}
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
TAG = re.compile(r"^[a-z0-9_-]+\.[a-z0-9._-]+$")
DATE = re.compile(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
SPAN = re.compile(r"^[1-9]\d*[smhd]$")


def text(value, least=1, most=None):
    return isinstance(value, str) and least <= len(value) and (most is None or len(value) <= most)


def texts(value, least=0, once=True):
    """A list of texts, each there once."""
    listed = isinstance(value, list) and all(text(one, least) for one in value)
    return listed and (not once or len(set(value)) == len(value))


def selection(value):
    """A map, or a list of texts, whole numbers and maps."""
    fits = lambda one: isinstance(one, (str, dict)) or (isinstance(one, int) and not isinstance(one, bool))
    return isinstance(value, dict) or (isinstance(value, list) and all(map(fits, value)))


def condition(kind, value):
    """What a correlation asks of the numbers, or of the rules."""
    if isinstance(value, str):
        return kind in TOGETHER and value
    bounds = {key: number for key, number in value.items() if key in BOUND} if isinstance(value, dict) else {}
    others = set(value) - set(bounds) if bounds else {"nothing"}
    wanted = {"field", "percentile"} if kind == "value_percentile" else {"field"} if kind in COUNTED else set()
    whole = (int,) if kind in {"event_count", "value_count"} | TOGETHER else (int, float)
    return others == wanted and all(type(number) in whole for number in bounds.values())


def correlation(body):
    """What the schema of correlations says against one."""
    kind = body.get("type")
    return {
        "correlation type": kind in COUNTED | TOGETHER | {"event_count"},
        "correlated rules": texts(body.get("rules"), 2),
        "groups": texts(body.get("group-by")),
        "time span": text(body.get("timespan"), 2, 10) and SPAN.match(body["timespan"]),
        "aliases": all(isinstance(fields, dict) for fields in body.get("aliases", {}).values()),
        "correlation condition": condition(kind, body.get("condition")),
    }


def form(rule):
    """What the specification's schemas say against a rule."""
    source, body = rule.get("logsource"), rule.get("detection")
    checks = {
        "title": text(rule.get("title"), 1, 256),
        "id": text(rule.get("id")) and UUID.match(rule["id"]),
        "name": text(rule.get("name", "x"), 1, 256),
        "taxonomy": text(rule.get("taxonomy", "x"), 1, 256),
        "status": rule.get("status", "test") in STATUS,
        "level": rule.get("level", "low") in LEVEL,
        "description": text(rule.get("description", "x"), 1, 65535),
        "author": text(rule.get("author", "x")),
        "license": text(rule.get("license", "x")),
        "dates": all(DATE.match(str(rule[key])) for key in ("date", "modified") if key in rule),
        "lists": all(texts(rule.get(key, [])) for key in ("references", "tags", "fields")),
        "false positives": texts(rule.get("falsepositives", []), 2),
        "scope": texts(rule.get("scope", []), 2, once=False),
        "tags": all(TAG.match(tag) for tag in rule.get("tags", [])),
        "related": all(UUID.match(one["id"]) and one["type"] in RELATION for one in rule.get("related", [])),
        "generate": isinstance(rule.get("generate", False), bool),
        "body": (source is not None and body is not None) != ("correlation" in rule),
    }
    if source is not None:
        names = [key for key in ("category", "product", "service", "definition") if key in source]
        checks["log source"] = any(key != "definition" for key in names) and all(text(source[key]) for key in names)
    if body is not None:
        checks["condition"] = text(body.get("condition"))
        checks["selections"] = all(selection(value) for key, value in body.items() if key != "condition")
    if "correlation" in rule:
        checks.update(correlation(rule["correlation"]))
    return {"schema: " + name for name, holds in checks.items() if not holds}
