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

/// The address of the repository on GitHub that released this program; nothing where it was compiled elsewhere.
const REPOSITORY: Option<&str> = option_env!("VIGIE_REPOSITORY");

const GITHUB: &str = "\
name: detections

on: [push, pull_request]

permissions:
  contents: read
  pull-requests: write

jobs:
  vigie:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with:
          # What a change is merged into is compared with.
          fetch-depth: 2
          persist-credentials: false
";

/// The steps of a program that was not released.
const GITHUB_STEPS: &str =
    "      # A step here might put `vigie` and `vigie-pull-request` on the path: the archives and the wheels of a release hold both.
      - run: vigie-pull-request
        env:
          GH_TOKEN: ${{ github.token }}
";

/// The job of a program that was not released.
const GITLAB: &str = "\
# An image with `vigie`, `vigie-pull-request`, `git`, `curl` and `jq` might be named here: the archives of a release hold the first two.
# A comment needs the variable VIGIE_TOKEN, a token of the project of the scope `api`.
detections:
  rules:
    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - vigie-pull-request
  artifacts:
    when: always
    paths:
      - dist/
      - vigie-report/
    reports:
      codequality: vigie-report/gl-code-quality-report.json
      junit: vigie-report/vigie.xml
";

/// A workflow that runs what is in `kit/` of the repository that this program is from.
fn github(repository: Option<&str>) -> String {
    // An action is named by its owner and its name.
    let name = repository.and_then(|address| address.match_indices('/').rev().nth(1).and_then(|(at, _)| address.get(at + 1..)));
    let steps = name.map(|name| format!("      - uses: {name}@v{}\n", env!("CARGO_PKG_VERSION")));
    format!("{GITHUB}{}", steps.as_deref().unwrap_or(GITHUB_STEPS))
}

/// The same for GitLab.
fn gitlab(repository: Option<&str>) -> String {
    let include = repository.map(|address| {
        format!(
            "# A comment needs the variable VIGIE_TOKEN, a token of the project of the scope `api`.\n\
             include:\n  - remote: {address}/releases/download/v{}/gitlab.yml\n",
            env!("CARGO_PKG_VERSION")
        )
    });
    include.unwrap_or_else(|| GITLAB.to_owned())
}

/// `vigie init`.
pub(crate) fn run(args: &Init, terminal: &mut Terminal<'_>) -> u8 {
    let ignored = format!("{IGNORED}\n");
    let mut files = vec![("vigie.toml", SETTINGS.to_owned()), ("rules/first.vigie", DESCRIPTION.to_owned()), (".gitignore", ignored)];
    files.extend(args.ci.map(|ci| match ci {
        Ci::Github => (".github/workflows/vigie.yml", github(REPOSITORY)),
        Ci::Gitlab => (".gitlab-ci.yml", gitlab(REPOSITORY)),
    }));
    for (path, text) in files {
        let place = args.folder.join(path);
        match write(&place, &text) {
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

#[cfg(test)]
mod tests {
    use super::{github, gitlab};

    #[test]
    fn a_released_program_names_the_kit_of_its_release() {
        let (version, address) = (env!("CARGO_PKG_VERSION"), Some("https://git.example/example/vigie"));
        assert!(github(address).ends_with(&format!("persist-credentials: false\n      - uses: example/vigie@v{version}\n")));
        assert!(gitlab(address).ends_with(&format!("remote: https://git.example/example/vigie/releases/download/v{version}/gitlab.yml\n")));
        for text in [github(None), gitlab(None)] {
            assert!(text.contains("vigie-pull-request\n") && !text.contains("example/"), "{text}");
        }
    }
}
