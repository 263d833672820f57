//! The fuzz targets of `fuzz/` with a fixed number of inputs that are the same in each run. What must hold is said
//! there; here the inputs are made, from the same seeds and words that the fuzzer gets.
//!
//! The modules say `cfg(test)` because that is how clippy knows where tests may unwrap.

#[cfg(test)]
#[path = "../../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is a library for the fuzzer's targets")]
mod entry;

#[cfg(test)]
mod pass {
    use std::{fs, path::Path, time::Duration, time::Instant};

    use super::entry::{
        filter, json,
        mutate::{self, Random},
        patch, path,
    };

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");

    /// Far more than any input takes, also on a machine that is busy with something else.
    const TOO_LONG: Duration = Duration::from_secs(10);

    type Target = fn(&[u8]) -> bool;
    type Mutation = fn(&[u8], &[u8], &[Vec<u8>], &mut Random) -> Vec<u8>;

    fn seeds(target: &str) -> Vec<Vec<u8>> {
        let folder = Path::new(FOLDER).join("seeds").join(target);
        let mut files: Vec<_> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files.iter().map(|file| fs::read(file).unwrap()).collect()
    }

    /// Feeds a target its seeds, and then as many inputs made from them; returns of how many of these each hundred was
    /// understood.
    fn pass(target: &str, run: Target, mutation: Mutation, inputs: usize) -> usize {
        let words = mutate::words(&fs::read_to_string(Path::new(FOLDER).join("scim.dict")).unwrap());
        let mut pool = seeds(target);
        for seed in &pool {
            fed(run, seed);
        }
        let seed_count = pool.len();
        let mut random = Random::new(0x5c1a_2026);
        let mut understood = 0;
        for _ in 0..inputs {
            let input = mutation(
                random.pick(&pool).unwrap(),
                random.pick(&pool).unwrap(),
                &words,
                &mut random,
            );
            if fed(run, &input) {
                understood += 1;
                // What was understood is a good place to go on from, as long as the seeds are not outnumbered.
                if random.below(4) == 0 && input.len() < 2_000 {
                    let place = seed_count + random.below(2 * seed_count);
                    match pool.get_mut(place) {
                        Some(earlier) => *earlier = input,
                        None => pool.push(input),
                    }
                }
            }
        }
        understood * 100 / inputs
    }

    /// Runs one input, and says which one it was when something does not hold.
    fn fed(run: Target, input: &[u8]) -> bool {
        struct Shown<'i>(&'i [u8]);
        impl Drop for Shown<'_> {
            fn drop(&mut self) {
                if std::thread::panicking() {
                    println!("the input was: {}", self.0.escape_ascii());
                }
            }
        }
        let shown = Shown(input);
        let started = Instant::now();
        let understood = run(input);
        assert!(started.elapsed() < TOO_LONG, "it took {:?}", started.elapsed());
        drop(shown);
        understood
    }

    fn bytes(input: &[u8], other: &[u8], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
        mutate::bytes(input, other, words, random)
    }

    /// Mostly whole values are exchanged, so that the result is JSON.
    fn documents(input: &[u8], other: &[u8], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
        if random.below(8) > 0
            && let Some(document) = mutate::json(input, random.next())
        {
            return document;
        }
        mutate::bytes(input, other, words, random)
    }

    #[test]
    fn filters_hold_what_they_promise_for_any_text() {
        assert!(pass("filter", filter::run, bytes, 20_000) >= 10);
    }

    #[test]
    fn paths_hold_what_they_promise_for_any_text() {
        assert!(pass("path", path::run, bytes, 20_000) >= 10);
    }

    #[test]
    fn patches_hold_what_they_promise_for_any_body() {
        assert!(pass("patch", patch::run, documents, 10_000) >= 10);
    }

    #[test]
    fn json_is_accepted_or_refused_as_it_must_be_for_any_bytes() {
        assert!(pass("json", json::run, bytes, 20_000) >= 10);
    }
}
