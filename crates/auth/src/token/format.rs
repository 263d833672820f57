//! The written form of a token. Whether a well-formed one is genuine is decided in `authorize.rs`.

use std::fmt;

use super::TokenId;
use super::base62::{self, CHECKSUM_LEN};
use crate::{Entropy, Plaintext, jwt::claimed_id};

/// Base62 characters of the secret: the fewest that hold 256 bits.
const SECRET_LEN: usize = 43;

/// Characters after the prefix.
const BODY_LEN: usize = TokenId::LEN + SECRET_LEN + CHECKSUM_LEN;

/// Characters of a token that lists may show.
const HINT_LEN: usize = 4;

/// What a token is for. Its prefix says so, and is never changed once issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// The long-lived token of a service user, pasted into an identity provider.
    PersonalAccessToken,
    /// What an OAuth client presents to SCIM, for an hour.
    AccessToken,
    /// What an OAuth client gets further access tokens with.
    RefreshToken,
    /// What an approval is exchanged with, once.
    AuthorizationCode,
    /// What an OAuth client proves itself with.
    ClientSecret,
    /// A person who is signed in.
    Session,
    /// A link that makes an account, once.
    Invitation,
    /// The one-time link by which an account gets a new password.
    Recovery,
    /// The link by which somebody without an account connects an identity provider.
    SetupLink,
}

impl TokenKind {
    /// Every kind that is issued. No prefix is the beginning of another.
    pub const ALL: [Self; 9] = [
        Self::PersonalAccessToken,
        Self::AccessToken,
        Self::RefreshToken,
        Self::AuthorizationCode,
        Self::ClientSecret,
        Self::Session,
        Self::Invitation,
        Self::Recovery,
        Self::SetupLink,
    ];

    /// The beginning of every token of this kind.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "wicket_pat_",
            Self::AccessToken => "wicket_at_",
            Self::RefreshToken => "wicket_rt_",
            Self::AuthorizationCode => "wicket_ac_",
            Self::ClientSecret => "wicket_cs_",
            Self::Session => "wicket_ses_",
            Self::Invitation => "wicket_inv_",
            Self::Recovery => "wicket_rec_",
            Self::SetupLink => "wicket_set_",
        }
    }

    /// The word used in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "personal_access_token",
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
            Self::AuthorizationCode => "authorization_code",
            Self::ClientSecret => "client_secret",
            Self::Session => "session",
            Self::Invitation => "invitation",
            Self::Recovery => "recovery",
            Self::SetupLink => "setup_link",
        }
    }
}

/// A well-formed token in plaintext, as it is presented, or shown once to its owner.
///
/// It cannot be printed, serialized, compared or stored, and is wiped on drop: a pepper makes the digest that is
/// stored, and [`authorize`](crate::authorize()) does the comparison.
pub struct Token {
    kind: TokenKind,
    id: TokenId,
    text: Plaintext,
}

impl Token {
    /// Makes a new token; id and secret are drawn anew, so no two are alike.
    pub fn generate(kind: TokenKind, entropy: &mut (impl Entropy + ?Sized)) -> Self {
        let id = TokenId::from_digits(*base62::draw(entropy));
        let secret = base62::draw::<SECRET_LEN>(entropy);
        // The final size at once: growing would leave copies of the secret behind in freed memory.
        let mut text = String::with_capacity(kind.prefix().len() + BODY_LEN);
        text.push_str(kind.prefix());
        text.extend(id.digits().iter().chain(secret.iter()).copied().map(char::from));
        let checksum = base62::checksum(&text);
        text.extend(checksum.map(char::from));
        Self {
            kind,
            id,
            text: Plaintext::new(text),
        }
    }

