//! How is a setting written? An example for each, shown beside what is wrong with one.

/// Keys and an example; `*` stands for any key.
const EXAMPLES: [(&[&str], &str); 23] = [
    (&["project", "inputs"], "inputs = [\"rules\"]"),
    (&["project", "targets"], "targets = [\"sigma\", \"kql/sentinel\"]"),
    (&["project", "output"], "output = \"dist\""),
    (&["project", "deny"], "deny = \"warnings\""),
    (&["project", "deny_codes"], "deny_codes = [\"expire.soon\", \"guard\"]"),
    (&["project", "allow_codes"], "allow_codes = [\"test.missing\"]"),
    (&["project", "warn_before_expiry_days"], "warn_before_expiry_days = 14"),
    (&["project", "require_tests"], "require_tests = true"),
    (&["profile", "*", "*", "*"], "\"url.full\" = \"cs_uri\""),
    (&["placeholders", "*"], "Administrators = [\"adm-*\", \"root\"]"),
    (&["tlp", "unmarked"], "unmarked = \"green\""),
    (&["suricata", "sid"], "sid = \"3100000..3199999\""),
    (&["package", "*"], "name = \"example-detections\""),
    (&["channel", "*"], "max_tlp = \"green\""),
    (&["channel", "*", "targets"], "targets = [\"sigma\", \"kql/sentinel\"]"),
    (&["channel", "*", "max_tlp"], "max_tlp = \"green\""),
    (&["licence", "allow"], "allow = [\"DRL-1.1\", \"MIT\"]"),
    (&["licence", "unstated"], "unstated = \"allow\""),
    (&["environment", "*", "profile", "*", "*", "*"], "\"url.full\" = \"cs_uri\""),
    (&["environment", "*", "placeholders", "*"], "Administrators = [\"adm-*\", \"root\"]"),
    (&["environment", "*", "severity", "*"], "\"EXAMPLE-2024-01/webshell\" = \"high\""),
    (&["environment", "*", "exclude"], "exclude = [\"EXAMPLE-2024-01/webshell\"]"),
    (&["environment", "*", "severity"], "severity = { \"EXAMPLE-2024-01/webshell\" = \"high\" }"),
];

/// The example for what stands at these keys.
pub(super) fn of(path: &[String]) -> Option<&'static str> {
    let fits = |keys: &[&str]| keys.len() == path.len() && keys.iter().zip(path).all(|(key, part)| *key == "*" || key == part);
    EXAMPLES.iter().find(|(keys, _)| fits(keys)).map(|(_, example)| *example)
}
