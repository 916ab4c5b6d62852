//! How are parts of a time, other fields, and the event as a whole compared?

use ir::regex::{Look, Node};
use ir::{Case, FieldRef, FieldTest, Op, Part, Pattern, Place, Predicate, Regex, Shape, TimePart};
use logs::encoding;
use source::{Code, Loss};

use crate::ast::{Compare, Expr, RegexPart, Search, Stage};
use crate::lower_values::is_not;
use crate::lowering::Lowering;
use crate::profiles::{Encoding, Written};

pub(crate) static WHOLE_EVENT: Code = Code::warn("splunk.whole-event", "a value is looked for anywhere in the event as it was written");

fn call(name: &'static str, arguments: Vec<Expr>) -> Expr {
    Expr::Call(name, arguments)
}

fn regex(text: &str) -> Expr {
    Expr::Regex(vec![RegexPart::syntax(text)])
}

fn number(number: i64) -> Expr {
    Expr::Number(number)
}

/// The seconds since the epoch at which a field's text is, as a field of their own, and the commands that make them.
///
/// `strptime` knows no zone but the reader's own, so the text gets its zone written out.
fn seconds(field: &str) -> (String, Option<Stage>) {
    // The event's own time is seconds since the epoch.
    if field == "_time" {
        return (field.to_owned(), None);
    }
    let parted = call(
        "replace",
        vec![
            Expr::field(field),
            regex("^\\s*(\\d{4}-\\d\\d-\\d\\d)[Tt ](\\d\\d:\\d\\d:\\d\\d)(?:[.,]\\d+)?(?:[Zz]|([+-]\\d\\d):?(\\d\\d))?\\s*\\z"),
            regex("\\1 \\2 \\3\\4"),
        ],
    );
    // Without a zone a time is UTC; there is a blank at its end then.
    let zoned = call("replace", vec![parted, regex(" \\z"), Expr::Text(" +0000".to_owned())]);
    let epoch = call("strptime", vec![zoned, Expr::Text("%Y-%m-%d %H:%M:%S %z".to_owned())]);
    let word: String = field.chars().map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' }).collect();
    let made = format!("vigie_{word}_seconds");
    (made.clone(), Some(Stage::Eval(vec![(made, epoch)])))
}

/// A part of the point in time that a field's text holds, as a number, and the commands that make what it reads.
///
/// Minute and hour are counted from the epoch. `strftime` knows no zone but the reader's own, so of the day its noon is asked for,
/// moved by the hours that the reader is away from UTC: whatever minutes the zone has besides, noon stays on its day.
pub(crate) fn time(field: &str, part: TimePart) -> (Expr, Vec<Stage>) {
    const SECONDS_OF_DAY: i64 = 86_400;
    let (epoch, stage) = seconds(field);
    let whole = |value: Expr, by: i64| call("floor", vec![Expr::arithmetic(value, '/', number(by))]);
    let rest = |value: Expr, by: i64| Expr::arithmetic(value, '%', number(by));
    let days = || whole(Expr::field(&epoch), SECONDS_OF_DAY);
    let mut stages: Vec<Stage> = stage.into_iter().collect();
    let mut of_day = |name: &str, days: Expr, letter: &str| {
        // Fields that begin with an underscore are hidden.
        let noon = if epoch == "_time" { format!("vigie_time_{name}") } else { format!("{epoch}_{name}") };
        let at_noon = Expr::arithmetic(Expr::arithmetic(days, '*', number(SECONDS_OF_DAY)), '+', number(SECONDS_OF_DAY / 2));
        stages.push(Stage::Eval(vec![(noon.clone(), at_noon)]));
        let zone = call("strftime", vec![Expr::field(&noon), Expr::Text("%z".to_owned())]);
        let hours = call("tonumber", vec![call("replace", vec![zone, regex("^[+]|\\d\\d\\z"), Expr::Text(String::new())])]);
        let moved = Expr::arithmetic(Expr::field(noon), '-', Expr::arithmetic(hours, '*', number(3600)));
        call("tonumber", vec![call("strftime", vec![moved, Expr::Text(letter.to_owned())])])
    };
    let value = match part {
        TimePart::Minute => rest(whole(Expr::field(&epoch), 60), 60),
        TimePart::Hour => rest(whole(Expr::field(&epoch), 3600), 24),
        TimePart::Day => of_day("noon", days(), "%d"),
        TimePart::Month => of_day("noon", days(), "%m"),
        TimePart::Year => of_day("noon", days(), "%Y"),
        TimePart::Week => {
            // A week belongs to the year of its Thursday. The epoch began on one.
            let weekday = rest(Expr::arithmetic(days(), '+', number(3)), 7);
            let thursday = Expr::arithmetic(Expr::arithmetic(days(), '-', weekday), '+', number(3));
            let before = whole(Expr::arithmetic(of_day("thursday", thursday, "%j"), '-', number(1)), 7);
            Expr::arithmetic(before, '+', number(1))
        }
    };
    (value, stages)
}

