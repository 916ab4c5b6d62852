//! What do all pieces of evidence add up to, and which of them decide?

use std::borrow::Cow;

use super::DocumentRole;

/// What a value needs to be an indicator.
const ENOUGH: i32 = 2;

/// A piece of evidence: its weight, its words, and the role it speaks for when it speaks against.
type Piece = (i32, &'static str, Option<DocumentRole>);

/// Evidence added up.
#[derive(Default)]
pub(super) struct Scale {
    pub(super) sum: i32,
    /// The three strongest pieces for it, and the three against; the first of equals first.
    speaks_for: [Option<Piece>; 3],
    against: [Option<Piece>; 3],
}

impl Scale {
    pub(super) fn add(&mut self, weight: i32, why: &'static str) {
        self.put((weight, why, None));
    }

    pub(super) fn against(&mut self, weight: i32, why: &'static str, role: DocumentRole) {
        self.put((-weight, why, Some(role)));
    }

    fn put(&mut self, piece: Piece) {
        self.sum += piece.0;
        let best = match piece.0 {
            0 => return,
            1.. => &mut self.speaks_for,
            _ => &mut self.against,
        };
        let weight = |piece: &Option<Piece>| piece.map_or(0, |(weight, ..)| weight.abs());
        let mut piece = Some(piece);
        for slot in best {
            if weight(&piece) > weight(slot) {
                std::mem::swap(&mut piece, slot);
            }
        }
    }

    /// The role and the strongest reasons for it.
    pub(super) fn weigh(self, otherwise: DocumentRole) -> (DocumentRole, Cow<'static, str>) {
        let indicator = self.sum >= ENOUGH;
        let best = if indicator { self.speaks_for } else { self.against };
        let role = if indicator { DocumentRole::Indicator } else { best.iter().flatten().find_map(|(_, _, role)| *role).unwrap_or(otherwise) };
        let why = match best {
            [None, ..] => Cow::Borrowed("nothing here says that it is the attacker's"),
            [Some((_, only, _)), None, _] => Cow::Borrowed(only),
            _ => Cow::Owned(best.iter().flatten().map(|(_, why, _)| *why).collect::<Vec<_>>().join("; ")),
        };
        (role, why)
    }
}
