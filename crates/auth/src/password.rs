//! Passwords of accounts: which are refused, and the one form in which they are kept. Hashing takes tens of
//! milliseconds and 19 MiB on purpose; who may do it at the same time is decided by the caller.

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use icu_normalizer::ComposingNormalizerBorrowed;

use crate::{Entropy, Plaintext};

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most characters of a password.
pub const LONGEST: usize = 128;

/// Memory of one hash, in KiB.
pub const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_LEN: usize = 16;

/// Long enough, and still among the first that are tried. Compared in lower case, and also where one is repeated or
/// followed by digits and signs only.
const COMMON: [&str; 40] = [
    "123456789012",
    "1234567890123",
    "012345678901",
    "111111111111",
    "000000000000",
    "qwertyuiop",
    "qwertyuiopasdf",
    "qwertyuiop[]",
    "qwertzuiop",
    "qwertyqwerty",
    "1qaz2wsx3edc",
    "1q2w3e4r5t6y",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "asdfghjkl",
    "asdfghjkl;'",
    "zxcvbnm",
    "abcdefghijkl",
    "abcdefghijklm",
    "abc123abc123",
    "password",
    "passwort",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "passwordpassword",
    "mypassword",
    "iloveyou",
    "iloveyouforever",
    "letmein",
    "letmeinplease",
    "welcome",
    "changeme",
    "changemenow",
    "administrator",
    "administrateur",
    "trustno1",
    "football",
    "wicketgate",
    "correcthorsebatterystaple",
];

/// Why a password is refused. The message says what to choose instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// It has too few characters.
    #[error("choose at least {SHORTEST} characters; several words are easy to remember")]
    Short,
    /// It has too many characters.
    #[error("choose at most {LONGEST} characters")]
    Long,
    /// It is the e-mail address, or the part before the @.
    #[error("choose something else than the e-mail address")]
    Email,
    /// It is among the first that are tried.
    #[error("choose one that fewer people use: this is among the first that are tried")]
    Common,
}

/// The form in which a password is compared: however a keyboard composes an accent, it is the same password.
fn composed(password: &str) -> Plaintext {
    const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
    Plaintext::new(NFC.normalize(password).into_owned())
}

/// Whether a password may be chosen by the account with this e-mail address. No rule asks for digits or signs.
pub fn check(password: &str, email: &str) -> Result<(), Weak> {
    let password = composed(password);
    let length = password.reveal().chars().count();
    if length < SHORTEST {
        return Err(Weak::Short);
    }
    if length > LONGEST {
        return Err(Weak::Long);
    }
    let lower = Plaintext::new(password.reveal().to_lowercase());
    let email = composed(email).reveal().to_lowercase();
    let local = email.split_once('@').map_or(email.as_str(), |(local, _)| local);
    if lower.reveal().trim() == email || is_made_of(lower.reveal(), local) {
        return Err(Weak::Email);
    }
    if COMMON.iter().any(|common| is_made_of(lower.reveal(), common)) || is_one_character(lower.reveal()) {
        return Err(Weak::Common);
    }
    Ok(())
}

/// Whether `password` is `word` again and again, perhaps with digits and signs at its end.
fn is_made_of(password: &str, word: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    let mut rest = password;
    while let Some(shorter) = rest.strip_prefix(word) {
        rest = shorter;
    }
    rest.len() < password.len() && rest.chars().all(|c| !c.is_alphabetic())
}

fn is_one_character(password: &str) -> bool {
    let mut characters = password.chars();
    let first = characters.next();
    characters.all(|c| Some(c) == first)
}

/// What passwords are hashed in, one after the other. It is allocated for the first and kept for those that follow:
/// memory of this size that is taken and given back again and again leaves an allocator with holes, and a process that
/// grows. No trace of a password stays in it.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory(redacted)")
    }
}

impl Memory {
    /// Fills `out` with the hash of a password under these parameters.
    fn hash(
        &mut self,
        (algorithm, version, params): (Algorithm, Version, Params),
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> argon2::Result<()> {
        let blocks = params.block_count();
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::new());
        }
        let argon2 = Argon2::new(algorithm, version, params);
        let hashed = argon2.hash_password_into_with_memory(password, salt, out, self.0.as_mut_slice());
        self.0.fill(Block::new());
        hashed
    }
}

