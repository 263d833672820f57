//! libFuzzer's door to [`wicketgate_fuzz::filter`]. What must hold is said there.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    wicketgate_fuzz::filter::run(data);
});
