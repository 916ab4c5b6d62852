//! Tests of fields that logs keep inside other fields: registry keys, digests, accounts, pipes, outcomes.
//!
//! Sysmon writes key and value of the registry as one path, all digests of a file as one list, domain and user as one
//! name (<https://learn.microsoft.com/sysinternals/downloads/sysmon>). Where the joined field cannot say exactly what
//! was asked, the difference is recorded.

use std::collections::BTreeSet;

use backend::Refusal;
use ir::regex::{Class, ClassUnicode, ClassUnicodeRange, Look, Node, PartOf};
use ir::{Case, Field, FieldTest, NumberTest, Op, Part, Pattern, Platform, Predicate, Regex, Tree};
use logs::encoding::{FAILURE, SUCCESS};
use logs::{Encoding, answers};
use source::{Loss, Span};

use super::codes::{CURRENT_USER, JOINED};
use super::env::Env;
use super::expression::Expression;
use super::test::{exists, numbers, plain, regex, text};
use crate::ast::{How, Item, Re, Value};

/// The most pairs of a key and a value that are written out.
const PAIRS: usize = 4096;
/// How logs join a key with what it holds.
const KEYS: [Encoding; 2] = [Encoding::RegistryKey, Encoding::RegistryKeyByKind];

/// Everything in the list holds. A registry key and the name of a value in it become one path; `each` says anything else.
pub(super) fn conjunction<'e, 'a>(
    list: &[Predicate],
    positive: bool,
    env: &mut Env<'e, 'a>,
    each: fn(&Predicate, bool, &mut Env<'e, 'a>) -> Result<Expression, Refusal>,
) -> Result<Expression, Refusal> {
    let with = |encodings: &[Encoding], env: &Env<'_, '_>| -> Vec<usize> {
        let is = |part: &Predicate| matches!(part, Predicate::Test(test) if encodings.contains(&env.encoding(&test.field)));
        (0..list.len()).filter(|at| list.get(*at).is_some_and(is)).collect()
    };
    let mut together = None;
    if env.words.is_none()
        && let ([key_at], [value_at]) = (with(&KEYS, env).as_slice(), with(&[Encoding::RegistryValueName], env).as_slice())
        && let (Some(Predicate::Test(key)), Some(Predicate::Test(value))) = (list.get(*key_at), list.get(*value_at))
        && let Some(expression) = key_and_value(key, value, positive, env)?
    {
        together = Some((*key_at, *value_at, expression));
    }
    let mut parts = Vec::with_capacity(list.len());
    for (at, part) in list.iter().enumerate() {
        match &together {
            Some((key, _, expression)) if at == *key => parts.push(expression.clone()),
            Some((_, value, _)) if at == *value => {}
            _ => parts.push(each(part, positive, env)?),
        }
    }
    Ok(Expression::all(parts))
}

/// Keys joined with exact names of values; `None` when they are better said one by one.
fn key_and_value(key: &FieldTest, value: &FieldTest, positive: bool, env: &mut Env<'_, '_>) -> Result<Option<Expression>, Refusal> {
    let Op::Text { patterns: values, case } = &value.op else { return Ok(None) };
    let Some(values) = values.iter().map(Pattern::as_exact).collect::<Option<Vec<&str>>>() else { return Ok(None) };
    let (keys, case) = match &key.op {
        Op::Text { patterns, case: of_key } if of_key == case => (patterns.clone(), *case),
        Op::Under(trees) if *case == Case::Insensitive => (below(trees), *case),
        _ => return Ok(None),
    };
    if keys.len().saturating_mul(values.len()) > PAIRS || values.iter().any(|value| value.contains('\\')) {
        return Ok(None);
    }
    let name = env.name(&key.field, key.span)?;
    let keys = hives(&keys, positive, key.span, env);
    let joined: Vec<Pattern> = keys.iter().flat_map(|key| values.iter().map(move |value| key.before(&format!("\\{value}")))).collect();
    Ok(Some(text(&name, &joined, case, env)))
}