/// One field's text at a place of another's.
pub(crate) fn same(field: &str, other: &str, place: Place, case: Case, negated: bool) -> Expr {
    let side = |name: &str| match case {
        Case::Sensitive => Expr::field(name),
        Case::Insensitive => call("lower", vec![Expr::field(name)]),
    };
    let length = |name: &str| call("len", vec![Expr::field(name)]);
    let fits = Expr::compare(length(field), Compare::AtLeast, length(other));
    let part = |arguments: Vec<Expr>| Expr::compare(call("substr", arguments), Compare::Equal, side(other));
    let holds = match place {
        Place::Whole => Expr::compare(side(field), Compare::Equal, side(other)),
        Place::Start => Expr::All(vec![fits, part(vec![side(field), number(1), length(other)])]),
        Place::End => {
            let start = Expr::arithmetic(Expr::arithmetic(length(field), '-', length(other)), '+', number(1));
            Expr::All(vec![fits, part(vec![side(field), start])])
        }
        // A text that is split at another falls into pieces when the other is in it.
        Place::Anywhere => {
            let pieces = call("mvcount", vec![call("split", vec![side(field), side(other)])]);
            Expr::compare(pieces, Compare::More, number(1))
        }
    };
    let there = |name: &str| Expr::compare(length(name), Compare::More, number(0));
    if negated {
        // An empty text is a missing field.
        let absent = |name: &str| call("isnull", vec![call("nullif", vec![Expr::field(name), Expr::Text(String::new())])]);
        Expr::Any(vec![absent(field), absent(other), Expr::Not(Box::new(holds))])
    } else {
        let mut all = vec![there(field), there(other)];
        match holds {
            Expr::All(more) => all.extend(more),
            one => all.push(one),
        }
        Expr::All(all)
    }
}

impl Lowering<'_, '_> {
    /// Whether the log writes a sign where an event has nothing in a field.
    pub(crate) fn has_sign_of_nothing(&self, field: &FieldRef) -> bool {
        field.known().is_some_and(|field| self.stream.is_some_and(|stream| stream.signs(field)))
    }

    /// The value of a field that events are grouped by or counted by: nothing where the log writes its sign for it.
    pub(crate) fn group(&self, value: Expr, field: &FieldRef) -> Expr {
        let value = call("lower", vec![value]);
        let sign = backend::correlation::has_sign_of_nothing(field, |field| self.stream.is_some_and(|stream| stream.signs(field)));
        if sign { call("nullif", vec![value, Expr::Text(logs::NOTHING.to_owned())]) } else { value }
    }

    /// A field of the log itself has a value.
    pub(crate) fn there(&self, name: String, field: &FieldRef) -> Search {
        if self.has_sign_of_nothing(field) {
            return Search::all(vec![Search::exists(name.clone()), is_not(name, logs::NOTHING)]);
        }
        Search::exists(name)
    }

