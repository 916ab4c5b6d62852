//! What does a page of HTML say of itself in its head? Titles, the name of the site, days of publication and change.

use html5gum::Token;
use html5gum::Tokenizer;
use ir::Date;
use memchr::memmem;

use super::title::{Where, without_site};
use languages::only_opens;
use languages::running_text::fold;

/// How much of a page is looked at for its first heading and for data, in bytes.
const HEAD: usize = 512 << 10;

/// The most headings that are compared.
const MAX_HEADINGS: usize = 8;

/// What a page says of itself.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) title: Option<String>,
    pub(crate) published: Option<Date>,
    pub(crate) modified: Option<Date>,
}

/// Reads the data of a page.
pub(crate) fn read(page: &str) -> Page {
    let mut end = page.len().min(HEAD);
    while !page.is_char_boundary(end) {
        end -= 1;
    }
    let page = page.get(..end).unwrap_or_default();
    let meta = Meta::of(page);
    let get = |names: &[&str]| names.iter().find_map(|name| meta.get(name));
    let day = |names: &[&str], keys: &[&str]| get(names).and_then(|value| day(&value)).or_else(|| keys.iter().find_map(|key| linked(page, key)));
    Page {
        title: title(page, &meta),
        published: day(
            &[
                "article:published_time",
                "og:published_time",
                "datepublished",
                "date",
                "dc.date",
                "dc.date.issued",
                "dcterms.issued",
                "dcterms.created",
                "publish-date",
                "pubdate",
                "article:published",
                "publication_date",
                "parsely-pub-date",
                "sailthru.date",
            ],
            &["datePublished"],
        )
        .or_else(|| time(page)),
        modified: day(
            &["article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified", "revised", "og:modified_time"],
            &["dateModified"],
        ),
    }
}

/// The `meta` elements of a page.
struct Meta {
    rows: Vec<(String, String)>,
}

impl Meta {
    fn of(page: &str) -> Self {
        let mut rows = Vec::new();
        for at in memmem::find_iter(page.as_bytes(), b"<meta").take(400) {
            let Some(tag) = tag(page, at) else { continue };
            for token in Tokenizer::new(tag) {
                let Ok(Token::StartTag(tag)) = token else { continue };
                let value = |names: &[&str]| {
                    let found = tag.attributes.iter().find(|(key, _)| names.iter().any(|name| key.eq_ignore_ascii_case(name.as_bytes())));
                    found.and_then(|(_, value)| std::str::from_utf8(value).ok()).map(str::to_owned)
                };
                if let (Some(name), Some(content)) = (value(&["property", "name", "itemprop"]), value(&["content"])) {
                    rows.push((name.to_ascii_lowercase(), content));
                }
            }
        }
        Self { rows }
    }

    fn get(&self, name: &str) -> Option<String> {
        self.rows.iter().find(|(known, _)| known == name).map(|(_, content)| content.trim().to_owned()).filter(|content| !content.is_empty())
    }
}

/// The text of a tag that begins here.
fn tag(page: &str, at: usize) -> Option<&str> {
    let rest = page.get(at..)?;
    rest.get(..rest.find('>')? + 1).filter(|tag| tag.len() <= 4096)
}

/// The words of the first elements of a name.
fn elements(page: &str, name: &str, most: usize) -> Vec<String> {
    let mut out = Vec::new();
    for at in memmem::find_iter(page.as_bytes(), format!("<{name}").as_bytes()).take(most) {
        let rest = page.get(at..).unwrap_or_default();
        let Some(open) = rest.find('>') else { continue };
        let closed = rest.find(&format!("</{name}")).filter(|end| *end > open && *end < open + 4096);
        if let Some(inner) = closed.and_then(|end| rest.get(open + 1..end)) {
            out.push(words(inner));
        }
    }
    out.retain(|words| !words.is_empty());
    out
}