/// Each place and anything below it, as patterns of keys.
fn below(trees: &[Tree]) -> Vec<Pattern> {
    trees.iter().flat_map(Tree::patterns).collect()
}

/// One test on a field that stands inside another one.
pub(super) fn test(test: &FieldTest, encoding: Encoding, positive: bool, env: &mut Env<'_, '_>) -> Result<Expression, Refusal> {
    // Sigma's tools know digests by the field that Sysmon has for all of them.
    let digest = env.words.is_some() && matches!(encoding, Encoding::Digest(_));
    let name = if digest { "Hashes".to_owned() } else { env.name(&test.field, test.span)? };
    let span = test.span;
    if let (Op::Exists, Some(_)) = (&test.op, env.words) {
        return plain(&name, test, positive, env);
    }
    if let Op::Exists = test.op
        && !matches!(encoding, Encoding::Words(_) | Encoding::ErrorCode | Encoding::Implied(_))
    {
        return Ok(exists(&name, env));
    }
    match (encoding, &test.op) {
        (Encoding::Digest(word), Op::Text { patterns, .. }) => Ok(hashes(&name, word, patterns, positive, span, env)),
        (Encoding::RegistryKey | Encoding::RegistryKeyByKind, Op::Under(trees)) => {
            let roots: Vec<Pattern> = trees.iter().map(|tree| Pattern::exact(&tree.root)).collect();
            let roots = hives(&roots, positive, span, env);
            let mut patterns: Vec<Pattern> = roots.iter().map(|root| root.before("\\").open_end()).collect();
            if removed(env) {
                patterns.extend(roots);
            }
            Ok(text(&name, &patterns, Case::Insensitive, env))
        }
        (Encoding::RegistryKey | Encoding::RegistryKeyByKind, Op::Text { patterns, case }) => {
            Ok(registry_key(&name, patterns, *case, positive, span, env))
        }
        (Encoding::RegistryKey | Encoding::RegistryKeyByKind, Op::Regex(list)) => {
            let list: Vec<Regex> = list.iter().map(|one| on_hives(one, positive, span, env)).collect::<Result<_, _>>()?;
            // The last backslash stands before the value's name, so something of the path must follow the match.
            let behind = Node::concat([anything(), backslash()]);
            let end = Node::concat([backslash(), no_backslashes(), Node::Look(Look::End)]);
            let mut inside = ClassUnicode::empty();
            inside.negate();
            let part = PartOf { start: Node::Look(Look::Start), lead: Node::Empty, inside, trail: behind, end };
            each_part(&list, &part, &name, span, env)
        }
        (Encoding::RegistryValueName, Op::Text { patterns, case }) => {
            let mut wider = false;
            let patterns: Vec<Pattern> = patterns
                .iter()
                .map(|pattern| {
                    wider |= reaches_back(pattern);
                    last(pattern)
                })
                .collect();
            if wider {
                env.loss(&JOINED, Loss::Wider, positive, span, format!("`{name}` holds the key too; the open end may reach into it"), KEY_HELP);
            }
            Ok(text(&name, &patterns, *case, env))
        }
        (Encoding::RegistryValueName, Op::Regex(list)) => {
            let part = PartOf { start: backslash(), ..PartOf::last(&['\\']) };
            each_part(list, &part, &name, span, env)
        }
        (Encoding::AccountName, Op::Regex(list)) => each_part(list, &PartOf::last(&['\\']), &name, span, env),
        (Encoding::RegistryData, Op::Text { patterns, case }) => {
            let mut patterns = patterns.clone();
            let numbers: Vec<Pattern> = patterns.iter().filter_map(|pattern| pattern.as_exact()?.parse().ok()).flat_map(written).collect();
            patterns.extend(numbers);
            Ok(text(&name, &patterns, *case, env))
        }
        (Encoding::RegistryData, Op::Number(NumberTest::In(list))) => {
            let patterns: Vec<Pattern> =
                list.iter().flat_map(|number| std::iter::once(Pattern::exact(number.to_string())).chain(written(*number))).collect();
            Ok(text(&name, &patterns, Case::Insensitive, env))
        }
        (Encoding::AccountName, Op::Text { patterns, case }) => {
            let windows = env.platform != Some(Platform::Linux) && env.platform != Some(Platform::Macos);
            let elsewhere = env.platform != Some(Platform::Windows);
            let mut out = Vec::new();
            for pattern in patterns {
                if windows {
                    out.push(last(pattern));
                }
                if elsewhere {
                    out.push(pattern.clone());
                }
            }
            Ok(text(&name, &out, *case, env))
        }
        (Encoding::AccountDomain, Op::Text { patterns, case }) => {
            let patterns: Vec<Pattern> = patterns.iter().map(|pattern| pattern.before("\\").open_end()).collect();
            Ok(text(&name, &patterns, *case, env))
        }
        (Encoding::AccountDomain, Op::Regex(list)) => {
            let behind = Node::concat([no_backslashes(), backslash()]);
            let last = PartOf::last(&['\\']);
            let part = PartOf { start: Node::Look(Look::Start), lead: Node::Empty, trail: behind, end: backslash(), ..last };
            each_part(list, &part, &name, span, env)
        }
        (Encoding::Rooted, Op::Text { patterns, case }) if env.words.is_some() => {
            Ok(text(&name, &patterns.iter().map(super::words::pipe).collect::<Vec<_>>(), *case, env))
        }
        (Encoding::Rooted, Op::Regex(list)) if env.words.is_some() => {
            each(list, &name, span, env, |re| re.anchored(&Re::Concat(vec![Re::Start(false), Re::Char('\\', false)]), &Re::End(false)).0)
        }
        (Encoding::Rooted, Op::Missing | Op::Empty) if env.words.is_some() => plain(&name, test, positive, env),
        (Encoding::Rooted, Op::Text { patterns, case }) => {
            let patterns: Vec<Pattern> = patterns.iter().map(behind_backslash).collect();
            Ok(text(&name, &patterns, *case, env))
        }
        (Encoding::Rooted, Op::Regex(list)) => each(list, &name, span, env, |re| {
            let optional = Re::Concat(vec![Re::Start(false), Re::Repeat(Box::new(Re::Char('\\', false)), 0, Some(1))]);
            re.anchored(&optional, &Re::End(false)).0
        }),
        (Encoding::Answers, _) if env.words.is_some() => plain(&name, test, positive, env),
        (Encoding::Answers, Op::Text { patterns, case }) => {
            let spelled = logs::encoding::of_patterns(patterns, encoding);
            if !spelled.exact {
                env.loss(&JOINED, Loss::Wider, positive, span, format!("`{name}` holds all answers; an open end may reach into the next one"), "");
            }
            Ok(text(&name, &spelled.patterns, *case, env))
        }
        (Encoding::Answers, Op::Regex(list)) => each_part(list, &answers::part(), &name, span, env),
        (Encoding::Folder, Op::Text { patterns, case }) => {
            let mut out = Vec::new();
            for pattern in patterns {
                out.push(pattern.clone());
                if env.platform != Some(Platform::Linux)
                    && matches!(pattern.parts().last(), Some(Part::Literal(text)) if !text.ends_with(['\\', '/']))
                {
                    out.push(pattern.before("\\"));
                }
            }
            Ok(text(&name, &out, *case, env))
        }
        (Encoding::ErrorCode, op) => {
            let failed = Expression::Item(Item::one(name, How::Exists, Value::Flag(true)));
            Ok(of_words(op, [(FAILURE, failed.clone()), (SUCCESS, failed.negate())]))
        }
        (Encoding::Implied(word), op) => Ok(of_words(op, [(word, Expression::Always)])),
        (Encoding::TaskXml, Op::Text { patterns, case }) => {
            let help = "a test on `task.content` says what is looked for in the XML";
            env.loss(&JOINED, Loss::Wider, positive, span, format!("the command is looked for in the whole definition, `{name}`"), help);
            let patterns: Vec<Pattern> = patterns.iter().map(|pattern| in_xml(pattern).anywhere_before().open_end()).collect();
            Ok(text(&name, &patterns, *case, env))
        }
        (Encoding::Words(words), op @ (Op::Text { .. } | Op::Regex(_) | Op::Exists)) => {
            Ok(of_words(op, words.iter().map(|(word, logged)| (*word, any_of(&name, logged, env)))))
        }
        (Encoding::Folder | Encoding::Words(_), _) => plain(&name, test, positive, env),
        (_, _) => Err(env.cx.unsupported(&JOINED, span, format!("`{}` stands inside `{name}`, where this comparison cannot be made", test.field))),
    }
}

