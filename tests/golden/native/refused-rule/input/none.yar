// A file without a rule.