    /// Reads a token, checking prefix, length, alphabet and checksum in this order. Nothing is trimmed or repaired.
    ///
    /// An access token may also be a JSON Web Token, which says its id itself. Like any other it is genuine only if its
    /// row has the digest of the whole text.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let Some((kind, body)) = TokenKind::ALL
            .into_iter()
            .find_map(|kind| Some((kind, text.strip_prefix(kind.prefix())?)))
        else {
            let id = claimed_id(text).ok_or(Malformed::Prefix)?;
            return Ok(Self {
                kind: TokenKind::AccessToken,
                id,
                text: Plaintext::new(text.to_owned()),
            });
        };
        if body.len() != BODY_LEN {
            return Err(Malformed::Length);
        }
        if !base62::is_base62(body) {
            return Err(Malformed::Alphabet);
        }
        let (covered, checksum) = text
            .split_at_checked(text.len() - CHECKSUM_LEN)
            .ok_or(Malformed::Length)?;
        if checksum.as_bytes() != base62::checksum(covered) {
            return Err(Malformed::Checksum);
        }
        let id = body
            .as_bytes()
            .first_chunk()
            .copied()
            .map(TokenId::from_digits)
            .ok_or(Malformed::Length)?;
        Ok(Self {
            kind,
            id,
            text: Plaintext::new(text.to_owned()),
        })
    }

    /// What the token is for.
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The public part: the key of the row, and the name in logs.
    pub const fn id(&self) -> TokenId {
        self.id
    }

    /// The last four characters of the whole token, for lists.
    ///
    /// They are what a person can compare with the end of the token in front of them. They belong to the checksum,
    /// so no character of the secret is ever shown, and less than 24 of its 256 bits can be inferred.
    pub fn hint(&self) -> &str {
        let text = self.text.reveal();
        text.get(text.len() - HINT_LEN..).unwrap_or_default()
    }

    /// The whole token. For the one answer that shows it to its owner.
    pub fn reveal(&self) -> &str {
        self.text.reveal()
    }
}

