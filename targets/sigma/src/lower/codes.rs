//! What can be lost or refused on the way to Sigma?

use source::Code;

pub(crate) static JOINED: Code = Code::warn("sigma.joined-field", "logs keep a field inside another one");
pub(crate) static CURRENT_USER: Code = Code::warn("sigma.current-user", "logs name the user's hive by a SID");
pub(crate) static PARTIAL: Code = Code::warn("sigma.log-source", "the log source holds only a part of such events");
pub(crate) static NO_SOURCE: Code = Code::warn("sigma.no-log-source", "Sigma has no log source for such events of this platform");
pub(crate) static REGEX: Code = Code::warn("sigma.regex", "Sigma's regular expressions cannot say this");
pub(crate) static FIELD_NAME: Code = Code::warn("sigma.field-name", "a field's name cannot be written in Sigma");
pub(crate) static NOTHING: Code = Code::warn("sigma.nothing-to-find", "nothing is left to look for");
pub(crate) static COMPARISON: Code = Code::warn("sigma.comparison", "Sigma cannot compare two fields in this way");
pub(crate) static GROUP_BY: Code = Code::warn("sigma.group-by", "the log source groups events differently");
pub(crate) static COUNT: Code = Code::note("sigma.count", "some readers of Sigma know one bound of a count only");
pub(crate) static WINDOW: Code = Code::warn("sigma.window", "Sigma's correlations measure time differently");
