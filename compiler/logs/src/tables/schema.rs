//! What is a vendor's schema made of?

use ir::{EventClass, Field};

use super::open::source::{Absent, OpenSource};
use super::product::Product;
use super::source::Source;
use crate::Absence;

/// One vendor schema.
#[derive(Debug)]
pub struct Schema {
    /// Whose it is.
    pub product: Product,
    /// The column that holds an event's time.
    pub time: &'static str,
    /// The tables.
    pub sources: &'static [Source],
    /// What is missing, and why.
    pub absent: &'static [Absence],
    /// Fields that only some of the products whose rows a table unites fill: the products whose rows lack them.
    pub partly: &'static [(EventClass, &'static [Field], &'static [&'static str])],
    /// What is missing of the fields that only logs have names for, and why.
    pub absent_open: &'static [(EventClass, &'static [&'static str], &'static str)],
    /// Classes that are missing, and why.
    pub absent_events: &'static [(EventClass, &'static str)],
    /// The reason for everything else.
    pub otherwise: &'static str,
    /// Tables for log sources in Sigma's words.
    pub open: &'static [&'static [OpenSource]],
    /// Log sources in Sigma's words that no table holds, and why.
    pub no_source: &'static [Absent],
    /// Log sources whose tables are there and are filled by nothing of the vendor's, and why.
    pub unfilled: &'static [Absent],
}
