//! Does any text break the reader of `vigie.lock`, or come back as another lock than it was? And does a lock still give numbers?
#![no_main]

use backend::Lock;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(lock) = Lock::parse(text) else { return };
    let printed = lock.print();
    let again = Lock::parse(&printed).expect("what was printed is read");
    assert_eq!(again.print(), printed);
    let mut section = again.section("suricata");
    for key in ["A-1/b", "A-1/b c", text.lines().next_back().unwrap_or_default()] {
        if let Ok(number) = section.number(key, text) {
            assert!(number.sid > 0 && number.rev > 0);
        }
    }
});
