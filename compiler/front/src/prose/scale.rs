//! What do all pieces of evidence add up to, and which of them decide?

use super::DocumentRole;

/// What a value needs to be an indicator.
const ENOUGH: i32 = 2;

/// Evidence added up.
#[derive(Default)]
pub(super) struct Scale {
    pub(super) sum: i32,
    /// Each piece with its weight, and the role it speaks for when it speaks against.
    pieces: Vec<(i32, &'static str, Option<DocumentRole>)>,
}

impl Scale {
    pub(super) fn add(&mut self, weight: i32, why: &'static str) {
        self.sum += weight;
        self.pieces.push((weight, why, None));
    }

    pub(super) fn against(&mut self, weight: i32, why: &'static str, role: DocumentRole) {
        self.sum -= weight;
        self.pieces.push((-weight, why, Some(role)));
    }

    /// The role and the strongest reasons for it.
    pub(super) fn weigh(self, otherwise: DocumentRole) -> (DocumentRole, String) {
        let indicator = self.sum >= ENOUGH;
        let speaks = |weight: i32| weight != 0 && (weight > 0) == indicator;
        // The three strongest, the first of equals first.
        let mut best: [Option<(i32, &'static str, Option<DocumentRole>)>; 3] = [None; 3];
        for piece in self.pieces.into_iter().filter(|(weight, ..)| speaks(*weight)) {
            let mut piece = Some(piece);
            for slot in &mut best {
                let weight = |piece: &Option<(i32, &str, Option<DocumentRole>)>| piece.map_or(0, |(weight, ..)| weight.abs());
                if weight(&piece) > weight(slot) {
                    std::mem::swap(&mut piece, slot);
                }
            }
        }
        let role = if indicator { DocumentRole::Indicator } else { best.iter().flatten().find_map(|(_, _, role)| *role).unwrap_or(otherwise) };
        let mut why = String::with_capacity(96);
        for (_, piece, _) in best.iter().flatten() {
            if !why.is_empty() {
                why.push_str("; ");
            }
            why.push_str(piece);
        }
        if why.is_empty() {
            why.push_str("nothing here says that it is the attacker's");
        }
        (role, why)
    }
}
