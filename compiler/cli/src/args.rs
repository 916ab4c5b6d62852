//! What can be asked on the command line?

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ir::{Date, Tlp};

/// Compiles threat descriptions into detection rules for Sigma, Suricata, YARA, KQL and Splunk.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, about, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compile descriptions and feeds, and write rules.
    ///
    /// All files come to stand in the folder together, or none does. Files of an earlier build leave when their inputs are read again and
    /// make them no longer: never because an input cannot be read, never those of targets that were not asked for, never what was edited.
    Build(Build),
    /// Put rules into the form that a product imports: an app, a template, a rule source.
    ///
    /// A package holds a manifest of its rules and of where they come from, a list of what changed since an earlier package, and the digests of
    /// its files. The same inputs make the same bytes.
    Package(Package),
    /// Compile without writing, and report what was found.
    Check(Check),
    /// Compile without writing rules, and show on one page what became of each rule, what was found, and which techniques are covered.
    Report(Report),
    /// Turn a feed or an advisory in prose into a draft description, or list its values.
    Import(Import),
    /// Run the tests that stand in descriptions.
    Test(Test),
    /// Search logs for the events that rules find.
    Hunt(Hunt),
    /// Say what changed in meaning between two states of descriptions, with events that prove it.
    ///
    /// A state is a file, a folder, or a revision of the repository (`main`, `v1.2:rules`). For each rule: whether it finds the same, more, less or
    /// other events than before, with an event that only one of the two finds; and what became of it on each target. Two packages can be
    /// compared as well: they hold texts, so that a text differs is all that can be said there.
    Diff(Diff),
    /// Begin a project: `vigie.toml`, a first description with its test. Nothing that is there is written over.
    Init(Init),
    /// Check and list the numbers of rules, take those away whose rules are gone, or settle a merge.
    Lock(LockCommand),
    /// Explain a diagnostic's code.
    Explain {
        /// The code, such as `guard.reserved-address`; `all` lists every one.
        code: String,
    },
    /// List targets and profiles.
    Targets,
    /// List the events and fields that descriptions can use.
    Fields {
        /// Only this event, such as `process.start`.
        event: Option<String>,
    },
}

/// What every compiling command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// Files or folders to read; `-` is standard input. A folder that holds `.vigie` files gives only those [default: `inputs` of `vigie.toml`].
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only these targets, such as `kql` or `kql/sentinel` [default: `targets` of `vigie.toml`, or all].
    #[arg(short, long = "target", value_name = "TARGET", value_delimiter = ',')]
    pub(crate) targets: Vec<String>,
    /// Only profiles of this name.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// The day the rules are for: indicators that ended before it are withheld.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    /// The most closed marking that may leave: clear, green, amber, amber+strict, red.
    #[arg(long, value_name = "TLP", value_parser = parse_tlp)]
    pub(crate) max_tlp: Option<Tlp>,
    /// The least severity that makes the exit code 1 [default: `deny` of `vigie.toml`, or errors].
    #[arg(long, value_enum)]
    pub(crate) deny: Option<Deny>,
    /// Settings of the site [default: `vigie.toml` in the current folder or above, where there is one].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The environment of `vigie.toml` whose settings hold.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Where rules' numbers are kept [default: `vigie.lock` beside `vigie.toml`, or in the output folder where there is no such file].
    #[arg(long, value_name = "FILE")]
    pub(crate) lock: Option<PathBuf>,
    /// Fail, and write nothing, when a row of the lock would be new or change.
    #[arg(long)]
    pub(crate) locked: bool,
    /// Show each place instead of a line for each code; `--verbose=warnings` leaves out notes.
    #[arg(short, long, value_name = "WHAT", value_enum, num_args = 0..=1, require_equals = true, default_value = "codes", default_missing_value = "all", hide_default_value = true, hide_possible_values = true)]
    pub(crate) verbose: Detail,
    /// Do not ask an installed engine to read the rules back.
    #[arg(long)]
    pub(crate) no_engine: bool,
}

/// How much of what was found is shown to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Detail {
    /// A line for each code; errors, and codes with one place, whole.
    Codes,
    /// Each error and each warning at its place.
    Warnings,
    /// Notes too.
    All,
}

/// What makes a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Only errors.
    Errors,
    /// Warnings too.
    Warnings,
}

fn parse_tlp(text: &str) -> Result<Tlp, String> {
    Tlp::parse(text).ok_or_else(|| "the markings are clear, green, amber, amber+strict and red".to_owned())
}

/// `vigie build`.
#[derive(Debug, Args)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The folder to write to [default: `output` of `vigie.toml`, or dist].
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Rule files in the folder, or one JSON line for each rule on standard output.
    #[arg(long, value_enum, default_value_t = Emit::Files)]
    pub(crate) emit: Emit,
    /// Remove what earlier builds made of other inputs, too.
    #[arg(long)]
    pub(crate) prune: bool,
    /// How long to wait for another build that writes to the folder, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = WAIT)]
    pub(crate) wait: u64,
}

