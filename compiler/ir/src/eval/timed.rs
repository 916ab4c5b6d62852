//! When does an event happen?

use std::time::Duration;

use crate::Record;

/// One event at a time, measured from any fixed moment.
pub type Timed<'a> = (Duration, &'a Record);
