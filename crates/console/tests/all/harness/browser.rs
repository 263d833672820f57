//! A browser, as far as the pages can tell: it keeps cookies, says where a request comes from, and reads forms.

use std::collections::{BTreeMap, BTreeSet};

use url::form_urlencoded;

use super::{Events, TestConsole};

/// A page, or whatever else was answered.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Page {
    /// The value of a header that was sent at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(sent, _)| sent == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice: {self:?}");
        value
    }

    /// Every cookie that was set.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let set = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        set.map(|(_, value)| value.as_str()).collect()
    }

    /// Fails unless the status is the expected one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Fails unless the page says all of this.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(
                self.text.contains(word),
                "the page does not say {word:?}: {self:?}"
            );
        }
        self
    }

    /// Fails unless it leads to this path of ours.
    #[track_caller]
    pub(crate) fn leads_to(self, path: &str) -> Self {
        assert_eq!(self.status, 303, "{self:?}");
        let expected = format!("{}{path}", super::PUBLIC_URL);
        assert_eq!(self.header("location"), Some(expected.as_str()), "{self:?}");
        self
    }

    /// Where it leads.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        self.header("location").unwrap()
    }

    /// The value of the field of that name which comes first.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self
            .text
            .split_once(&start)
            .unwrap_or_else(|| panic!("no field {name}: {self:?}"))
            .1;
        unescape(rest.split('"').next().unwrap())
    }
}

/// What an attribute means.
pub(crate) fn unescape(text: &str) -> String {
    let mut text = text.to_owned();
    for (escaped, plain) in [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ] {
        text = text.replace(escaped, plain);
    }
    text
}

impl Page {
    /// The path of the next page of the list that is called this.
    pub(crate) fn next_of(&self, list: &str) -> Option<String> {
        let (_, pager) = self.text.split_once(&format!("aria-label=\"Pages of {list}\""))?;
        let pager = pager.split("</nav>").next()?;
        let link = pager.split("rel=\"next\"").next().filter(|link| *link != pager)?;
        let path = link.rsplit("href=\"").next()?.split('"').next()?;
        // What stands behind # is the browser's own.
        unescape(path).split('#').next().map(str::to_owned)
    }
}

/// Everything that `read` finds on the first page of a list, and on those behind. No entry comes twice.
pub(crate) async fn all_pages(
    browser: &mut Browser,
    first: &str,
    list: &str,
    read: impl Fn(&Page) -> Vec<String>,
) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next {
        let page = browser.get(&path).await.expect(200);
        all.extend(read(&page));
        next = page.next_of(list);
    }
    let once: BTreeSet<&String> = all.iter().collect();
    assert_eq!(once.len(), all.len(), "{all:?}");
    all
}

/// A browser of its own.
#[derive(Clone)]
pub(crate) struct Browser {
    console: TestConsole,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(console: &TestConsole) -> Self {
        Self {
            console: console.clone(),
            cookies: BTreeMap::new(),
        }
    }

    /// Looks at a page. Where the first page leads on to the only organization, it goes there, as browsers do.
    pub(crate) async fn get(&mut self, target: &str) -> Page {
        let none = [("sec-fetch-site", "none")];
        let page = self.send("GET", target, &none, None).await;
        let org = page
            .header("location")
            .and_then(|location| location.strip_prefix(super::PUBLIC_URL))
            .filter(|path| target == "/console" && path.starts_with("/console/orgs/"))
            .map(str::to_owned);
        match org {
            Some(path) => self.send("GET", &path, &none, None).await,
            None => page,
        }
    }

    /// Follows a stream of events.
    pub(crate) async fn follow(&self, target: &str, headers: &[(&str, &str)]) -> Events {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let mut headers = headers.to_vec();
        headers.extend([("cookie", cookies.as_str()), ("sec-fetch-site", "same-origin")]);
        self.console.follow(target, &headers).await
    }

    /// Sends a form of ours.
    pub(crate) async fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Page {
        self.post_with(target, &[("sec-fetch-site", "same-origin")], fields)
            .await
    }

    /// Sends a form with these headers.
    pub(crate) async fn post_with(
        &mut self,
        target: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Page {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send("POST", target, headers, Some(body)).await
    }

    /// Sends a form of the session, whose token is read from the account page.
    pub(crate) async fn submit(&mut self, target: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get("/console/account").await.expect(200).field("form_token");
        let fields: Vec<(&str, &str)> = std::iter::once(("form_token", token.as_str()))
            .chain(fields.iter().copied())
            .collect();
        self.post(target, &fields).await
    }

    /// Signs in with a password.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        self.post("/console/sign-in", &[("email", email), ("password", password)])
            .await
    }

    /// Sends a request, and keeps the cookies of the answer.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        let page = self.console.send(method, target, &headers, body).await;
        for cookie in page.cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        page
    }
}
