//! What do the world's logs look like? Which events each holds, what it calls their fields, and how it spells their values.
//!
//! Such a fact belongs to the log, not to a product that reads it: it stands here once, and every target, the readers of logs and the front ends
//! use it in the direction that they need.
//!
//! What this crate does not do: say how a product addresses a name of a log. That is a target's profile.

mod all;
pub mod answers;
pub mod encoding;
mod essential;
pub mod form;
pub mod hive;
pub mod log;
mod logged_fields;
pub mod read;
pub mod sensors;
pub mod streams;
pub mod sysmon;
pub mod tables;
pub mod taxonomy;
pub mod trails;
pub mod vocabulary;
pub mod windows;
pub mod write;

pub use all::{all, signs, signs_name};
pub use encoding::Encoded;
pub use essential::essential;
pub use form::{Absence, Encoding, Row};
pub use log::{Log, NOTHING};
