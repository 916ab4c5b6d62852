//! How fast is prose read? One mebibyte of an advisory, of plain text without a value, and of the worst kinds of input.

use divan::counter::BytesCount;
use source::Sources;

const SIZE: usize = 1 << 20;

const ADVISORY: &str = "## Command and control\n\nThe implant beacons to `cdn-sync[.]example` on port 8443 and falls back to \
hxxps://status.mail[.]example:8443/api/v2/poll?id=7. A second stage came from 198.51.100[.]77. Operators were seen by several teams, \
who described how the group moves between networks, which tools it prefers, and why it keeps its servers for weeks rather than days.\n\n\
| Artefact | Value |\n|---|---|\n| Dropper | C:\\ProgramData\\Foo\\a.exe |\n| SHA-256 | 6f2d1c0b9a8e7f6d5c4b3a29180706f5e4d3c2b1a09f8e7d6c5b4a3928170615 |\n\n\
* one[.]example\n* two[.]example\n* three[.]example\n\nSee [the report](https://news.example.org/story) for T1059.001 and CVE-2021-44228.\n\n";

fn main() {
    divan::main();
}

#[divan::bench(args = ["advisory", "prose", "a.", "[.]", "http://", "@", "/", "a dot ", "1.2.3.4 ", "|a.com", "C:\\a ", "hxxp://a-\n", "あ.a", "From: a@b.example\n", "<html><a b=c "])]
fn extract(bencher: divan::Bencher, kind: &str) {
    let piece = match kind {
        "advisory" => ADVISORY,
        "prose" => "Operators were seen by several teams, who described how the group moves between networks. It keeps its servers for weeks.\n",
        piece => piece,
    };
    let mut sources = Sources::default();
    let file = sources.add("bench.md", piece.repeat(SIZE / piece.len()));
    bencher.counter(BytesCount::new(SIZE)).bench(|| front::prose::extract(&sources, file));
}

#[divan::bench(args = ["advisory", "prose"])]
fn context(bencher: divan::Bencher, kind: &str) {
    let piece = if kind == "advisory" {
        ADVISORY
    } else {
        "APT31, also known as Zirconium, used Cobalt Strike and downloaded a second stage in July 2021.\n"
    };
    let mut sources = Sources::default();
    let file = sources.add("bench.md", piece.repeat(SIZE / piece.len()));
    bencher.counter(BytesCount::new(SIZE)).bench(|| front::context::read(&sources, file));
}
