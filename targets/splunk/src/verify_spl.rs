//! Is a text one of the searches that we mean to write? A reader of its own, as narrow as what we print.
//!
//! It reads text into the tree it came from, so that writing the tree again must give the same text: whatever breaks out of a
//! literal either does not read or does not write back the same.

use ir::Decimal;

use crate::ast::{Aggregate, Compare, Expr, Piece, Query, RegexPart, Search, Stage, Value};
use crate::print;

/// How deep parentheses may nest.
const DEEPEST: usize = 200;

/// Reads a search.
///
/// # Errors
///
/// What stands where something else should, on one line.
pub(crate) fn read(text: &str) -> Result<Query, String> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let mut stages = Vec::new();
    if reader.eat("| ") {
        stages.push(reader.command()?);
    } else {
        stages.push(Stage::Search(reader.top()?));
    }
    while reader.eat("\n| ") {
        stages.push(reader.command()?);
    }
    if reader.at < text.len() {
        return reader.fail("the end");
    }
    let query = Query(stages);
    if print::query(&query) == text { Ok(query) } else { Err("the search does not write back as it was read".to_owned()) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type Read<T> = Result<T, String>;

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, word: &str) -> bool {
        let there = self.rest().starts_with(word);
        if there {
            self.at += word.len();
        }
        there
    }

    fn expect(&mut self, word: &str) -> Read<()> {
        if self.eat(word) { Ok(()) } else { self.fail(&format!("`{}`", word.escape_debug())) }
    }

    fn fail<T>(&self, wanted: &str) -> Read<T> {
        let found: String = self.rest().chars().take(20).collect();
        Err(format!("{wanted} should stand at byte {}, not `{}`", self.at, found.escape_debug()))
    }

    fn take(&mut self, wanted: &str, fits: impl Fn(char) -> bool) -> Read<&'a str> {
        let rest = self.rest();
        let end = rest.find(|char| !fits(char)).unwrap_or(rest.len());
        let Some(word) = rest.get(..end).filter(|word| !word.is_empty()) else { return self.fail(wanted) };
        self.at += end;
        Ok(word)
    }

    fn word(&mut self) -> Read<String> {
        self.take("a word", |char| char.is_ascii_alphanumeric() || char == '_').map(str::to_owned)
    }

    /// A string's characters between its quotes, as they stand.
    fn raw(&mut self) -> Read<&'a str> {
        self.expect("\"")?;
        let start = self.at;
        let mut escaped = false;
        for (at, char) in self.rest().char_indices() {
            match char {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    self.at = start + at + 1;
                    return Ok(self.text.get(start..start + at).unwrap_or_default());
                }
                control if control.is_control() => return self.fail("no control character"),
                _ => {}
            }
        }
        self.fail("a closing quote")
    }

    /// A string's text.
    fn string(&mut self) -> Read<String> {
        let raw = self.raw()?;
        let mut out = String::new();
        let mut chars = raw.chars();
        while let Some(char) = chars.next() {
            match (char, char == '\\') {
                (_, true) => out.push(chars.next().filter(|next| matches!(next, '"' | '\\')).ok_or("a backslash that escapes nothing")?),
                (char, false) => out.push(char),
            }
        }
        Ok(out)
    }

    fn regex(&mut self) -> Read<Vec<RegexPart>> {
        let raw = self.raw()?;
        sound_regex(raw)?;
        Ok(vec![RegexPart::Syntax(raw.to_owned())])
    }

    fn number<T: std::str::FromStr>(&mut self) -> Read<T> {
        let digits = self.take("a number", |char| char.is_ascii_digit() || char == '-')?;
        digits.parse().map_err(|_| format!("`{digits}` is no number"))
    }

    /// A number that need not be whole.
    fn decimal(&mut self) -> Read<Decimal> {
        let digits = self.take("a number", |char| char.is_ascii_digit() || matches!(char, '-' | '.'))?;
        Decimal::parse(digits).ok_or_else(|| format!("`{digits}` is no number"))
    }

    /// A field's name in a command.
    fn field(&mut self) -> Read<String> {
        let name = if self.rest().starts_with('"') {
            self.string()?
        } else {
            self.take("a field", |char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | ':' | '{' | '}' | '@' | '-'))?.to_owned()
        };
        if print::is_field_name(&name) { Ok(name) } else { Err(format!("`{}` is no field", name.escape_debug())) }
    }

    fn fields(&mut self) -> Read<Vec<String>> {
        let mut out = vec![self.field()?];
        while self.eat(", ") {
            out.push(self.field()?);
        }
        Ok(out)
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("parentheses nest too deeply".to_owned());
        }
        let out = read(self);
        self.depth -= 1;
        out
    }

    // The language of `search`.

    fn top(&mut self) -> Read<Search> {
        let mut list = vec![self.item()?];
        loop {
            let next = self.rest();
            let more = next.strip_prefix(' ').and_then(|next| next.chars().next()).is_some_and(|char| !matches!(char, '|' | ']'))
                && !next.starts_with(" BY ");
            if !more {
                return Ok(if list.len() == 1 { list.swap_remove(0) } else { Search::All(list) });
            }
            self.expect(" ")?;
            list.push(self.item()?);
        }
    }

    fn item(&mut self) -> Read<Search> {
        self.deeper(|reader| {
            if reader.eat("(NOT *)") {
                return Ok(Search::Nothing);
            }
            if reader.eat("(NOT ") {
                let inner = reader.item()?;
                reader.expect(")")?;
                return Ok(Search::Not(Box::new(inner)));
            }
            if reader.eat("(") {
                let mut list = vec![reader.item()?];
                let word = if reader.rest().starts_with(" OR ") { " OR " } else { " AND " };
                while reader.eat(word) {
                    list.push(reader.item()?);
                }
                reader.expect(")")?;
                return Ok(if word == " OR " { Search::Any(list) } else { Search::All(list) });
            }
            if reader.eat("`") {
                let name = reader.word()?;
                reader.expect("`")?;
                return Ok(Search::Macro(name));
            }
            if reader.eat("TERM(") {
                let term = reader.take("a term", |char| char.is_ascii_alphanumeric() || matches!(char, '.' | '='))?.to_owned();
                reader.expect(")")?;
                return Ok(Search::Indexed(term));
            }
            reader.term()
        })
    }

    fn term(&mut self) -> Read<Search> {
        let field = self.field()?;
        if self.eat(" IN (") {
            let mut values = vec![self.value()?];
            while self.eat(", ") {
                values.push(self.value()?);
            }
            self.expect(")")?;
            return Ok(Search::Term { field, compare: Compare::Equal, values });
        }
        let compare = self.comparison("=")?;
        Ok(Search::Term { field, compare, values: vec![self.value()?] })
    }

    fn comparison(&mut self, equal: &str) -> Read<Compare> {
        let all = [(equal, Compare::Equal), ("<=", Compare::AtMost), (">=", Compare::AtLeast), ("<", Compare::Less), (">", Compare::More)];
        match all.into_iter().find(|(sign, _)| self.eat(sign)) {
            Some((_, compare)) => Ok(compare),
            None => self.fail("a comparison"),
        }
    }

    fn value(&mut self) -> Read<Value> {
        if !self.rest().starts_with('"') {
            let number = self.decimal()?;
            return Ok(number.whole().map_or(Value::Decimal(number), Value::Number));
        }
        let text = self.string()?;
        if text.contains('`') {
            return Err("a backtick stands in a value".to_owned());
        }
        let mut pieces = Vec::new();
        for (at, literal) in text.split('*').enumerate() {
            if at > 0 {
                pieces.push(Piece::Any);
            }
            if !literal.is_empty() || text.is_empty() {
                pieces.push(Piece::Literal(literal.to_owned()));
            }
        }
        Ok(Value::Text(pieces))
    }

    // The language of `eval`.

    fn open(&mut self) -> Read<Expr> {
        self.deeper(|reader| {
            if reader.eat("NOT ") {
                return Ok(Expr::Not(Box::new(reader.primary()?)));
            }
            let first = reader.primary()?;
            for (word, all) in [(" AND ", true), (" OR ", false)] {
                if reader.rest().starts_with(word) {
                    let mut list = vec![first];
                    while reader.eat(word) {
                        list.push(reader.primary()?);
                    }
                    return Ok(if all { Expr::All(list) } else { Expr::Any(list) });
                }
            }
            for sign in ['+', '-', '*', '/', '%'] {
                if reader.eat(&format!(" {sign} ")) {
                    return Ok(Expr::arithmetic(first, sign, reader.primary()?));
                }
            }
            if reader.rest().starts_with(['=', '<', '>']) {
                let compare = reader.comparison("==")?;
                return Ok(Expr::compare(first, compare, reader.primary()?));
            }
            Ok(first)
        })
    }

    fn primary(&mut self) -> Read<Expr> {
        if self.eat("(") {
            let inner = self.open()?;
            self.expect(")")?;
            return Ok(inner);
        }
        match self.rest().chars().next() {
            Some('"') => Ok(Expr::Text(self.string()?)),
            Some('\'') => {
                self.expect("'")?;
                let name = self.take("a field", |char| char != '\'' && !char.is_control())?.to_owned();
                self.expect("'")?;
                if print::is_field_name(&name) { Ok(Expr::Field(name)) } else { Err(format!("`{}` is no field", name.escape_debug())) }
            }
            Some(digit) if digit.is_ascii_digit() || digit == '-' => {
                let number = self.decimal()?;
                Ok(number.whole().map_or(Expr::Decimal(number), Expr::Number))
            }
            _ => {
                let word = self.word()?;
                if !self.eat("(") {
                    return Ok(Expr::Field(word));
                }
                let Some(name) = FUNCTIONS.iter().find(|known| **known == word) else { return Err(format!("`{word}` is no function")) };
                let mut arguments = Vec::new();
                while !self.eat(")") {
                    if !arguments.is_empty() {
                        self.expect(", ")?;
                    }
                    let regex = match (*name, arguments.len()) {
                        ("match", 1) | ("replace", 1) => true,
                        ("replace", 2) => !self.rest().starts_with("\"\""),
                        _ => false,
                    };
                    arguments.push(if regex { Expr::Regex(self.regex()?) } else { self.open()? });
                }
                Ok(Expr::Call(name, arguments))
            }
        }
    }

    // Commands.

    fn command(&mut self) -> Read<Stage> {
        if self.eat("`") {
            let name = self.word()?;
            self.expect("`")?;
            return Ok(Stage::Filter(name));
        }
        let name = self.word()?;
        self.expect(" ")?;
        Ok(match name.as_str() {
            "search" => Stage::Search(self.top()?),
            "multisearch" => {
                let mut list = Vec::new();
                loop {
                    self.expect("[")?;
                    let mut stages = vec![self.command()?];
                    while self.eat(" | ") {
                        stages.push(self.command()?);
                    }
                    self.expect("]")?;
                    list.push(Query(stages));
                    if !self.eat(" ") {
                        break;
                    }
                }
                if list.len() < 2 {
                    return self.fail("a second search");
                }
                Stage::Multisearch(list)
            }
            "tstats" => self.tstats()?,
            "rename" => {
                self.expect("\"")?;
                let mut dataset = self.word()?;
                while !self.rest().starts_with(".*") && self.eat(".") {
                    dataset = format!("{dataset}.{}", self.word()?);
                }
                self.expect(".*\" AS \"*\"")?;
                Stage::DropPrefix(dataset)
            }
            "rex" => {
                self.expect("field=")?;
                let field = self.field()?;
                self.expect(" ")?;
                let raw = self.raw()?;
                sound_regex(raw)?;
                let (before, rest) = raw.split_once("(?<").ok_or("`rex` captures nothing")?;
                let (into, capture) = rest.split_once('>').ok_or("`rex` captures nothing")?;
                let capture = capture.strip_suffix(')').ok_or("`rex` captures nothing")?;
                let part = |text: &str| vec![RegexPart::Syntax(text.to_owned())];
                Stage::Extract { field, into: into.to_owned(), before: part(before), capture: part(capture) }
            }
            "eval" => {
                let mut list = Vec::new();
                loop {
                    let name = match self.primary()? {
                        Expr::Field(name) => name,
                        _ => return self.fail("a field"),
                    };
                    self.expect("=")?;
                    list.push((name, self.open()?));
                    if !self.eat(", ") {
                        break;
                    }
                }
                Stage::Eval(list)
            }
            "lookup" => {
                let table = self.word()?;
                self.expect(" value AS ")?;
                let field = self.field()?;
                self.expect(" OUTPUTNEW value AS ")?;
                let into = self.word()?;
                let columns = self.eat(print::COLUMNS);
                Stage::Lookup { table, field, into, columns }
            }
            "where" => Stage::Where(self.open()?),
            "sort" => {
                self.expect("0 ")?;
                Stage::Sort(self.fields()?)
            }
            "mvexpand" => {
                let field = self.field()?;
                self.expect(" limit=0")?;
                Stage::Expand(field)
            }
            "streamstats" => self.streamstats()?,
            "table" => Stage::Table(self.fields()?),
            other => return Err(format!("`{other}` is no command that we write")),
        })
    }

    fn tstats(&mut self) -> Read<Stage> {
        self.expect(&format!("`{}` fillnull_value={} count", print::SUMMARIES, print::quoted(print::MISSING)))?;
        let seconds = !self.eat(" min(_time) AS first_time max(_time) AS last_time");
        self.expect(" FROM datamodel=")?;
        let model = self.take("a data model", |char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.'))?.to_owned();
        let filter = if self.eat(" WHERE ") { Some(self.top()?) } else { None };
        self.expect(" BY ")?;
        let mut by = self.fields()?;
        if seconds {
            if by.first().map(String::as_str) != Some("_time") {
                return self.fail("`_time`");
            }
            by.remove(0);
            self.expect(" span=1s")?;
        }
        Ok(Stage::Tstats { model, filter, by, seconds })
    }

    fn streamstats(&mut self) -> Read<Stage> {
        let current = !self.eat("current=f ");
        let window = if self.eat("window=") {
            let events = self.number()?;
            self.expect(" global=f ")?;
            Some(events)
        } else {
            None
        };
        let seconds = if self.eat("time_window=") {
            let seconds = self.number()?;
            self.expect("s ")?;
            Some(seconds)
        } else {
            None
        };
        let mut what = Vec::new();
        loop {
            let function = self.word()?;
            let Some((function, _)) = Aggregate::ALL.iter().find(|(_, name)| *name == function) else {
                return Err(format!("`{function}` is no aggregate"));
            };
            let field = if self.eat("(") {
                let field = self.field()?;
                self.expect(")")?;
                Some(field)
            } else {
                None
            };
            self.expect(" AS ")?;
            what.push((*function, field, self.word()?));
            let by = if self.eat(" BY ") { Some(self.fields()?) } else { None };
            if by.is_some() || !self.eat(" ") {
                return Ok(Stage::Streamstats { current, window, seconds, what, by: by.unwrap_or_default() });
            }
        }
    }
}

