//! What can be missing, lost or too long on the way to a query?

use source::Code;

pub(crate) static NO_TABLE: Code = Code::warn("kql.no-table", "no single table has all the fields that a rule needs");
pub(crate) static TOO_LONG: Code = Code::error("kql.too-long", "a query is longer than the product takes, and cannot be divided");
pub(crate) static HUNTING_ONLY: Code = Code::note("kql.hunting-only", "a list is too long for rules that run by themselves");
pub(crate) static REGEX: Code = Code::error("kql.regex", "a regular expression uses what the product's engine does not know");
pub(crate) static HIVE: Code = Code::warn("kql.hive", "a registry key is written under a hive that the logs spell otherwise");
pub(crate) static JOINED: Code = Code::warn("kql.joined-values", "a column holds several values in one text");