fn params_of_today() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within Argon2's bounds")
}

/// What is stored of a password: a PHC string of Argon2id with a fresh salt.
pub fn hash(password: &Plaintext, entropy: &mut (impl Entropy + ?Sized), memory: &mut Memory) -> String {
    let mut salt = [0; SALT_LEN];
    entropy.fill(&mut salt);
    hash_salted(password, &salt, memory)
}

/// [`hash`] with a salt that the caller has drawn.
pub fn hash_salted(password: &Plaintext, salt: &[u8; SALT_LEN], memory: &mut Memory) -> String {
    let (algorithm, version, params) = (Algorithm::Argon2id, Version::V0x13, params_of_today());
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    let stored = ParamsString::try_from(&params).expect("the parameters can be written down");
    memory
        .hash(
            (algorithm, version, params),
            composed(password.reveal()).reveal().as_bytes(),
            salt,
            &mut out,
        )
        .expect("Argon2 takes a password and a salt of these lengths");
    PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: stored,
        salt: Some(Salt::new(salt).expect("the salt has a length that is written down")),
        hash: Some(Output::new(&out).expect("the hash has a length that is written down")),
    }
    .to_string()
}

/// How a password compares with what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is another one.
    Wrong,
    /// It is the one that is stored.
    Right {
        /// It was hashed with other parameters than those of today and should be hashed again.
        outdated: bool,
    },
}

/// Compares a password with what is stored. Where nothing is stored the same work is done, and the verdict is `Wrong`.
pub fn verify(password: &Plaintext, stored: Option<&str>, memory: &mut Memory) -> Verdict {
    let Some(stored) = stored.and_then(|stored| PasswordHash::new(stored).ok()) else {
        hash_salted(password, &[0; SALT_LEN], memory);
        return Verdict::Wrong;
    };
    if is_hash_of(&stored, &composed(password.reveal()), memory).unwrap_or(false) {
        Verdict::Right {
            outdated: !is_of_today(&stored),
        }
    } else {
        Verdict::Wrong
    }
}

/// Whether a stored hash is the password's, by the parameters that it was made with. Nothing where it cannot be made
/// out.
fn is_hash_of(stored: &PasswordHash, password: &Plaintext, memory: &mut Memory) -> Option<bool> {
    let algorithm = Algorithm::new(stored.algorithm.as_str()).ok()?;
    let version = stored
        .version
        .map_or(Some(Version::default()), |version| version.try_into().ok())?;
    let params = Params::try_from(stored).ok()?;
    let (salt, expected) = (stored.salt?, stored.hash?);
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..expected.len())?;
    memory
        .hash(
            (algorithm, version, params),
            password.reveal().as_bytes(),
            &salt,
            out,
        )
        .ok()?;
    // Compared in constant time.
    Some(Output::new(out).ok()? == expected)
}

