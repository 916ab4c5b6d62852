//! How does a project begin? `vigie init` writes a first `vigie.toml`, a description with its test, and what runs them on each change.
//!
//! Nothing that is there is written over.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::args::{Ci, Init};
use crate::exit::{CLEAN, USAGE, refuse};
use crate::inputs::shown;
use crate::show::Terminal;

/// A first `vigie.toml`.
pub(crate) const SETTINGS: &str = "\
# What vigie builds here. \"The project file\" in its book has every key.

[project]
inputs = [\"rules\"]
targets = [\"sigma\", \"suricata\", \"kql\", \"splunk\"]
output = \"dist\"
require_tests = true

[package]
name = \"example-detections\"
title = \"Detections of Example\"
author = \"Detection team\"

# What may go to whom:
#
# [channel.partners]
# targets = [\"sigma\"]
# max_tlp = \"green\"
";

const DESCRIPTION: &str = "\
vigie 1

# A first description, to be replaced: names below `.example` belong to nobody.

advisory \"EXAMPLE-2024-01\" {
  title:     \"Web shell on a mail server\"
  tlp:       clear
  published: 2024-01-10
}

iocs relays : domain {
  role: c2   direction: destination
  - relay.evil-corp[.]example
}

behavior webshell \"Web shell is used\" {
  attack: [T1505.003]   severity: high
  facet use on http.request (inbound) {
    http.method == \"POST\" and url.path starts \"/aspnet_client/\" and url.path ends \".aspx\"
  }
}

test webshell.use {
  match    http.request { http.method: \"POST\"   url.host: \"mail.example\"   url.path: \"/aspnet_client/a.aspx\" }
  no_match http.request { http.method: \"GET\"    url.host: \"mail.example\"   url.path: \"/aspnet_client/a.aspx\" }
}
";

/// The line that keeps the output out of the repository.
const IGNORED: &str = "/dist/";

const GITHUB: &str = "\
name: detections

on: [push, pull_request]

permissions:
  contents: read

jobs:
  vigie:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      # A step here might put `vigie` on the path.
      - run: vigie check
      - run: vigie test
      - run: vigie build --locked
";

const GITLAB: &str = "\
# An image that holds `vigie` might be named here.
detections:
  script:
    - vigie check
    - vigie test
    - vigie build --locked
  artifacts:
    paths:
      - dist/
";

/// `vigie init`.
pub(crate) fn run(args: &Init, terminal: &mut Terminal<'_>) -> u8 {
    let ignored = format!("{IGNORED}\n");
    let mut files = vec![("vigie.toml", SETTINGS), ("rules/first.vigie", DESCRIPTION), (".gitignore", ignored.as_str())];
    files.extend(args.ci.map(|ci| match ci {
        Ci::Github => (".github/workflows/vigie.yml", GITHUB),
        Ci::Gitlab => (".gitlab-ci.yml", GITLAB),
    }));
    for (path, text) in files {
        let place = args.folder.join(path);
        match write(&place, text) {
            Ok(true) => terminal.say(&format!("written  {}", shown(&place))),
            Ok(false) if path == ".gitignore" => {
                terminal.say(&format!("kept     {}: it is there already; a line `{IGNORED}` in it would leave out what is built", shown(&place)));
            }
            Ok(false) => terminal.say(&format!("kept     {}: it is there already", shown(&place))),
            Err(error) => return refuse(terminal, &format!("`{}` cannot be written: {error}", shown(&place)), USAGE),
        }
    }
    terminal
        .say("`vigie check`, `vigie test` and `vigie build` need no path in this folder; `vigie.lock`, which a build writes, belongs to the sources");
    CLEAN
}

/// Writes a file, unless something of this name is there.
fn write(place: &Path, text: &str) -> std::io::Result<bool> {
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match File::create_new(place) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