/// How long a build waits for another one, in seconds.
const WAIT: u64 = 300;

/// `vigie package`, whose product has its targets.
#[derive(Debug, Args)]
#[command(mut_arg("targets", |arg| arg.hide(true)))]
pub(crate) struct Package {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The product: `vigie targets` lists them.
    #[arg(long = "for", value_name = "PRODUCT")]
    pub(crate) product: String,
    /// The folder to write to; files of others in it are left alone.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// The folder of an earlier package: what changed since is listed, and rules that are gone are switched off where they run.
    #[arg(long, value_name = "DIR")]
    pub(crate) previous: Option<PathBuf>,
    /// The version, such as `1.2.0` [default: that of `vigie.toml`, or one after the previous package's, or 1.0.0].
    #[arg(long = "package-version", value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// How long to wait for another run that writes to the folder, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = WAIT)]
    pub(crate) wait: u64,
}

/// `vigie diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The state before.
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The state now [default: what `[project]` of `vigie.toml` names as `inputs`].
    #[arg(value_name = "NEW")]
    pub(crate) new: Option<String>,
    /// Only these targets, such as `kql` or `kql/sentinel`.
    #[arg(short, long = "target", value_name = "TARGET", value_delimiter = ',')]
    pub(crate) targets: Vec<String>,
    /// Only profiles of this name.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// The day the rules are for: indicators that ended before it are withheld, on both sides.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    /// The most closed marking that may leave: clear, green, amber, amber+strict, red.
    #[arg(long, value_name = "TLP", value_parser = parse_tlp)]
    pub(crate) max_tlp: Option<Tlp>,
    /// Settings of the site for both sides [default: `vigie.toml` in the current folder, as it is and as it was].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What holds in this environment of the settings, too.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// How differences are written.
    #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
    pub(crate) format: DiffFormat,
    /// The file to write to [default: standard output]. One that is there already stays.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over the file that is there already; never over an input.
    #[arg(long)]
    pub(crate) force: bool,
    /// Make the exit code 1 when a rule differs so: added, removed, wider, narrower, changed, undecided, reworded.
    #[arg(long, value_name = "KIND", value_enum, value_delimiter = ',')]
    pub(crate) fail_on: Vec<Kind>,
}

/// The form of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// For a comment on a pull request.
    Markdown,
}

/// A kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A rule is new.
    Added,
    /// A rule is gone.
    Removed,
    /// It finds more.
    Wider,
    /// It finds less.
    Narrower,
    /// It finds other events.
    Changed,
    /// Whether it finds the same was not found out.
    Undecided,
    /// It finds the same and is written otherwise.
    Reworded,
}

impl Kind {
    /// The word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Changed => "changed",
            Self::Undecided => "undecided",
            Self::Reworded => "reworded",
        }
    }
}

/// `vigie init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder of the project.
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub(crate) folder: PathBuf,
    /// Write what checks, tests and builds each change, too.
    #[arg(long, value_enum, value_name = "SERVICE")]
    pub(crate) ci: Option<Ci>,
}

/// Who runs what on each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ci {
    /// A workflow of GitHub.
    Github,
    /// A pipeline of GitLab.
    Gitlab,
}

/// `vigie lock`.
#[derive(Debug, Args)]
pub(crate) struct LockCommand {
    /// With `--prune`: every description whose rules keep their numbers.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Take away the rows of rules that no PATH makes any more; their numbers may be given again.
    #[arg(long)]
    pub(crate) prune: bool,
    /// Settle what a merge left: marks of a conflict, a number of two rules, two rows of one rule. Each change is listed.
    #[arg(long, conflicts_with_all = ["prune", "paths"])]
    pub(crate) settle: bool,
    /// Where rules' numbers are kept [default: `vigie.lock` beside `vigie.toml`, or in the output folder where there is no such file].
    #[arg(long, value_name = "FILE")]
    pub(crate) lock: Option<PathBuf>,
    /// The output folder [default: `output` of `vigie.toml`, or dist].
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Settings of the site [default: `vigie.toml` in the current folder or above, where there is one].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How long to wait for a build that writes to the folder, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = WAIT)]
    pub(crate) wait: u64,
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Emit {
    /// Files below the output folder.
    Files,
    /// JSON lines.
    Jsonl,
}

/// `vigie check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
    /// The file to write to, for formats that machines read [default: standard output]. One that is there already stays.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over the file that is there already; never over an input.
    #[arg(long)]
    pub(crate) force: bool,
}

/// The form of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people.
    Human,
    /// One line for each finding, as compilers write it: `file:line:column: severity[code]: message`.
    Concise,
    /// One JSON object for each finding.
    Json,
    /// SARIF 2.1.0, for code scanners.
    Sarif,
    /// Commands of a GitHub workflow, which shows them beside a change.
    Github,
    /// A report of GitLab's Code Quality.
    Gitlab,
}

