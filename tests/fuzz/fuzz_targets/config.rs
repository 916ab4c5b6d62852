//! Does any text break the reader of `vigie.toml`, or bring a character into a message that steers a terminal?
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(why) = vigie::check_settings(text) {
        assert!(!why.is_empty());
    }
});