const KEY_HELP: &str = "an exact key together with an exact name of the value is exact";

/// A digest in Sysmon's list of digests.
fn hashes(name: &str, word: &str, patterns: &[Pattern], positive: bool, span: Span, env: &mut Env<'_, '_>) -> Expression {
    let mut wider = false;
    let patterns: Vec<Pattern> = patterns
        .iter()
        .map(|pattern| {
            // An exact digest has a fixed length, so that anything behind it belongs to the next one.
            wider |= pattern.parts().iter().enumerate().any(|(at, part)| *part == Part::Run && at + 1 < pattern.parts().len());
            let upper = pattern.parts().iter().map(|part| match part {
                Part::Literal(text) => Part::Literal(text.to_ascii_uppercase()),
                hole => hole.clone(),
            });
            let digest = [Part::Run, Part::Literal(format!("{word}="))].into_iter().chain(upper);
            Pattern::new(digest.chain([Part::Run]))
        })
        .collect();
    if wider {
        env.loss(&JOINED, Loss::Wider, positive, span, format!("`{name}` holds all digests; the open part may reach into the next one"), "");
    }
    text(name, &patterns, Case::Insensitive, env)
}

/// Keys alone: the value's name, which may be anything, follows the last backslash.
fn registry_key(name: &str, patterns: &[Pattern], case: Case, positive: bool, span: Span, env: &mut Env<'_, '_>) -> Expression {
    let keys = hives(patterns, positive, span, env);
    let removed = removed(env);
    // The key's values, and the key itself where it may be what was removed.
    let here = |key: &Pattern| -> Vec<Pattern> { removed.then(|| key.clone()).into_iter().chain([key.before("\\").open_end()]).collect() };
    // A second backslash behind an exact key means a key below it.
    let deeper = |key: &Pattern| Pattern::new(key.before("\\").parts().iter().cloned().chain([Part::Run])).before("\\").open_end();
    let exact: Option<Vec<&str>> = keys.iter().map(Pattern::as_exact).collect();
    let Some(exact) = exact else {
        if keys.iter().any(|key| key.parts().last() != Some(&Part::Run)) {
            env.loss(&JOINED, Loss::Wider, positive, span, format!("`{name}` holds the value's name too; keys below also fit"), KEY_HELP);
        }
        return text(name, &keys.iter().flat_map(here).collect::<Vec<_>>(), case, env);
    };
    let one = |keys: &[Pattern]| {
        let found = text(name, &keys.iter().flat_map(here).collect::<Vec<_>>(), case, env);
        Expression::all([found, text(name, &keys.iter().map(deeper).collect::<Vec<_>>(), case, env).negate()])
    };
    // What lies below one key of the list may be another one of it; then each key is said by itself.
    if nested(&exact) { Expression::any(keys.iter().map(|key| one(std::slice::from_ref(key)))) } else { one(&keys) }
}

