//! Which of YARA's regular expressions means the same as one of ours?

use ir::{Case, Regex};
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};
use source::Code;

pub(crate) static REGEX: Code = Code::warn("yara.regex", "YARA's regular expressions cannot say an expression");

/// Classic YARA's `RE_MAX_SPLIT_ID` is 128 (libyara, limits.h); a margin is kept for how it counts ranges.
const MAX_BRANCHES: u32 = 100;
/// Classic YARA refuses 32,768 and takes 32,767 for "without bound" (`RE_MAX_RANGE`, limits.h).
const MAX_REPEAT: u32 = 32_766;
/// Half of all bytes: what a repeat of so many lets through at the edge of an expression decides nothing.
const WIDE_CLASS: usize = 128;

/// An expression that both engines accept.
pub(crate) struct Said {
    /// The tree over bytes.
    pub(crate) tree: Hir,
    /// Whether case does not count.
    pub(crate) nocase: bool,
}

/// Which ends of what it finds decide something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Neither: repeats at the ends that let nearly everything through are left out.
    Free,
    /// It is found at an offset, or compared with a whole value.
    Placed,
    /// It is a whole word.
    Word,
}

/// Finds the expression.
///
/// # Errors
///
/// What cannot be said, as a clause.
pub(crate) fn said(regex: &Regex, nocase: bool, ends: Ends) -> Result<Said, String> {
    let nocase = nocase || regex.case() == Case::Insensitive;
    let actual = regex.bytes_tree(nocase)?;
    let plain = without_case_flags(regex);
    // An expression without case in all its parts is the plain one with `nocase`: atoms stay whole that way.
    let (tree, nocase) = match plain {
        Some((plain, folded)) if folded == actual && plain != actual => (plain, true),
        _ => (actual, false),
    };
    let tree = match ends {
        Ends::Free => trim(tree),
        Ends::Placed => tree,
        // YARA-X looks at one of the possible ends only.
        Ends::Word if trim(tree.clone()) != tree => return Err("a whole word has no open end".to_owned()),
        Ends::Word => tree,
    };
    if tree.properties().minimum_len().unwrap_or(0) == 0 {
        return Err("it is found in every file, because it fits the empty text".to_owned());
    }
    let mut branches = 0;
    check(&tree, &mut branches)?;
    if branches > MAX_BRANCHES {
        return Err(format!("it branches {branches} times, and classic YARA stops near 128"));
    }
    Ok(Said { tree, nocase })
}

/// The tree with case and the tree without, both without the flag for case that may stand before everything else.
fn without_case_flags(regex: &Regex) -> Option<(Hir, Hir)> {
    let bare = regex.without_case_flag()?;
    Some((bare.bytes_tree(false).ok()?, bare.bytes_tree(true).ok()?))
}

/// Takes repeats off both ends that let nearly everything through: `.*evil.*` is found where `evil` is.
fn trim(tree: Hir) -> Hir {
    let edge = |tree: Hir| -> Hir {
        match tree.kind() {
            HirKind::Repetition(Repetition { min, max: None, greedy, sub }) if members(sub) >= WIDE_CLASS => {
                let (min, sub) = (*min, sub.clone());
                if min == 0 { Hir::empty() } else { Hir::repetition(Repetition { min, max: Some(min), greedy: *greedy, sub }) }
            }
            _ => tree,
        }
    };
    match tree.kind() {
        HirKind::Concat(list) => {
            let mut list = list.clone();
            if let Some(first) = list.first_mut() {
                *first = edge(first.clone());
            }
            if let Some(last) = list.last_mut() {
                *last = edge(last.clone());
            }
            Hir::concat(list)
        }
        _ => edge(tree),
    }
}

/// How many bytes a class holds; 0 for everything else.
fn members(tree: &Hir) -> usize {
    match tree.kind() {
        HirKind::Class(Class::Bytes(class)) => class.iter().map(regex_syntax::hir::ClassBytesRange::len).sum(),
        _ => 0,
    }
}

fn check(tree: &Hir, branches: &mut u32) -> Result<(), String> {
    match tree.kind() {
        HirKind::Empty | HirKind::Literal(_) => Ok(()),
        HirKind::Class(Class::Bytes(class)) if class.ranges().is_empty() => Err("a class in it holds nothing".to_owned()),
        HirKind::Class(Class::Bytes(_)) => Ok(()),
        HirKind::Class(Class::Unicode(_)) => Err("it has a class of characters beyond ASCII".to_owned()),
        HirKind::Look(Look::Start | Look::End | Look::WordAscii | Look::WordAsciiNegate) => Ok(()),
        HirKind::Look(Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF) => Err("YARA has no `^` and `$` for single lines".to_owned()),
        HirKind::Look(_) => Err("YARA has no borders of words but `\\b` and `\\B`".to_owned()),
        HirKind::Capture(capture) => check(&capture.sub, branches),
        HirKind::Concat(list) => list.iter().try_for_each(|inner| check(inner, branches)),
        HirKind::Alternation(list) => {
            *branches += u32::try_from(list.len()).unwrap_or(u32::MAX).saturating_sub(1);
            list.iter().try_for_each(|inner| check(inner, branches))
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min).max(repetition.min);
            if most > MAX_REPEAT {
                return Err(format!("it repeats something {most} times, and classic YARA stops at {MAX_REPEAT}"));
            }
            if repetition.sub.properties().maximum_len() == Some(0) {
                return Err("it repeats an anchor".to_owned());
            }
            // A range is compiled as two copies of what it repeats.
            let mut inside = 0;
            check(&repetition.sub, &mut inside)?;
            let simple = matches!((repetition.min, repetition.max), (0 | 1, None) | (0, Some(1)));
            *branches = branches.saturating_add(1 + if simple { inside } else { inside.saturating_mul(2) });
            Ok(())
        }
    }
}
