//! libFuzzer's door to [`wicketgate_fuzz::patch`]. What must hold is said there.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use wicketgate_fuzz::mutate;

fuzz_target!(|data: &[u8]| {
    wicketgate_fuzz::patch::run(data);
});

// Random bytes seldom stay JSON: half of the time whole values are exchanged instead.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let changed = (seed % 2 == 0)
        .then(|| mutate::json(data.get(..size)?, seed.into()))
        .flatten()
        .filter(|changed| changed.len() <= max_size);
    match (
        &changed,
        changed.as_ref().and_then(|changed| data.get_mut(..changed.len())),
    ) {
        (Some(changed), Some(place)) => {
            place.copy_from_slice(changed);
            changed.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