/// The words of a piece of a page, without tags and entities.
fn words(inner: &str) -> String {
    let mut out = String::new();
    for token in Tokenizer::new(inner) {
        match token {
            Ok(Token::String(text)) => out.push_str(&String::from_utf8_lossy(&text)),
            Ok(Token::StartTag(_)) => out.push(' '),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The headline: what the first heading says, or what the page tells other sites, or its title without the site's name.
fn title(page: &str, meta: &Meta) -> Option<String> {
    let titles = elements(page, "title", 1);
    let whole = titles.first().map(String::as_str).unwrap_or_default();
    let site = meta.get("og:site_name");
    let strip = |title: &str| without_site(title, site.as_deref(), Where::Page).to_owned();
    let told = meta.get("og:title").or_else(|| meta.get("twitter:title")).map(|title| strip(&title));
    let headings: Vec<String> = elements(page, "h1", MAX_HEADINGS);
    let folded = fold(whole);
    let is_site = |heading: &str| {
        let heading = fold(heading);
        site.as_deref().is_some_and(|site| fold(site) == heading) || folded.len() > heading.len() && folded.ends_with(&heading)
    };
    // A heading that the page's title begins with is the headline for sure.
    let sure = headings.iter().find(|heading| !only_opens(heading) && !is_site(heading) && folded.starts_with(&fold(heading)));
    let first = || headings.iter().find(|heading| !only_opens(heading) && !is_site(heading));
    let all = [sure.cloned(), told, first().cloned(), Some(strip(whole))];
    all.into_iter().flatten().find(|title| !title.is_empty() && title.len() <= 300 && !only_opens(title))
}

/// `"datePublished": "2026-03-04T08:00:00Z"` of linked data.
fn linked(page: &str, key: &str) -> Option<Date> {
    let at = memmem::find(page.as_bytes(), format!("\"{key}\"").as_bytes())?;
    let rest = page.get(at + key.len() + 2..)?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    day(rest)
}

/// The first `<time datetime="...">`.
fn time(page: &str) -> Option<Date> {
    memmem::find_iter(page.as_bytes(), b"<time").take(4).find_map(|at| {
        let tag = tag(page, at)?;
        let value = tag.split_once("datetime=")?.1.trim_start_matches(['"', '\'']);
        day(value)
    })
}

/// The day of a time stamp.
fn day(value: &str) -> Option<Date> {
    let value = value.trim();
    let digits = value.get(..8).filter(|head| head.bytes().all(|byte| byte.is_ascii_digit()));
    match digits {
        Some(digits) => format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?).parse().ok(),
        None => value.get(..10)?.replace('/', "-").parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_pages() {
        for (page, wanted) in [
            ("<title>Loader that comes by mail | Vendor blog</title><h1>Loader that comes by mail</h1>", "Loader that comes by mail"),
            ("<title>Loader that comes by mail - Vendor Blog</title>", "Loader that comes by mail"),
            ("<title>Loader that comes by mail &#8211; Vendor</title><h1><a href=/>Vendor</a></h1>", "Loader that comes by mail"),
            ("<title>TideGate - an analysis of the loader</title>", "TideGate - an analysis of the loader"),
            ("<title>Blog</title><meta property='og:title' content='Loader &amp; backdoor | Vendor'><h1>IOCs</h1>", "Loader & backdoor"),
            ("<title>Vendor</title><h1 class=x>Loader <em>by</em> mail</h1>", "Loader by mail"),
            ("<title>Vendor: a loader | News | Vendor</title>", "Vendor: a loader"),
            ("<title>Vendor Labs Blog | Loader that comes by mail</title>", "Loader that comes by mail"),
            ("<title>Vendor Blog - Loader that comes by mail</title>", "Loader that comes by mail"),
            ("<title>Vendor | Loader that comes by mail</title>", "Loader that comes by mail"),
        ] {
            assert_eq!(read(page).title.as_deref(), Some(wanted), "{page}");
        }
    }

    #[test]
    fn days_of_pages() {
        for (page, published, modified) in [
            ("<meta property=\"article:published_time\" content=\"2026-03-04T08:00:00Z\">", Some("2026-03-04"), None),
            (
                "<meta content='2026-03-04' name='DC.date.issued'><meta name='last-modified' content='2026-03-09'>",
                Some("2026-03-04"),
                Some("2026-03-09"),
            ),
            (
                "<script>{\"datePublished\" : \"2026-03-04\",\"dateModified\":\"2026-03-05T01:00:00+01:00\"}</script>",
                Some("2026-03-04"),
                Some("2026-03-05"),
            ),
            ("<p>Posted <time class=d datetime=\"2026-03-04\">4 March</time></p>", Some("2026-03-04"), None),
            ("<p>4 March 2026</p>", None, None),
        ] {
            let read = read(page);
            let text = |date: Option<Date>| date.map(|date| date.to_string());
            assert_eq!((text(read.published).as_deref(), text(read.modified).as_deref()), (published, modified), "{page}");
        }
    }

    #[test]
    fn broken_pages_are_read_to_their_end() {
        for piece in ["<meta ", "<h1>", "<title", "<time datetime=", "\"datePublished\":", "<h1></h1>", " | ", "é<meta>"] {
            read(&piece.repeat(20_000));
        }
    }
}
