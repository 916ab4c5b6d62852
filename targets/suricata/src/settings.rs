//! Under which settings does the engine test rules? Those of a stock installation, with every feature on that rules can use.
//!
//! Suricata's user guide, chapter "Configuration" (<https://docs.suricata.io/en/latest/configuration/suricata-yaml.html>).

use std::fmt::Write as _;

use backend::Profile;

use crate::variables;

/// How the file of settings is called.
pub(crate) const FILE: &str = "suricata.yaml";

/// What is not there to be written.
const NO_OUTPUT: &str = "outputs: []\n";
/// Alerts as lines of JSON, all that a packet raises: the engine's own bound is 15 of them. Version 7 computes one kind of digest of a file where
/// rules ask for several, unless it is told to compute them all.
const ALERTS: &str = "\
outputs:
- eve-log:
    enabled: yes
    filetype: regular
    filename: /dev/stdout
    types:
    - alert
    - files:
        force-hash: [md5, sha1, sha256]
packet-alert-max: 255
";

/// `suricata.yaml` for an engine that loads rules. Paths are relative to the folder of the call.
pub(crate) fn text(profile: &Profile) -> String {
    around(profile, NO_OUTPUT, None)
}

/// The same for one that reads a capture of a site with this `$HOME_NET`, and says its alerts on standard output.
pub(crate) fn of_site(profile: &Profile, home: &str) -> String {
    around(profile, ALERTS, Some(home))
}

fn around(profile: &Profile, outputs: &str, home: Option<&str>) -> String {
    let mut out = String::from("%YAML 1.1\n---\nvars:\n  address-groups:\n");
    for (name, value) in variables::ADDRESSES {
        let value = home.filter(|_| name == "HOME_NET").unwrap_or(value);
        let _ = writeln!(out, "    {name}: \"{value}\"");
    }
    out.push_str("  port-groups:\n");
    for (name, value) in variables::ports(profile) {
        let _ = writeln!(out, "    {name}: \"{value}\"");
    }
    out.push_str(outputs);
    out.push_str(REST);
    out
}

const REST: &str = "\
stats:
  enabled: no
logging:
  outputs:
  - console:
      enabled: yes
      type: json
classification-file: classification.config
reference-config-file: reference.config
default-rule-path: .
app-layer:
  protocols:
    tls:
      enabled: yes
      ja3-fingerprints: yes
      ja4-fingerprints: yes
    http:
      enabled: yes
      libhtp:
        default-config:
          personality: IDS
          request-body-limit: 0
          response-body-limit: 0
    ssh:
      enabled: yes
      hassh: yes
    modbus:
      enabled: yes
      detection-ports:
        dp: 502
    dnp3:
      enabled: yes
      detection-ports:
        dp: 20000
    enip:
      enabled: yes
      detection-ports:
        dp: 44818
    pgsql:
      enabled: yes
    quic:
      enabled: yes
    dns:
      tcp:
        enabled: yes
      udp:
        enabled: yes
    smtp:
      enabled: yes
      mime:
        decode-mime: yes
        decode-base64: yes
        decode-quoted-printable: yes
        extract-urls: yes
        extract-urls-schemes: [http, https, ftp]
";

/// The class types of the stock file, with their priorities.
pub(crate) const CLASSES: &str = "\
config classification: not-suspicious,Not Suspicious Traffic,3
config classification: unknown,Unknown Traffic,3
config classification: bad-unknown,Potentially Bad Traffic,2
config classification: attempted-recon,Attempted Information Leak,2
config classification: successful-recon-limited,Information Leak,2
config classification: successful-recon-largescale,Large Scale Information Leak,2
config classification: attempted-dos,Attempted Denial of Service,2
config classification: successful-dos,Denial of Service,2
config classification: attempted-user,Attempted User Privilege Gain,1
config classification: unsuccessful-user,Unsuccessful User Privilege Gain,1
config classification: successful-user,Successful User Privilege Gain,1
config classification: attempted-admin,Attempted Administrator Privilege Gain,1
config classification: successful-admin,Successful Administrator Privilege Gain,1
config classification: rpc-portmap-decode,Decode of an RPC Query,2
config classification: shellcode-detect,Executable code was detected,1
config classification: string-detect,A suspicious string was detected,3
config classification: suspicious-filename-detect,A suspicious filename was detected,2
config classification: suspicious-login,An attempted login using a suspicious username was detected,2
config classification: system-call-detect,A system call was detected,2
config classification: tcp-connection,A TCP connection was detected,4
config classification: trojan-activity,A Network Trojan was detected,1
config classification: unusual-client-port-connection,A client was using an unusual port,2
config classification: network-scan,Detection of a Network Scan,3
config classification: denial-of-service,Detection of a Denial of Service Attack,2
config classification: non-standard-protocol,Detection of a non-standard protocol or event,2
config classification: protocol-command-decode,Generic Protocol Command Decode,3
config classification: web-application-activity,access to a potentially vulnerable web application,2
config classification: web-application-attack,Web Application Attack,1
config classification: misc-activity,Misc activity,3
config classification: misc-attack,Misc Attack,2
config classification: icmp-event,Generic ICMP event,3
config classification: inappropriate-content,Inappropriate Content was Detected,1
config classification: policy-violation,Potential Corporate Privacy Violation,1
config classification: default-login-attempt,Attempt to login by a default username and password,2
config classification: targeted-activity,Targeted Malicious Activity was Detected,1
config classification: exploit-kit,Exploit Kit Activity Detected,1
config classification: external-ip-check,Device Retrieving External IP Address Detected,2
config classification: domain-c2,Domain Observed Used for C2 Detected,1
config classification: pup-activity,Possibly Unwanted Program Detected,2
config classification: credential-theft,Successful Credential Theft Detected,1
config classification: social-engineering,Possible Social Engineering Attempted,2
config classification: coin-mining,Crypto Currency Mining Activity Detected,2
config classification: command-and-control,Malware Command and Control Activity Detected,1
";

/// The systems of references of the stock file.
pub(crate) const REFERENCES: &str = "\
config reference: McAfee http://vil.nai.com/vil/content/v_
config reference: arachNIDS http://www.whitehats.com/info/IDS
config reference: bid http://www.securityfocus.com/bid/
config reference: bugtraq http://www.securityfocus.com/bid/
config reference: cve http://cve.mitre.org/cgi-bin/cvename.cgi?name=
config reference: et http://doc.emergingthreats.net/
config reference: etpro http://doc.emergingthreatspro.com/
config reference: exploitdb http://www.exploit-db.com/exploits/
config reference: md5 http://www.threatexpert.com/report.aspx?md5=
config reference: msft http://technet.microsoft.com/security/bulletin/
config reference: nessus http://cgi.nessus.org/plugins/dump.php3?id=
config reference: openpacket https://www.openpacket.org/capture/grab/
config reference: osvdb http://osvdb.org/show/osvdb/
config reference: secunia http://www.secunia.com/advisories/
config reference: securitytracker http://securitytracker.com/id?
config reference: telus http://
config reference: threatexpert http://www.threatexpert.com/report.aspx?md5=
config reference: url http://
config reference: xforce http://xforce.iss.net/xforce/xfdb/
";