    /// An expression that any value fits.
    pub(crate) fn any_value(&self, field: &FieldRef) -> &'static str {
        if self.has_sign_of_nothing(field) { "(?s)[^-]|.." } else { "(?s)." }
    }

    /// Says where a test of a whole event, or of a block of it, is wider than what was asked: such a text holds more than
    /// one value, so a value's ends are not seen, and a hole may reach over several.
    pub(crate) fn weigh(&mut self, predicate: &Predicate, positive: bool) {
        match predicate {
            Predicate::All(list) | Predicate::Any(list) => list.iter().for_each(|inner| self.weigh(inner, positive)),
            Predicate::Not(inner) => self.weigh(inner, !positive),
            Predicate::Bytes(_) => {}
            Predicate::Test(test) => {
                let (name, wider) = match (self.name(&test.field, test.span), &test.op) {
                    (Ok((name, Encoding::Inside)), _) => (name, inexact(test)),
                    (Ok((name, Encoding::Answers)), Op::Text { patterns, .. }) => {
                        (name, (!encoding::of_patterns(patterns, Encoding::Answers).exact).then_some("its open ends"))
                    }
                    _ => return,
                };
                let Some(wider) = wider else { return };
                let message = format!("`{name}` holds more than the value, so {wider} are not told");
                let loss = if positive { Loss::Wider } else { Loss::Narrower };
                self.cx.loss(&WHOLE_EVENT, loss, test.span, message, "a field of its own might hold the value");
            }
        }
    }
}

/// What of a test on one value is lost on a text with many.
fn inexact(test: &FieldTest) -> Option<&'static str> {
    match &test.op {
        Op::Text { patterns, .. } if patterns.iter().all(|pattern| matches!(pattern.shape(), Shape::Contains(_) | Shape::Anything)) => None,
        Op::Regex(list) if !list.iter().any(|regex| regex.node().is_ok_and(|node| node.has_look(is_end))) => None,
        Op::Exists => None,
        _ => Some("its ends"),
    }
}

/// Whether a place is an end of the value, or of a line of it.
fn is_end(look: Look) -> bool {
    matches!(look, Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF)
}

/// Expressions that find a value inside of a text: its ends are not seen there. One that has none stays as it is.
///
/// # Errors
///
/// Says what cannot be said without them.
pub(crate) fn without_ends(list: &[Regex]) -> Result<Vec<Regex>, String> {
    let inner = |regex: &Regex| -> Result<Regex, String> {
        let node = regex.node()?;
        if !node.has_look(is_end) {
            return Ok(regex.clone());
        }
        Regex::of(&node.map(&mut |node| match node {
            Node::Look(look) if is_end(*look) => Node::Empty,
            other => other.clone(),
        }))
    };
    list.iter().map(inner).collect()
}

/// The patterns that find a value inside of a text: anything before and behind, and the characters that XML and JSON write
/// otherwise in both ways.
pub(crate) fn inside(pattern: &Pattern, written: Written) -> Vec<Pattern> {
    let spelled = |spell: &dyn Fn(&str) -> String| {
        let parts = pattern.parts().iter().map(|part| match part {
            Part::Literal(text) => Part::Literal(spell(text)),
            other => other.clone(),
        });
        Pattern::new(std::iter::once(Part::Run).chain(parts).chain([Part::Run]))
    };
    let entities = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut out = vec![spelled(&str::to_owned)];
    match written {
        Written::Text => {}
        Written::Xml => {
            out.push(spelled(&entities));
            out.push(spelled(&|text| entities(text).replace('"', "&quot;")));
        }
        Written::Json => out.push(spelled(&|text| text.replace('\\', "\\\\").replace('"', "\\\""))),
    }
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|pattern| seen.insert(pattern.clone()));
    out
}

/// Registry data as Sysmon writes them, and a number as add-ons do: without the name of its type around it.
pub(crate) fn data(pattern: &Pattern) -> Vec<Pattern> {
    let number = |text: &str| {
        let inner = ["DWORD (", "QWORD ("].iter().find_map(|head| text.strip_prefix(head))?;
        inner.strip_suffix(')').map(Pattern::exact)
    };
    std::iter::once(pattern.clone()).chain(pattern.as_exact().and_then(number)).collect()
}