/// Whether any of the keys lies below another one.
fn nested(keys: &[&str]) -> bool {
    let known: BTreeSet<String> = keys.iter().map(|key| key.to_lowercase()).collect();
    known.iter().any(|key| key.match_indices('\\').any(|(at, _)| key.get(..at).is_some_and(|above| known.contains(above))))
}

/// Whether the event may be of a key, which has no value's name.
fn removed(env: &Env<'_, '_>) -> bool {
    env.source.and_then(|source| source.log).is_some_and(|log| log.encoding(Field::RegistryKey) == logs::Encoding::RegistryKeyByKind)
}

/// Keys with the hives that logs write: the current user's is `HKU\<SID>`, its classes `HKU\<SID>_Classes`.
fn hives(keys: &[Pattern], positive: bool, span: Span, env: &mut Env<'_, '_>) -> Vec<Pattern> {
    const CLASSES: &str = "\\Software\\Classes";
    let mut out = Vec::with_capacity(keys.len());
    let mut user = false;
    for key in keys {
        let rest = match key.parts() {
            [Part::Literal(text), rest @ ..] => text
                .get(..4)
                .filter(|hive| hive.eq_ignore_ascii_case("HKCU"))
                .and_then(|_| text.get(4..))
                .filter(|behind| behind.is_empty() || behind.starts_with('\\'))
                .map(|behind| (behind, rest)),
            _ => None,
        };
        let Some((behind, rest)) = rest else {
            out.push(key.clone());
            continue;
        };
        user = true;
        let put = |behind: String| {
            let head = [Part::Literal("HKU\\".to_owned()), Part::Run, Part::Literal(behind)];
            Pattern::new(head.into_iter().chain(rest.iter().cloned()))
        };
        out.push(put(behind.to_owned()));
        let classes = behind.get(..CLASSES.len()).is_some_and(|head| head.eq_ignore_ascii_case(CLASSES));
        if let Some(below) = behind.get(CLASSES.len()..).filter(|below| classes && (below.is_empty() || below.starts_with('\\'))) {
            out.push(put(format!("_Classes{below}")));
        }
    }
    if user {
        user_is_open(positive, span, env);
    }
    out
}

