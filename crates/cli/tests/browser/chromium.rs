//! A headless Chromium with a profile of its own, and what a person does in it: open, read, type, click. Whatever is looked
//! for is waited for, because a page takes a moment; what does not come within the deadline fails the test.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    error::CmdError,
    key::Key,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::{
    runtime::{Builder, Runtime},
    time::sleep,
};
use url::{ParseError, Url};

use crate::{
    client::text,
    driver::{Driver, is_root},
    gateway::PATIENCE,
};

const PERIOD: Duration = Duration::from_millis(20);

/// A person's browser. It is closed when dropped.
pub(crate) struct Browser {
    runtime: Runtime,
    /// `None` only while it is dropped.
    client: Option<Client>,
    gateway: String,
}

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

/// Which of the two colour schemes a person prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Browser {
    /// Opens a browser on a gateway, whose address is given.
    pub(crate) fn new(gateway: &str, scripts: Scripts) -> Self {
        // What a container has of shared memory is too little.
        let mut arguments = vec![
            "--headless=new",
            "--disable-dev-shm-usage",
            "--window-size=1280,900",
        ];
        if is_root() {
            arguments.push("--no-sandbox");
        }
        let content = match scripts {
            Scripts::On => 1,
            Scripts::Off => 2,
        };
        let mut capabilities = Capabilities::new();
        capabilities.insert(
            "goog:chromeOptions".to_owned(),
            json!({
                "args": arguments,
                "prefs": {"profile.managed_default_content_settings.javascript": content},
            }),
        );
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let driver = Driver::of_this_process();
        let client = runtime
            .block_on(
                ClientBuilder::new(HttpConnector::new())
                    .capabilities(capabilities)
                    .connect(&driver.url),
            )
            .expect("ChromeDriver can start Chromium");
        Self {
            runtime,
            client: Some(client),
            gateway: gateway.to_owned(),
        }
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("the browser is open")
    }

    /// Runs one command of WebDriver, which has to succeed.
    #[track_caller]
    fn run<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> T {
        self.runtime
            .block_on(command)
            .unwrap_or_else(|error| panic!("at {}: {error}", self.place()))
    }

    /// Opens a page: a path of the gateway, or a whole address.
    #[track_caller]
    pub(crate) fn open(&self, page: &str) {
        let url = match page.strip_prefix('/') {
            Some(path) => format!("{}/{path}", self.gateway),
            None => page.to_owned(),
        };
        self.run(self.client().goto(&url));
    }

    /// The whole address of the page.
    pub(crate) fn address(&self) -> Url {
        let url = self.runtime.block_on(self.client().current_url());
        url.expect("the browser says where it is")
    }

    /// Where the browser is: the path, and the query if there is one.
    pub(crate) fn place(&self) -> String {
        let url = self.address();
        let query = url.query().map(|query| format!("?{query}"));
        format!("{}{}", url.path(), query.unwrap_or_default())
    }

    /// Waits until something is so. `what` says what, where it does not happen.
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            assert!(
                Instant::now() < deadline,
                "{what}: not within {PATIENCE:?} at {}, which says:\n{}",
                self.place(),
                self.text()
            );
            self.runtime.block_on(async { sleep(PERIOD).await });
        }
    }

    /// Waits for the page at this path, whatever its query.
    #[track_caller]
    pub(crate) fn arrives_at(&self, path: &str) {
        self.until(&format!("arriving at {path}"), || {
            let place = self.place();
            let (here, _) = place.split_once('?').unwrap_or((&place, ""));
            (here == path).then_some(())
        });
    }

    /// Waits for the first page of somebody who has just signed in: the only organization there is to see, or the list of
    /// them.
    #[track_caller]
    pub(crate) fn comes_in(&self) {
        self.until("coming in", || {
            let place = self.place();
            (place == "/console" || place.starts_with("/console/orgs/")).then_some(())
        });
    }

    /// Waits until the page has this heading.
    #[track_caller]
    pub(crate) fn is_headed(&self, heading: &str) {
        self.until(&format!("the heading {heading:?}"), || {
            (self.seen(Locator::Css("h1")).as_deref() == Some(heading)).then_some(())
        });
    }

    /// Waits until the page says each of these.
    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) {
        for word in words {
            self.until(&format!("the words {word:?}"), || {
                self.text().contains(word).then_some(())
            });
        }
    }

    /// What the page shows, as a person sees it.
    pub(crate) fn text(&self) -> String {
        self.seen(Locator::Css("body")).unwrap_or_default()
    }

    /// What the first element shows that this CSS selector picks, once there is one.
    #[track_caller]
    pub(crate) fn read(&self, selector: &str) -> String {
        self.until(&format!("an element {selector}"), || {
            self.seen(Locator::Css(selector))
        })
    }

    /// An attribute of the first element that this CSS selector picks, once both are there.
    #[track_caller]
    pub(crate) fn attribute(&self, selector: &str, attribute: &str) -> String {
        self.until(&format!("the attribute {attribute} of {selector}"), || {
            let element = self.found(Locator::Css(selector))?;
            self.runtime.block_on(element.attr(attribute)).ok().flatten()
        })
    }

    /// How many elements the page has that this CSS selector picks.
    #[track_caller]
    pub(crate) fn count(&self, selector: &str) -> usize {
        self.run(self.client().find_all(Locator::Css(selector))).len()
    }

    fn found(&self, locator: Locator<'_>) -> Option<Element> {
        self.runtime.block_on(self.client().find(locator)).ok()
    }

    /// The text of an element, if it is there now. An element of a page that is being left has none.
    fn seen(&self, locator: Locator<'_>) -> Option<String> {
        let element = self.found(locator)?;
        self.runtime.block_on(element.text()).ok()
    }

    /// The first element that is displayed, once there is one.
    #[track_caller]
    fn displayed(&self, what: &str, xpath: &str) -> Element {
        self.until(what, || {
            let elements = self
                .runtime
                .block_on(self.client().find_all(Locator::XPath(xpath)))
                .ok()?;
            elements
                .into_iter()
                .find(|element| self.runtime.block_on(element.is_displayed()).is_ok_and(|is| is))
        })
    }

    /// Clicks the button or link with this text, or with this label where it says something else to who does not see it.
    #[track_caller]
    pub(crate) fn click(&self, text: &str) {
        let text = quoted(text);
        let xpath = format!(
            "//*[self::a or self::button or self::summary][normalize-space() = {text} or @aria-label = {text}]"
        );
        let element = self.displayed(&format!("the button or link {text}"), &xpath);
        self.run(element.click());
    }

    /// The same for the first button or link whose text begins like this.
    #[track_caller]
    pub(crate) fn click_first(&self, beginning: &str) {
        let beginning = quoted(beginning);
        let xpath = format!("//*[self::a or self::button][starts-with(normalize-space(), {beginning})]");
        let element = self.displayed(&format!("a button or link {beginning}…"), &xpath);
        self.run(element.click());
    }

    /// Types into the field with this label, in the place of what is in it.
    #[track_caller]
    pub(crate) fn fill(&self, label: &str, text: &str) {
        let field = self.field(label);
        self.run(field.clear());
        self.run(field.send_keys(text));
    }

    /// Chooses from the list with this label.
    #[track_caller]
    pub(crate) fn choose(&self, label: &str, option: &str) {
        let list = self.field(label);
        self.run(list.select_by_label(option));
    }

    /// Turns the tick or the choice with this label on, or a tick off.
    #[track_caller]
    pub(crate) fn tick(&self, label: &str) {
        let tick = self.field(label);
        self.run(tick.click());
    }

    /// What is in the field with this label.
    #[track_caller]
    pub(crate) fn holds(&self, label: &str) -> String {
        let field = self.field(label);
        self.run(field.prop("value")).unwrap_or_default()
    }

    #[track_caller]
    fn field(&self, label: &str) -> Element {
        let label = quoted(label);
        let xpath = format!("//*[@id = //label[normalize-space() = {label}]/@for]");
        self.displayed(&format!("the field {label}"), &xpath)
    }

    /// Presses a key, wherever the focus is.
    #[track_caller]
    pub(crate) fn press(&self, key: Key) {
        let focused = self.run(self.client().active_element());
        self.run(focused.send_keys(&String::from(char::from(key))));
    }

    /// What the focus is on.
    #[track_caller]
    pub(crate) fn focused(&self) -> String {
        let focused = self.run(self.client().active_element());
        self.run(focused.text())
    }

    /// Runs a script in the page, beside the page's own. It works where pages may run none.
    #[track_caller]
    pub(crate) fn execute(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.run(self.client().execute(script, arguments))
    }

    /// Has the pages believe in a screen of this width, as phones do where it is small.
    #[track_caller]
    pub(crate) fn resize(&self, width: u32, height: u32) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}),
        );
    }

    /// Has the pages believe that the person prefers this scheme, and that nothing moves: a picture is of what stays.
    #[track_caller]
    pub(crate) fn prefer(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        self.devtools(
            "Emulation.setEmulatedMedia",
            &json!({"features": [
                {"name": "prefers-color-scheme", "value": value},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]}),
        );
    }

    /// What the whole page looks like at this width, as a PNG.
    #[track_caller]
    pub(crate) fn picture(&self, width: u32) -> Vec<u8> {
        let height = self.execute("return document.documentElement.scrollHeight;", Vec::new());
        let taken = self.devtools(
            "Page.captureScreenshot",
            &json!({
                "format": "png",
                "captureBeyondViewport": true,
                "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
            }),
        );
        STANDARD
            .decode(text(&taken, "/data"))
            .expect("Chromium sends Base64")
    }

    /// What the browser complains of since it was last asked: scripts that fail, and what the page's policy forbids.
    #[track_caller]
    pub(crate) fn complaints(&self) -> Vec<String> {
        let logged = self.run(self.client().issue_cmd(Extension {
            path: "se/log",
            body: json!({"type": "browser"}),
        }));
        let logged = logged.as_array().expect("a log is a list");
        logged.iter().map(|entry| text(entry, "/message")).collect()
    }

    /// One command of Chromium's own protocol.
    #[track_caller]
    fn devtools(&self, name: &'static str, parameters: &Value) -> Value {
        self.run(self.client().issue_cmd(Extension {
            path: "goog/cdp/execute",
            body: json!({"cmd": name, "params": parameters}),
        }))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // Where this fails, the watchdog of the driver ends the browser.
            let _ = self.runtime.block_on(client.close());
        }
    }
}

/// A string of XPath. There is no escaping in it.
fn quoted(text: &str) -> String {
    assert!(!text.contains('"'), "{text:?} cannot be written in XPath");
    format!("\"{text}\"")
}

/// What ChromeDriver does beyond WebDriver.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
