//! Does the real engine load the rules? Asks an installed Suricata to read back what was written.

use std::path::Path;
use std::process::{Command, Stdio};

use pipeline::Compilation;
use source::{Code, Diagnostic, count};

pub(crate) static REFUSED: Code = Code::error("verify.engine", "an installed engine refused a generated rule");

/// Settings under which every feature that rules can use is on. Suricata's user guide, chapter "Configuration".
const SETTINGS: &str = "%YAML 1.1\n---\nvars:\n  address-groups:\n    HOME_NET: \"[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]\"\n    EXTERNAL_NET: \"!$HOME_NET\"\n\
  port-groups: {}\noutputs: []\nstats:\n  enabled: no\nlogging:\n  outputs:\n  - console:\n      enabled: yes\n      type: json\napp-layer:\n  protocols:\n    tls:\n      enabled: yes\n      ja3-fingerprints: yes\n      ja4-fingerprints: yes\n    http:\n      enabled: yes\n    dns:\n      tcp:\n        enabled: yes\n      udp:\n        enabled: yes\n    smtp:\n      enabled: yes\n      mime:\n        decode-mime: yes\n        decode-base64: yes\n        decode-quoted-printable: yes\n";

/// What the engine said.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Nobody asked.
    NotAsked,
    /// There was nothing for it to read.
    Nothing,
    /// It is not installed, or could not be started.
    Skipped(String),
    /// It read this many rules.
    Loaded(usize),
    /// It refused, with its own words.
    Refused(Vec<String>),
}

impl Verdict {
    /// Adds refusals to the findings.
    pub(crate) fn add_to(&self, diagnostics: &mut Vec<Diagnostic>) {
        if let Self::Refused(lines) = self {
            diagnostics
                .extend(lines.iter().map(|line| Diagnostic { target: Some("suricata".to_owned()), ..Diagnostic::new(&REFUSED, line.clone()) }));
        }
    }

    /// A line for the summary.
    pub(crate) fn line(&self) -> Option<String> {
        match self {
            Self::NotAsked | Self::Nothing => None,
            Self::Skipped(why) => Some(format!("suricata -T: skipped: {why}")),
            Self::Loaded(rules) => Some(format!("suricata -T: {} loaded without error or warning", count(*rules, "rule"))),
            Self::Refused(lines) => Some(format!("suricata -T: {}", count(lines.len(), "complaint"))),
        }
    }
}

/// Writes Suricata's files to a temporary folder and lets the engine test them in one go.
pub(crate) fn verify(compilation: &Compilation) -> Verdict {
    let Some(output) = compilation.outputs.iter().find(|output| output.target == "suricata" && !output.rules.is_empty()) else {
        return Verdict::Nothing;
    };
    let installed = Command::new("suricata").arg("-V").stdin(Stdio::null()).output();
    let version = match installed {
        Ok(version) if version.status.success() => String::from_utf8_lossy(&version.stdout).into_owned(),
        _ => return Verdict::Skipped("suricata is not installed".to_owned()),
    };
    let major = version.split("version ").nth(1).and_then(|rest| rest.split('.').next()).and_then(|number| number.parse::<u32>().ok());
    if major.is_none_or(|major| major < 7) {
        return Verdict::Skipped("the installed suricata is older than 7".to_owned());
    }
    let folder = std::env::temp_dir().join(format!("vigie-{}", std::process::id()));
    let verdict = ask(&folder, output).unwrap_or_else(Verdict::Skipped);
    let _ = std::fs::remove_dir_all(&folder);
    verdict
}

fn ask(folder: &Path, output: &pipeline::Output) -> Result<Verdict, String> {
    let failed = |error: std::io::Error| format!("the temporary folder cannot be used: {error}");
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut all = String::new();
    for artefact in &output.artefacts {
        if artefact.kind == backend::ArtefactKind::Rules {
            all.push_str(&artefact.text);
            all.push('\n');
        } else if let Some(name) = Path::new(&artefact.path).file_name() {
            std::fs::write(folder.join(name), &artefact.text).map_err(failed)?;
        }
    }
    let rules = folder.join("all.rules");
    std::fs::write(&rules, &all).map_err(failed)?;
    let settings = folder.join("suricata.yaml");
    let classes = "classification-file: classification.config\nreference-config-file: reference.config\n";
    std::fs::write(folder.join("classification.config"), CLASSES).map_err(failed)?;
    std::fs::write(folder.join("reference.config"), "config reference: url http://\nconfig reference: cve https://nvd.nist.gov/vuln/detail/CVE-\n")
        .map_err(failed)?;
    let text =
        SETTINGS.to_owned() + &classes.replace(": c", &format!(": {}/c", folder.display())).replace(": r", &format!(": {}/r", folder.display()));
    std::fs::write(&settings, format!("{text}default-rule-path: {}\n", folder.display())).map_err(failed)?;
    let result = Command::new("suricata")
        .args(["-T", "-c"])
        .arg(&settings)
        .arg("-S")
        .arg(&rules)
        .arg("-l")
        .arg(folder)
        .arg("--data-dir")
        .arg(folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("suricata cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&result.stdout).into_owned() + &String::from_utf8_lossy(&result.stderr);
    let complaints: Vec<String> = said.lines().filter_map(complaint).collect();
    if complaints.is_empty() && result.status.success() {
        return Ok(Verdict::Loaded(output.rules.len()));
    }
    if complaints.is_empty() {
        return Ok(Verdict::Refused(vec![said.lines().last().unwrap_or("it ended with an error").to_owned()]));
    }
    Ok(Verdict::Refused(complaints))
}

/// An error or warning in the engine's JSON log.
fn complaint(line: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let level = value.get("log_level")?.as_str()?;
    if !matches!(level.to_ascii_lowercase().as_str(), "error" | "warning") {
        return None;
    }
    Some(value.pointer("/engine/message")?.as_str()?.to_owned())
}

/// The class types of the stock file that generated rules use, with their priorities.
const CLASSES: &str = "config classification: trojan-activity,A Network Trojan was detected,1\n\
config classification: command-and-control,Malware Command and Control Activity Detected,1\n\
config classification: targeted-activity,Targeted Malicious Activity was Detected,1\n\
config classification: exploit-kit,Exploit Kit Activity Detected,1\n\
config classification: web-application-attack,Web Application Attack,1\n\
config classification: attempted-recon,Attempted Information Leak,2\n\
config classification: attempted-user,Attempted User Privilege Gain,1\n\
config classification: attempted-admin,Attempted Administrator Privilege Gain,1\n\
config classification: bad-unknown,Potentially Bad Traffic,2\n\
config classification: misc-activity,Misc activity,3\n\
config classification: misc-attack,Misc Attack,2\n\
config classification: network-scan,Detection of a Network Scan,3\n\
config classification: policy-violation,Potential Corporate Privacy Violation,1\n\
config classification: social-engineering,Possible Social Engineering Attempted,2\n\
config classification: credential-theft,Successful Credential Theft Detected,1\n\
config classification: domain-c2,Domain Observed Used for C2 Detected,1\n\
config classification: external-ip-check,Device Retrieving External IP Address Detected,2\n\
config classification: suspicious-login,An attempted login using a suspicious username was detected,2\n\
config classification: unsuccessful-user,Unsuccessful User Privilege Gain,1\n\
config classification: successful-user,Successful User Privilege Gain,1\n\
config classification: unknown,Unknown Traffic,3\n";