fn user_is_open(positive: bool, span: Span, env: &mut Env<'_, '_>) {
    let help = "a key of `HKLM`, or one without its hive, has no such gap";
    env.loss(&CURRENT_USER, Loss::Wider, positive, span, "logs write `HKCU` as `HKU` and a SID; the rule leaves the SID open", help);
}

/// A number as Sysmon writes it: 32 bits as a DWORD, and 64 as a QWORD.
fn written(number: i64) -> Vec<Pattern> {
    let Ok(number) = u64::try_from(number) else { return Vec::new() };
    let (high, low) = (number >> 32, number & 0xffff_ffff);
    let mut out = Vec::new();
    if high == 0 {
        out.push(Pattern::exact(format!("DWORD (0x{low:08x})")));
    }
    out.push(Pattern::exact(format!("QWORD (0x{high:08x}-0x{low:08x})")));
    out
}

/// The pattern as the last part behind a backslash.
fn last(pattern: &Pattern) -> Pattern {
    match pattern.parts() {
        // What ends the last part ends the whole.
        [Part::Run, Part::Literal(text)] if !text.contains('\\') => pattern.clone(),
        _ => pattern.after("\\").anywhere_before(),
    }
}

/// Whether the pattern for the last part may also fit across a backslash.
fn reaches_back(pattern: &Pattern) -> bool {
    let separated = pattern.literals().any(|text| text.contains('\\'));
    let open = pattern.as_exact().is_none() && !matches!(pattern.parts(), [Part::Run, Part::Literal(_)]);
    separated || open
}

/// The pattern for text with a backslash before it.
fn behind_backslash(pattern: &Pattern) -> Pattern {
    match pattern.parts().first() {
        Some(Part::Run) => pattern.clone(),
        Some(Part::Literal(text)) if text.starts_with('\\') => pattern.clone(),
        _ => pattern.after("\\"),
    }
}

