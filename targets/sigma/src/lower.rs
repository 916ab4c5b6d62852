//! Which Sigma rules ask a detection's question?

pub(crate) mod about;
pub(crate) mod codes;
mod correlate;
mod env;
mod event;
mod expression;
mod joined;
mod lowered;
mod predicate;
mod regex;
mod select;
mod test;
mod words;
mod written;

use backend::{Cx, Refusal};
use ir::{Detection, Kind};

use crate::ast::{Document, File};
use codes::NO_SOURCE;
use event::event;
use lowered::nothing;

/// Turns a detection into the file that asks its question.
pub(crate) fn lower(detection: &Detection, cx: &mut Cx<'_>) -> Result<Vec<File>, Refusal> {
    let documents = match &detection.kind {
        Kind::Event(rule) => {
            let sigma = detection.meta.sigma.as_deref();
            let lowered = event(rule, &[], sigma, cx, cx.span())?;
            let Some(body) = lowered.body(None) else { return Err(nothing(cx)) };
            vec![Document {
                title: about::title(&detection.title),
                id: detection.id,
                name: sigma.and_then(|sigma| sigma.name.clone()),
                taxonomy: sigma.and_then(|sigma| sigma.taxonomy.clone()),
                head: Some(about::head(detection)),
                body,
            }]
        }
        Kind::Correlation(correlation) => correlate::documents(detection, correlation, cx)?,
        Kind::Native { file, .. } => {
            return Err(cx.unsupported(&NO_SOURCE, cx.span(), format!("`{file}` holds rules of another language")));
        }
    };
    Ok(vec![File { path: about::path(detection), documents }])
}

#[cfg(test)]
mod meaning;
#[cfg(test)]
mod tests;
