//! What a browser does with pages and forms, without the browser: it keeps cookies, fills in a form and sends it.
//! It follows redirects inside the gateway and shows where it is sent outside of it.

use std::{collections::BTreeMap, time::Duration};

use ureq::{Agent, http};

use crate::{
    client::Answer,
    harness::{PUBLIC_URL, Server},
};

/// A person's browser. It sees the gateway under its public address.
pub(crate) struct Browser {
    agent: Agent,
    address: String,
    cookies: BTreeMap<String, String>,
}

/// Where the browser has arrived.
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) answer: Answer,
}

impl Browser {
    pub(crate) fn new(server: &Server) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self {
            agent: config.new_agent(),
            address: server.address().to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// The values of the cookies that the browser holds.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.cookies.values().map(String::as_str)
    }

    /// Opens a page.
    pub(crate) fn open(&mut self, url: &str) -> Page {
        self.follow("GET", url, None)
    }

    /// Sends the form of the page that goes to a path like `action`, with these fields filled in.
    pub(crate) fn submit(&mut self, page: &Page, action: &str, filled: &[(&str, &str)]) -> Page {
        let text = page.text();
        let (target, mut fields) = forms(&text)
            .into_iter()
            .find(|(target, _)| target.contains(action))
            .unwrap_or_else(|| {
                panic!(
                    "{} ({}) has no form to {action}: {text}",
                    page.url, page.answer.status
                )
            });
        for (name, value) in filled {
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
        let body = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&");
        let target = if target.starts_with('/') {
            format!("{PUBLIC_URL}{target}")
        } else {
            target
        };
        self.follow("POST", &target, Some(body))
    }

    fn follow(&mut self, method: &str, url: &str, body: Option<String>) -> Page {
        let (mut url, mut answer) = (url.to_owned(), self.send(method, url, body));
        while let Some(next) = answer
            .header("location")
            .filter(|_| (300..400).contains(&answer.status))
        {
            url = if next.starts_with('/') {
                format!("{PUBLIC_URL}{next}")
            } else {
                next.to_owned()
            };
            if !url.starts_with(PUBLIC_URL) {
                break;
            }
            answer = self.send("GET", &url, None);
        }
        Page { url, answer }
    }

    fn send(&mut self, method: &str, url: &str, body: Option<String>) -> Answer {
        let path = url
            .strip_prefix(PUBLIC_URL)
            .unwrap_or_else(|| panic!("{url} is not of the gateway"));
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("Cookie", cookies.join("; "))
            .header("Sec-Fetch-Site", "same-origin");
        if body.is_some() {
            request = request
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", PUBLIC_URL);
        }
        let answer = match body {
            Some(body) => request
                .body(body)
                .map_err(Into::into)
                .and_then(|request| self.agent.run(request)),
            None => request
                .body(())
                .map_err(Into::into)
                .and_then(|request| self.agent.run(request)),
        };
        let (head, mut body) = answer
            .unwrap_or_else(|error| panic!("{method} {url}: {error}"))
            .into_parts();
        for cookie in head.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("a cookie is text");
            let (name, value) = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a cookie has a name");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.read_to_vec().expect("the page arrives whole"),
        }
    }
}

impl Page {
    /// Its source.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.answer.body).into_owned()
    }

    /// A parameter in the address.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.url.split_once('?')?;
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| decode(value))
    }
}

/// The forms of a page: where each goes, and the fields that it has with what they hold.
fn forms(page: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut forms: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    for tag in page.split('<').skip(1) {
        if tag.starts_with("form") {
            forms.push((attribute(tag, "action").unwrap_or_default(), BTreeMap::new()));
        } else if tag.starts_with("input")
            && let (Some((_, fields)), Some(name)) = (forms.last_mut(), attribute(tag, "name"))
        {
            fields.insert(name, attribute(tag, "value").unwrap_or_default());
        }
    }
    forms
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let value = value
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'");
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

/// Percent-encodes everything that is not a letter or digit.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn decode(text: &str) -> String {
    let mut decoded = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                let digits = String::from_utf8(digits).expect("two digits follow a percent sign");
                u8::from_str_radix(&digits, 16).expect("two digits follow a percent sign")
            }
            other => other,
        });
    }
    String::from_utf8(decoded).expect("the address is UTF-8")
}