/// A test of a field that holds one of a few words, by what each word means in the log.
fn of_words<'w>(op: &Op, meanings: impl IntoIterator<Item = (&'w str, Expression)>) -> Expression {
    let fits = |word: &str| match op {
        Op::Exists => true,
        Op::Text { patterns, case } => patterns.iter().any(|pattern| pattern.matches(word, *case)),
        Op::Regex(list) => list.iter().any(|regex| regex.is_match(word.as_bytes())),
        _ => false,
    };
    Expression::any(meanings.into_iter().filter(|(word, _)| fits(word)).map(|(_, meaning)| meaning))
}

/// The log has any of these words; words that are numbers are written as such.
fn any_of(name: &str, words: &[&str], env: &Env<'_, '_>) -> Expression {
    match words.iter().map(|word| word.parse().ok()).collect::<Option<Vec<i64>>>() {
        Some(list) => numbers(name, &NumberTest::In(list)),
        None => text(name, &words.iter().map(|word| Pattern::exact(*word)).collect::<Vec<_>>(), Case::Insensitive, env),
    }
}

/// Text as it stands in XML.
fn in_xml(pattern: &Pattern) -> Pattern {
    Pattern::new(pattern.parts().iter().map(|part| match part {
        Part::Literal(text) => Part::Literal(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")),
        hole => hole.clone(),
    }))
}

fn each(list: &[Regex], name: &str, span: Span, env: &Env<'_, '_>, change: impl Fn(Re) -> Re) -> Result<Expression, Refusal> {
    let parts: Vec<Expression> = list.iter().map(|one| regex(name, one, span, env, &change)).collect::<Result<_, _>>()?;
    Ok(Expression::any(parts))
}

/// The same of expressions on a part of the field.
fn each_part(list: &[Regex], part: &PartOf, name: &str, span: Span, env: &Env<'_, '_>) -> Result<Expression, Refusal> {
    let whole = |regex: &Regex| -> Result<Regex, String> {
        let node = regex.node()?.on_part_of(part).ok_or("its anchors stand too deep in it")?;
        Regex::of(&node)
    };
    let refused = |regex: &Regex, why: String| {
        env.cx.unsupported(&JOINED, span, format!("`/{}/` cannot be said of a part of `{name}`: {why}", regex.written()))
    };
    let list: Vec<Regex> = list.iter().map(|regex| whole(regex).map_err(|why| refused(regex, why))).collect::<Result<_, _>>()?;
    each(&list, name, span, env, |re| re)
}

/// An expression on keys for keys as logs spell them: the current user's hive is `HKU` and a SID, and its classes are a hive of their own.
fn on_hives(regex: &Regex, positive: bool, span: Span, env: &mut Env<'_, '_>) -> Result<Regex, Refusal> {
    let user = |behind: &str| {
        let sid = Node::repeat(not_backslash(), 1, None, true);
        Node::concat([Node::literal("HKU\\", Case::Insensitive), sid, Node::literal(behind, Case::Insensitive)])
    };
    let spelled = |node: &Node| node.begun("HKCU", &user(""))?.begun("HKCU\\Software\\Classes", &user("_Classes"));
    let unlike = || env.cx.unsupported(&JOINED, span, "logs name the current user's hive by a SID, which this expression does not expect");
    let Ok(node) = regex.node() else { return Ok(regex.clone()) };
    match spelled(&node) {
        Some(same) if same == node => Ok(regex.clone()),
        Some(spelled) => {
            let regex = Regex::of(&spelled).map_err(|_| unlike())?;
            user_is_open(positive, span, env);
            Ok(regex)
        }
        None if node.spells("HKCU") => Err(unlike()),
        None => Ok(regex.clone()),
    }
}

fn backslash() -> Node {
    Node::literal("\\", Case::Sensitive)
}

/// Every character but the end of a line.
fn characters() -> ClassUnicode {
    let mut all = ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]);
    all.negate();
    all
}

fn anything() -> Node {
    Node::repeat(Node::Class(Class::Unicode(characters())), 0, None, true)
}

fn not_backslash() -> Node {
    Node::Class(Class::Unicode(PartOf::last(&['\\']).inside))
}

fn no_backslashes() -> Node {
    Node::repeat(not_backslash(), 0, None, true)
}