/// The form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object for each finding.
    Json,
}

/// `vigie report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The form of the page.
    #[arg(long, value_enum, default_value_t = ReportFormat::Markdown)]
    pub(crate) format: ReportFormat,
    /// With `--as-of`: list the values that stop to hold within so many days.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(crate) expiring_within: u16,
    /// Begin the comment with what changed in meaning since a state before: a revision (`main`, `v1.2:rules`), a file or a folder.
    #[arg(long, value_name = "OLD")]
    pub(crate) against: Option<String>,
    /// The file to write to [default: standard output]. One that is there already stays.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over the file that is there already; never over an input.
    #[arg(long)]
    pub(crate) force: bool,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// A comment for a pull request, no longer than GitHub takes.
    Markdown,
    /// A web page that needs nothing else.
    Html,
    /// A layer of the ATT&CK Navigator: how many rules each technique has.
    Navigator,
}

/// `vigie test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Files or folders to read [default: `inputs` of `vigie.toml`].
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Settings of the site [default: `vigie.toml` in the current folder or above, where there is one].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The environment of `vigie.toml` whose settings hold.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Show passing tests too, and each failure at its place.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Only rules for these targets, such as `kql` or `kql/sentinel`.
    #[arg(short, long = "target", value_name = "TARGET", value_delimiter = ',')]
    pub(crate) targets: Vec<String>,
    /// Try the rules on events of these logs as well: a file of JSON lines, or a folder of such files.
    #[arg(long, value_name = "LOGS")]
    pub(crate) against: Option<PathBuf>,
    /// Write the results as JUnit's XML as well.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write what a network sees of each case as captures of packets into this folder, for targets that read a network.
    /// An installed Suricata reads them too, and what it finds has to be what is found here.
    #[arg(long, value_name = "DIR")]
    pub(crate) pcap: Option<PathBuf>,
    /// Do not ask an installed engine to read the captures.
    #[arg(long)]
    pub(crate) no_engine: bool,
    /// How the results are shown.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// `vigie import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files or folders to read; `-` is standard input.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The format, when it is not to be found out: csv, list, misp, stix, openioc, json, prose.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) from: Option<String>,
    /// A draft in the language, or one JSON line for each value.
    #[arg(long, value_enum, default_value_t = ImportFormat::Vigie)]
    pub(crate) format: ImportFormat,
    /// The file to write to [default: standard output]. One that is there already stays.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show each place instead of a line for each code; `--verbose=warnings` leaves out notes.
    #[arg(short, long, value_name = "WHAT", value_enum, num_args = 0..=1, require_equals = true, default_value = "codes", default_missing_value = "all", hide_default_value = true, hide_possible_values = true)]
    pub(crate) verbose: Detail,
    /// Write over the file that is there already; never over an input.
    #[arg(long)]
    pub(crate) force: bool,
}

/// The form of what was imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportFormat {
    /// A draft in the language.
    Vigie,
    /// JSON lines.
    Jsonl,
}

/// `vigie hunt`.
#[derive(Debug, Args)]
pub(crate) struct Hunt {
    /// Files or folders of rules: descriptions, Sigma rules, feeds. A folder that holds `.vigie` files gives only those
    /// [default: `inputs` of `vigie.toml`].
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Logs to search, in JSON: files, folders, `-` for standard input.
    #[arg(long, value_name = "LOG", required = true, num_args = 1..)]
    pub(crate) logs: Vec<PathBuf>,
    /// The log source of every event, for logs that do not tell: `product/category/service`.
    #[arg(long, value_name = "SOURCE")]
    pub(crate) source: Option<String>,
    /// How hits are written.
    #[arg(long, value_enum, default_value_t = HuntFormat::Human)]
    pub(crate) format: HuntFormat,
    /// The file to write to [default: standard output]. One that is there already stays.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over the file that is there already; never over an input.
    #[arg(long)]
    pub(crate) force: bool,
    /// Settings of the site [default: `vigie.toml` in the current folder or above, where there is one].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The environment of `vigie.toml` whose settings hold.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Search events of any time, not only those in a description's `hunt` window.
    #[arg(long)]
    pub(crate) any_time: bool,
    /// Make the exit code 1 when there is a hit.
    #[arg(long)]
    pub(crate) fail_on_hit: bool,
    /// Show each place instead of a line for each code; `--verbose=warnings` leaves out notes.
    #[arg(short, long, value_name = "WHAT", value_enum, num_args = 0..=1, require_equals = true, default_value = "codes", default_missing_value = "all", hide_default_value = true, hide_possible_values = true)]
    pub(crate) verbose: Detail,
}

/// The form of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HuntFormat {
    /// For people, by rule.
    Human,
    /// One JSON object for each hit.
    Jsonl,
    /// A report in Markdown.
    Md,
    /// A report as a web page of its own.
    Html,
}
