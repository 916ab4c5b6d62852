//! What does it mean? Codes, targets, events and fields.

use ir::EventClass;

use crate::codes::codes;
use crate::exit::{CLEAN, USAGE};
use crate::show::Terminal;

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The book's page for a code, in Markdown.
#[must_use]
pub fn page(slug: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == slug).map(|(_, text)| *text)
}

/// `vigie explain`.
pub(crate) fn explain(slug: &str, terminal: &mut Terminal<'_>) -> u8 {
    let codes = codes();
    if slug == "all" {
        for code in codes {
            terminal.say(&format!("{:<32} {:<8} {}", code.slug, code.severity.name(), code.summary));
        }
        return CLEAN;
    }
    let Some(code) = codes.iter().find(|code| code.slug == slug) else {
        let near: Vec<&str> = codes.iter().map(|code| code.slug).filter(|known| known.split('.').any(|part| slug.contains(part))).collect();
        let hint = if near.is_empty() { "`vigie explain all` lists every code".to_owned() } else { format!("similar codes are {}", near.join(", ")) };
        terminal.tell(&format!("error: `{slug}` is no code; {hint}"));
        return USAGE;
    };
    match page(slug) {
        Some(text) => terminal.say(text.trim_end()),
        None => terminal.say(&format!("# {}\n\n{} ({}).", code.slug, code.summary, code.severity.name())),
    }
    CLEAN
}

/// `vigie targets`.
pub(crate) fn targets(terminal: &mut Terminal<'_>) -> u8 {
    for target in registry::all() {
        let about = target.about();
        for profile in about.profiles {
            let name = if about.profiles.len() == 1 { about.id.to_owned() } else { format!("{}/{}", about.id, profile.id) };
            let built = if profile.default { "" } else { "  (only when asked for)" };
            terminal.say(&format!("{name:<20} {}{built}", profile.title));
        }
    }
    for (_, package) in registry::packages() {
        terminal.say(&format!("{:<20} {}", format!("package {}", package.id), package.title));
    }
    CLEAN
}

/// `vigie fields`.
pub(crate) fn fields(event: Option<&str>, terminal: &mut Terminal<'_>) -> u8 {
    let Some(name) = event else {
        for (class, name, about) in EventClass::ALL {
            terminal.say(&format!("{name:<18} {about} ({} fields)", class.fields().count()));
        }
        return CLEAN;
    };
    let Some(class) = EventClass::parse(name) else {
        terminal.tell(&format!("error: `{name}` is no event; `vigie fields` lists them"));
        return USAGE;
    };
    for field in class.fields() {
        let kind = field.kind().name();
        terminal.say(&format!("{:<30} {kind:<10} {}", field.name(), field.about()));
    }
    CLEAN
}
