//! Which bulletins does a text cite, do they hold the indicators, and do their numbers fit?

use jiff::civil::Date;
use source::{Code, Diagnostic, FileId, Span};

use super::found::Bulletin;
use languages::dates::{Word, before};
use languages::running_text::Folded;

/// A cited bulletin whose year does not fit the article.
pub(crate) static BULLETIN_YEAR: Code = Code::warn("context.bulletin-year", "a text cites a bulletin whose year does not fit the text");

/// The most bulletins that are listed.
const MAX: usize = 200;

/// The longest last word of a number: `aa21200a`.
const LONGEST: usize = 8;

/// The words that say that a bulletin is of the same days as the text.
const NOW: [&str; 10] = ["today", "this week", "yesterday", "issued", "warned", "says", "just", "new alert", "alert bulletin", "aujourd'hui"];

/// Reads the numbers of bulletins, by the words of the folded text that hold a digit.
pub(crate) fn read(
    text: &str,
    file: FileId,
    (folded, numbers): (&Folded, &[Word<'_>]),
    title_end: usize,
    own_number: Option<&str>,
    published: Option<Date>,
) -> Vec<Bulletin> {
    let mut out: Vec<Bulletin> = Vec::new();
    // The last word of every number has a digit.
    for word in numbers.iter().copied().filter(|word| word.text.len() <= LONGEST) {
        let mut head = before(&folded.text, &word).filter(|word| !word.text.is_empty());
        let (third, second, first) = (head.next(), head.next(), head.next());
        let window = [first, second, third, Some(word)];
        let Some((number, year, start)) = self::number(&window) else { continue };
        if out.len() >= MAX || out.iter().any(|bulletin| bulletin.number == number) {
            continue;
        }
        let place = folded.place(start, word.start + word.text.len());
        let (head, tail) = folded.around(start, word.start + word.text.len(), 240, 240);
        let beside = format!("{head} {tail}");
        let indicators = number.contains("-IOC-") || ["indicator", "iocs", "ioc "].iter().any(|word| beside.contains(word));
        let own = place.start < title_end || own_number.is_some_and(|own| own.eq_ignore_ascii_case(&number));
        let article = published.map(jiff::civil::Date::year);
        let fits = match article {
            Some(article) if !own => year == article || (year < article && !NOW.iter().any(|word| beside.contains(word))),
            _ => true,
        };
        let note = match (own, fits, indicators) {
            (true, ..) => "the document's own number".to_owned(),
            (_, false, _) => format!(
                "the number is of {year}, the text of {}: another bulletin might be meant",
                published.map_or_else(String::new, |date| date.to_string())
            ),
            (_, true, true) => "the text points to it for indicators".to_owned(),
            (_, true, false) => "the text cites it".to_owned(),
        };
        let end = text.get(place.clone()).map_or(place.end, |written| place.start + written.trim_end().len());
        out.push(Bulletin { number, year, span: Span::new(file, place.start, end), own, indicators, fits, note });
    }
    out
}

/// What there is to say of bulletins whose year does not fit.
pub(crate) fn notices(bulletins: &[Bulletin]) -> Vec<Diagnostic> {
    let misfits = bulletins.iter().filter(|bulletin| !bulletin.fits);
    misfits
        .map(|bulletin| {
            Diagnostic::new(&BULLETIN_YEAR, format!("`{}` does not fit the text: {}", bulletin.number, bulletin.note))
                .at(bulletin.span, "another year")
                .help("the publisher's list of bulletins might hold the one that is meant, and its indicators")
        })
        .collect()
}

/// The number that the last of four words ends, its year, and where it begins in the folded text.
fn number(window: &[Option<Word<'_>>; 4]) -> Option<(String, i16, usize)> {
    let [first, second, third, last] = window;
    let last = (*last)?;
    let digits = |text: &str, least: usize, most: usize| (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let full = |text: &str| digits(text, 4, 4).then(|| text.parse::<i16>().ok())?.filter(|year| (1990..=2100).contains(year));
    let short = |text: &str| digits(text, 2, 2).then(|| text.parse::<i16>().ok())?.map(|year| year + 2000);
    // CERT-FR: `CERTFR-2021-IOC-003`.
    if let (Some(first), Some(second), Some(third)) = (first, second, third)
        && first.text == "certfr"
        && digits(last.text, 3, 5)
        && third.text.len() == 3
        && third.text.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        let year = full(second.text)?;
        return Some((format!("CERTFR-{year}-{}-{}", third.text.to_ascii_uppercase(), last.text), year, first.start));
    }
    // CISA: `AA21-200A`, also written `AA21200A`, and `ICSA-21-200-01`.
    let tail = |text: &str| {
        text.len() == 4 && text.get(..3).is_some_and(|part| digits(part, 3, 3)) && text.ends_with(|char: char| char.is_ascii_lowercase())
    };
    if let Some(third) = third
        && tail(last.text)
        && let Some(year) = third.text.strip_prefix("aa").or_else(|| third.text.strip_prefix("ta")).and_then(short)
    {
        return Some((format!("{}-{}", third.text.to_ascii_uppercase(), last.text.to_ascii_uppercase()), year, third.start));
    }
    if let Some(rest) = last.text.strip_prefix("aa").filter(|rest| rest.len() == 6)
        && let (Some(year), Some(day)) = (rest.get(..2).and_then(short), rest.get(2..).filter(|day| tail(day)))
    {
        return Some((format!("AA{:02}-{}", year % 100, day.to_ascii_uppercase()), year, last.start));
    }
    if let (Some(first), Some(second), Some(third)) = (first, second, third)
        && matches!(first.text, "icsa" | "icsma")
        && digits(third.text, 3, 3)
        && digits(last.text, 2, 2)
    {
        let year = short(second.text)?;
        return Some((format!("{}-{}-{}-{}", first.text.to_ascii_uppercase(), second.text, third.text, last.text), year, first.start));
    }
    // BSI: `CB-K21/0123`.
    if let (Some(second), Some(third)) = (second, third)
        && second.text == "cb"
        && digits(last.text, 4, 4)
        && let Some(year) = third.text.strip_prefix('k').and_then(short)
    {
        return Some((format!("CB-{}/{}", third.text.to_ascii_uppercase(), last.text), year, second.start));
    }
    None
}

#[cfg(test)]
mod tests {
    use source::Sources;

    use super::*;

    fn bulletins(text: &str, published: &str) -> Vec<(String, bool, bool)> {
        let mut sources = Sources::default();
        let file = sources.add("a.md", text);
        let folded = Folded::of(text);
        let numbers: Vec<Word<'_>> = languages::dates::with_digits(&folded.text).collect();
        let found = read(text, file, (&folded, &numbers), 0, None, published.parse().ok());
        for bulletin in &found {
            assert!(!sources.words(bulletin.span).is_empty());
        }
        found.into_iter().map(|bulletin| (bulletin.number, bulletin.fits, bulletin.indicators)).collect()
    }

    #[test]
    fn numbers_are_read_and_years_compared() {
        assert_eq!(bulletins("The indicators are in CERTFR-2021-IOC-003.", "2021-07-21"), [("CERTFR-2021-IOC-003".to_owned(), true, true)]);
        assert_eq!(
            bulletins("ANSSI [says](https://cert.example/CERTFR-2020-ALE-019/) today", "2021-07-21"),
            [("CERTFR-2020-ALE-019".to_owned(), false, false)]
        );
        assert_eq!(
            bulletins("as AA20-239A described before; see aa21200a", "2021-07-21"),
            [("AA20-239A".to_owned(), true, false), ("AA21-200A".to_owned(), true, false)]
        );
        assert_eq!(bulletins("CB-K21/0123 and ICSA-21-200-01", "2021-07-21").len(), 2);
        assert_eq!(bulletins("part AA21 of 200B, CERTFR-2021", "2021-07-21").len(), 0);
    }
}