/// Shows the public parts only.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The text is not a token; says which check it failed first, and never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It begins like no kind of token.
    #[error("a token begins with \"wicket_pat_\" or the prefix of another kind")]
    Prefix,
    /// It is too short or too long: usually cut off while copying.
    #[error("the token does not have the right length: copy the whole of it")]
    Length,
    /// It holds a character that no token holds.
    #[error("the token holds a character that is neither a letter nor a digit: copy it again")]
    Alphabet,
    /// It was mistyped or made up.
    #[error("the token is mistyped: copy it again")]
    Checksum,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::Seeded;
    use crate::jwt::{AccessTokenClaims, SigningKey};

    const KIND: TokenKind = TokenKind::PersonalAccessToken;

    /// The checksum was computed by another implementation (zlib).
    const KNOWN: &str = "wicket_pat_0123456789ABCDEF0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg4GKLZr";

    #[test]
    fn a_known_token_is_read() {
        let token = Token::parse(KNOWN).unwrap();
        assert_eq!(token.kind(), KIND);
        assert_eq!(token.id().to_string(), "0123456789ABCDEF");
        assert_eq!(token.reveal(), KNOWN);
        assert_eq!(token.hint(), "KLZr");
    }

    #[test]
    fn a_generated_token_has_the_documented_form() {
        let token = Token::generate(KIND, &mut Seeded(1));
        let body = token.reveal().strip_prefix("wicket_pat_").unwrap();
        assert_eq!(body.len(), 16 + 43 + 6);
        assert!(body.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(body[..16], token.id().to_string());
        assert!(token.reveal().ends_with(token.hint()));
    }

    #[test]
    fn two_tokens_share_neither_id_nor_secret() {
        let mut entropy = Seeded(1);
        let [first, second] = [(), ()].map(|()| Token::generate(KIND, &mut entropy));
        assert_ne!(first.id(), second.id());
        assert_ne!(first.reveal()[27..70], second.reveal()[27..70]);
    }

    #[test]
    fn the_first_failed_check_is_named() {
        let body = KNOWN.strip_prefix("wicket_pat_").unwrap();
        for (text, expected) in [
            (String::new(), Malformed::Prefix),
            (body.to_owned(), Malformed::Prefix),
            (format!("ghp_{body}"), Malformed::Prefix),
            (format!("WICKET_PAT_{body}"), Malformed::Prefix),
            (format!(" {KNOWN}"), Malformed::Prefix),
            (format!("wicket_pat{body}"), Malformed::Prefix),
            ("wicket_pat_".to_owned(), Malformed::Length),
            (KNOWN[..75].to_owned(), Malformed::Length),
            (format!("{KNOWN}0"), Malformed::Length),
            (format!("{KNOWN}\n"), Malformed::Length),
            (format!("wicket_pat_{KNOWN}"), Malformed::Length),
            (format!("wicket_pat_{}", "é".repeat(65)), Malformed::Length),
            (format!("wicket_pat_{}", "_".repeat(65)), Malformed::Alphabet),
            (format!("wicket_pat_{}x", "é".repeat(32)), Malformed::Alphabet),
            (format!("{}-", &KNOWN[..75]), Malformed::Alphabet),
            (format!("wicket_pat_{}", "0".repeat(65)), Malformed::Checksum),
        ] {
            assert_eq!(Token::parse(&text).map(|_| ()), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn a_token_with_any_one_character_changed_is_malformed() {
        for place in 0..KNOWN.len() {
            for replacement in (' '..='~').chain(['\0', '\n', 'é', '０']) {
                if KNOWN[place..].starts_with(replacement) {
                    continue;
                }
                let near = format!("{}{replacement}{}", &KNOWN[..place], &KNOWN[place + 1..]);
                assert!(Token::parse(&near).is_err(), "{replacement:?} at {place}");
            }
        }
    }

    #[test]
    fn a_token_with_two_neighbours_swapped_or_one_character_missing_or_doubled_is_malformed() {
        for place in 0..KNOWN.len() - 1 {
            let (before, rest) = KNOWN.split_at(place);
            let mut characters = rest.chars();
            let (first, second) = (characters.next().unwrap(), characters.next().unwrap());
            let after = characters.as_str();
            if first != second {
                assert!(
                    Token::parse(&format!("{before}{second}{first}{after}")).is_err(),
                    "swapped {place}"
                );
            }
            assert!(
                Token::parse(&format!("{before}{second}{after}")).is_err(),
                "missing {place}"
            );
            assert!(
                Token::parse(&format!("{before}{first}{first}{second}{after}")).is_err(),
                "doubled {place}"
            );
        }
    }

    #[test]
    fn no_prefix_is_the_beginning_of_another() {
        for kind in TokenKind::ALL {
            let begun = TokenKind::ALL
                .into_iter()
                .filter(|other| other.prefix().starts_with(kind.prefix()));
            assert_eq!(begun.collect::<Vec<_>>(), [kind]);
        }
    }

    #[test]
    fn the_debug_text_of_a_token_holds_its_id_and_nothing_secret() {
        let debug = format!("{:?}", Token::parse(KNOWN).unwrap());
        assert_eq!(
            debug,
            "Token { kind: PersonalAccessToken, id: TokenId(0123456789ABCDEF), .. }"
        );
    }

    #[test]
    fn a_signed_access_token_says_its_id_itself() {
        let id = Token::generate(TokenKind::AccessToken, &mut Seeded(3)).id();
        let claims = AccessTokenClaims {
            issuer: "https://gateway.example".to_owned(),
            audience: "https://gateway.example/scim/v2/1".to_owned(),
            subject: "1".to_owned(),
            client_id: "1".to_owned(),
            scope: "scim".to_owned(),
            token_id: id,
            issued_at: 0,
            expires_at: 1,
        };
        let jwt = SigningKey::generate(&mut Seeded(4)).sign_access_token(&claims);
        let token = Token::parse(&jwt).unwrap();
        assert_eq!((token.kind(), token.id()), (TokenKind::AccessToken, id));
        assert_eq!(token.reveal(), jwt);
        assert_eq!(Token::parse(&jwt[1..]).map(|_| ()), Err(Malformed::Prefix));
    }

    #[test]
    fn a_token_of_one_kind_is_none_of_another() {
        for kind in TokenKind::ALL {
            let made = Token::generate(kind, &mut Seeded(7));
            assert_eq!(Token::parse(made.reveal()).unwrap().kind(), kind);
            let body = made.reveal().strip_prefix(kind.prefix()).unwrap();
            for other in TokenKind::ALL.into_iter().filter(|other| *other != kind) {
                let disguised = format!("{}{body}", other.prefix());
                assert_eq!(
                    Token::parse(&disguised).map(|_| ()),
                    Err(Malformed::Checksum),
                    "{kind:?} as {other:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn every_generated_token_is_read_as_it_was_printed(seed: u64) {
            let kind = TokenKind::ALL[usize::try_from(seed % 8).unwrap()];
            let made = Token::generate(kind, &mut Seeded(seed));
            let read = Token::parse(made.reveal()).unwrap();
            prop_assert_eq!(read.reveal(), made.reveal());
            prop_assert_eq!((read.kind(), read.id(), read.hint()), (made.kind(), made.id(), made.hint()));
        }

        #[test]
        fn no_text_makes_reading_panic(text in "(wicket_pat_)?(\\PC*|[0-9A-Za-z]{60,70}|[é0]{32,65})") {
            if let Ok(token) = Token::parse(&text) {
                prop_assert_eq!(token.reveal(), text);
            }
        }
    }
}
