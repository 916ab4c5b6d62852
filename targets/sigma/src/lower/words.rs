//! Which words did a rule that was read as Sigma use for its fields and values?

use ir::{Case, EventRule, Field, FieldRef, FieldTest, LogSource, Op, Pattern, Platform, SigmaLogSource};
use logs::Encoding;
use logs::taxonomy::{CATEGORIES, Category};

/// The words that a rule used for its events.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// The category, when the catalogue has a class for it.
    category: Option<&'static Category>,
    platform: Option<Platform>,
}

impl Words {
    pub(super) fn of(rule: &EventRule, source: &SigmaLogSource) -> Self {
        let known = |category: &&Category| source.category.as_deref().is_some_and(|name| category.name.eq_ignore_ascii_case(name));
        let category = CATEGORIES.iter().find(known).filter(|_| matches!(rule.event.source, LogSource::Known(_)));
        Self { category, platform: rule.event.platform }
    }

    /// What the log writes where an event has nothing in the field.
    pub(super) fn sign(self, field: &FieldRef) -> Option<&'static str> {
        let category = self.category?;
        field.known().filter(|field| logs::signs(category.class, *field)).map(|_| logs::NOTHING)
    }

    /// Sigma's name for a field.
    pub(super) fn name(self, field: Field) -> Option<&'static str> {
        let category = self.category?;
        let named = category.fields.iter().find(|(_, known)| *known == field).map(|(name, _)| *name);
        named.or_else(|| (category.field("User", self.platform) == Some(field)).then_some("User"))
    }
}

/// How the log writes the values of a field that a test asks for.
pub(super) fn encoding(test: &FieldTest) -> Encoding {
    let Some(field) = test.field.known() else { return Encoding::Same };
    let digests = |length: usize| match &test.op {
        Op::Text { patterns, case: Case::Insensitive } => patterns
            .iter()
            .all(|pattern| pattern.as_exact().is_some_and(|text| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit()))),
        _ => false,
    };
    match field {
        Field::PipeName => Encoding::Rooted,
        Field::ProcessMd5 | Field::FileMd5 | Field::ImageMd5 if digests(32) => Encoding::Digest("MD5"),
        Field::ProcessSha1 | Field::FileSha1 | Field::ImageSha1 if digests(40) => Encoding::Digest("SHA1"),
        Field::ProcessSha256 | Field::FileSha256 | Field::ImageSha256 if digests(64) => Encoding::Digest("SHA256"),
        Field::ProcessImphash | Field::ImageImphash if digests(32) => Encoding::Digest("IMPHASH"),
        _ => Encoding::Same,
    }
}

/// The patterns of a pipe's name with the backslash that Sysmon writes before it.
pub(super) fn pipe(pattern: &Pattern) -> Pattern {
    match pattern.parts() {
        // An open beginning takes the backslash in.
        [ir::Part::Run, ..] => pattern.clone(),
        parts => Pattern::new(std::iter::once(ir::Part::Literal("\\".to_owned())).chain(parts.iter().cloned())),
    }
}