/// The functions that we use.
const FUNCTIONS: [&str; 28] = [
    "match",
    "replace",
    "lower",
    "len",
    "isnull",
    "isnotnull",
    "if",
    "case",
    "null",
    "nullif",
    "coalesce",
    "cidrmatch",
    "tonumber",
    "mvappend",
    "mvfilter",
    "mvjoin",
    "mvmap",
    "mvrange",
    "rtrim",
    "sqrt",
    "floor",
    "strptime",
    "strftime",
    "substr",
    "split",
    "mvcount",
    "max",
    "min",
];

/// Whether a regular expression is closed in itself and reads the same with and without one level of unescaping.
fn sound_regex(text: &str) -> Result<(), String> {
    let mut depth = 0_i32;
    let mut class = false;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                None => return Err("a regular expression ends in a backslash".to_owned()),
                Some('\\' | '"') => return Err("a regular expression holds an escape that depends on the command".to_owned()),
                Some(_) => {}
            },
            '`' => return Err("a backtick stands in a regular expression".to_owned()),
            '[' if !class => {
                class = true;
                chars.next_if_eq(&'^');
                // A bracket right behind the opening one means itself.
                chars.next_if(|next| matches!(next, '[' | ']'));
            }
            '[' if chars.peek() == Some(&':') => {
                while chars.next_if(|next| *next != ']').is_some() {}
                chars.next();
            }
            ']' if class => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return Err("a regular expression closes a group that it did not open".to_owned());
        }
    }
    if depth == 0 && !class { Ok(()) } else { Err("a regular expression is not closed".to_owned()) }
}