fn is_of_today(stored: &PasswordHash) -> bool {
    let today =
        |params: Params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES);
    stored.algorithm == Algorithm::Argon2id.ident() && Params::try_from(stored).is_ok_and(today)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher as _;

    use super::*;
    use crate::entropy::Seeded;

    fn plain(text: &str) -> Plaintext {
        Plaintext::new(text.to_owned())
    }

    #[test]
    fn a_password_is_kept_as_a_phc_string_of_argon2id() {
        let stored = hash(
            &plain("seven blue herons"),
            &mut Seeded(1),
            &mut Memory::default(),
        );
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_ne!(
            stored,
            hash(
                &plain("seven blue herons"),
                &mut Seeded(2),
                &mut Memory::default()
            )
        );
        assert_eq!(
            verify(&plain("seven blue herons"), Some(&stored), &mut Memory::default()),
            Verdict::Right { outdated: false }
        );
        for other in ["seven blue heron", "Seven blue herons", ""] {
            assert_eq!(
                verify(&plain(other), Some(&stored), &mut Memory::default()),
                Verdict::Wrong,
                "{other:?}"
            );
        }
    }

    #[test]
    fn a_hash_of_other_parameters_holds_and_is_outdated() {
        let params = Params::new(8 * 1024, 1, 1, None).unwrap();
        let stored = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"seven blue herons", &[7; SALT_LEN])
            .unwrap()
            .to_string();
        assert_eq!(
            verify(&plain("seven blue herons"), Some(&stored), &mut Memory::default()),
            Verdict::Right { outdated: true }
        );
    }

    #[test]
    fn one_memory_serves_one_password_after_the_other_and_keeps_nothing_of_them() {
        let memory = &mut Memory::default();
        let stored = hash(&plain("seven blue herons"), &mut Seeded(1), memory);
        assert_eq!(memory.0.len(), 19_456);
        let place = memory.0.as_ptr();
        for (password, expected) in [
            ("another password", Verdict::Wrong),
            ("seven blue herons", Verdict::Right { outdated: false }),
            ("another password", Verdict::Wrong),
        ] {
            assert_eq!(verify(&plain(password), Some(&stored), memory), expected);
            assert!(
                memory
                    .0
                    .iter()
                    .all(|block| block.as_ref().iter().all(|word| *word == 0))
            );
        }
        // What the crate itself computes is the same.
        let params = params_of_today();
        let by_the_crate = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"seven blue herons", &[7; SALT_LEN])
            .unwrap();
        assert_eq!(
            hash_salted(&plain("seven blue herons"), &[7; SALT_LEN], memory),
            by_the_crate.to_string()
        );
        assert_eq!(memory.0.as_ptr(), place, "it was allocated once");
    }

    #[test]
    fn nothing_fits_where_nothing_or_nonsense_is_stored() {
        for stored in [
            None,
            Some(""),
            Some("seven blue herons"),
            Some("$argon2id$v=19$m=1"),
        ] {
            assert_eq!(
                verify(&plain("seven blue herons"), stored, &mut Memory::default()),
                Verdict::Wrong,
                "{stored:?}"
            );
        }
    }

    #[test]
    fn the_way_a_keyboard_composes_accents_makes_no_difference() {
        let stored = hash(
            &plain("cafe\u{301} crème brûlée"),
            &mut Seeded(1),
            &mut Memory::default(),
        );
        assert_eq!(
            verify(
                &plain("café cre\u{300}me brûlée"),
                Some(&stored),
                &mut Memory::default()
            ),
            Verdict::Right { outdated: false }
        );
    }

    #[test]
    fn length_is_counted_in_characters_and_bounded_on_both_sides() {
        const EMAIL: &str = "a@example.com";
        assert_eq!(check("hh7 xk2 qa9", EMAIL), Err(Weak::Short));
        assert_eq!(check("hh7 xk2 qa9z", EMAIL), Ok(()));
        assert_eq!(check(&"é ".repeat(5), EMAIL), Err(Weak::Short));
        assert_eq!(check(&"ab".repeat(64), EMAIL), Ok(()));
        assert_eq!(check(&format!("{}c", "ab".repeat(64)), EMAIL), Err(Weak::Long));
        assert_eq!(check("nur lauter kleine wörter", EMAIL), Ok(()));
    }

    #[test]
    fn the_address_and_what_everyone_uses_are_refused() {
        let email = "Anna.Schmidt@Example.com";
        for (password, weak) in [
            ("anna.schmidt@example.com", Weak::Email),
            ("ANNA.SCHMIDT@EXAMPLE.COM", Weak::Email),
            ("anna.schmidt1", Weak::Email),
            ("anna.schmidtanna.schmidt", Weak::Email),
            ("password12345", Weak::Common),
            ("Password2026!", Weak::Common),
            ("passwordpassword", Weak::Common),
            ("qwertyuiop123", Weak::Common),
            ("aaaaaaaaaaaa", Weak::Common),
            ("CorrectHorseBatteryStaple", Weak::Common),
            ("wicketgate2026", Weak::Common),
        ] {
            assert_eq!(check(password, email), Err(weak), "{password}");
        }
        assert_eq!(check("password of a heron", email), Ok(()));
    }
}
