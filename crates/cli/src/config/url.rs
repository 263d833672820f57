//! URLs taken apart, as far as start-up has to look into them. What is made of the parts is decided elsewhere.

use std::net::{IpAddr, Ipv6Addr};

/// The parts of a URL, not decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts<'u> {
    /// What stands before `://`.
    pub(crate) scheme: &'u str,
    /// `user:password`, if there is an `@`.
    pub(crate) user_info: Option<&'u str>,
    /// The host with its port; several of them with commas between for PostgreSQL.
    pub(crate) hosts: &'u str,
    /// What follows from the first `/` on, without the query.
    pub(crate) path: &'u str,
    /// What follows `?`.
    pub(crate) query: &'u str,
}

/// Takes a URL apart the way libpq does, so that both see the same host.
pub(crate) fn split(url: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    let (user_info, rest) = match rest.find(['@', '/']).and_then(|at| rest.split_at_checked(at)) {
        Some((user_info, rest)) if rest.starts_with('@') => (Some(user_info), rest.strip_prefix('@')?),
        Some(_) | None => (None, rest),
    };
    let (hosts, rest) = rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len()))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Some(Parts {
        scheme,
        user_info,
        hosts,
        path,
        query,
    })
}

/// A host without its port and without the brackets of IPv6.
pub(crate) fn host_of(host_and_port: &str) -> &str {
    match host_and_port
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((address, _)) => address,
        None => host_and_port.split(':').next().unwrap_or_default(),
    }
}

/// Whether the host can be nothing but this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || match name.parse() {
            Ok(IpAddr::V4(address)) => address.is_loopback(),
            Ok(IpAddr::V6(address)) => {
                address.is_loopback()
                    || Ipv6Addr::to_ipv4_mapped(&address).is_some_and(|address| address.is_loopback())
            }
            Err(_) => false,
        }
}

/// `%2F` and the like replaced. What is not valid stays as it is.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        match rest {
            [b'%', high, low, tail @ ..] => {
                if let (Some(high), Some(low)) = (hex(*high), hex(*low)) {
                    bytes.push(high << 4 | low);
                    rest = tail;
                    continue;
                }
                bytes.push(b'%');
                rest = rest.split_first().map_or(&[][..], |(_, tail)| tail);
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                rest = tail;
            }
            [] => return String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let parts = split("postgres://u:p@h1:1,[::1]:2/db?host=a&x=/@").unwrap();
        assert_eq!(
            parts,
            Parts {
                scheme: "postgres",
                user_info: Some("u:p"),
                hosts: "h1:1,[::1]:2",
                path: "/db",
                query: "host=a&x=/@"
            }
        );
        let parts = split("https://h").unwrap();
        assert_eq!((parts.user_info, parts.hosts, parts.path), (None, "h", ""));
        assert_eq!(split("h:80/x"), None);
    }

    #[test]
    fn a_question_mark_in_the_password_does_not_hide_the_host() {
        let parts = split("postgres://u:p?host=localhost@db.example.com/d").unwrap();
        assert_eq!((parts.hosts, parts.query), ("db.example.com", ""));
    }

    #[test]
    fn a_host_loses_its_port_and_brackets() {
        for (text, host) in [
            ("h:1", "h"),
            ("h", "h"),
            ("[::1]:5", "::1"),
            ("[::1]", "::1"),
            ("", ""),
        ] {
            assert_eq!(host_of(text), host, "{text}");
        }
    }

    #[test]
    fn loopback_is_known_by_name_and_by_address() {
        for (host, expected) in [
            ("localhost", true),
            ("LOCALHOST.", true),
            ("scim.localhost", true),
            ("127.0.0.1", true),
            ("127.8.9.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("0.0.0.0", false),
            ("::", false),
            ("10.0.0.1", false),
            ("127.0.0.1.example.com", false),
            ("notlocalhost", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }

    #[test]
    fn percent_signs_are_decoded_where_they_are_valid() {
        for (text, expected) in [
            ("%2Fvar%2frun", "/var/run"),
            ("a%", "a%"),
            ("%zz%41", "%zzA"),
            ("%4", "%4"),
        ] {
            assert_eq!(percent_decoded(text), expected, "{text}");
        }
    }
}
