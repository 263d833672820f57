//! A gateway that people reach with a browser: the real binary at the address on which it listens, and accounts.

use std::{
    fs, thread,
    time::{Duration, Instant, SystemTime},
};

use serde_json::Value;
use wicketgate_testbed::{AuthenticatorApp, Database};

use crate::{
    chromium::{Browser, Scripts},
    client::text,
    harness::{Installation, Organization, Server},
};

/// How long anything may take on a machine that is busy with other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
pub(crate) const OWNER: &str = "olga@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// An installation that serves.
pub(crate) struct Gateway<'d> {
    database: &'d Database,
    installation: Installation<'d>,
    pub(crate) server: Server,
}

impl<'d> Gateway<'d> {
    /// Starts one on an empty database.
    pub(crate) fn start(database: &'d Database) -> Self {
        let installation = Installation::reached_at(database, None);
        let server = installation.serve();
        Self {
            database,
            installation,
            server,
        }
    }

    /// What its addresses begin with.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Runs an operator's command, which knows the address.
    pub(crate) fn run(&self, arguments: &[&str]) -> Value {
        self.run_with(arguments, "")
    }

    /// The same for a command that reads this from standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Value {
        let url = self.url();
        self.installation
            .run_with(&[arguments, &["--public-url", &url]].concat(), input)
    }

    /// The link that the start printed, by which the first operator comes in.
    pub(crate) fn first_run(&self) -> String {
        let printed = fs::read_to_string(self.database.dir().join("serve.out"));
        let printed = printed.expect("what the gateway prints is in a file");
        let line = printed.lines().next().expect("the gateway prints a line");
        let serving: Value = serde_json::from_str(line).expect("the gateway prints JSON");
        text(&serving, "/firstRunUrl")
    }

    /// Creates an organization with a service user and a token.
    pub(crate) fn organization(&self, name: &str) -> Organization {
        self.installation.organization(name)
    }

    /// Creates an organization with nothing in it.
    pub(crate) fn empty_organization(&self, name: &str) -> Organization {
        let org = self.run(&["org", "create", "--name", name]);
        Organization {
            id: text(&org, "/id"),
            public_base: text(&org, "/scimBaseUrl"),
            service_user: String::new(),
            token: String::new(),
        }
    }

    /// The SCIM base URL of an organization.
    pub(crate) fn scim_base(&self, organization: &Organization) -> String {
        format!("{}/scim/v2/{}", self.url(), organization.id)
    }

    /// A one-time link: an invitation to an organization.
    pub(crate) fn invitation(&self, organization: &Organization, email: &str, role: &str) -> String {
        let invite = ["account", "invite", "--org", &organization.id];
        let made = self.run(&[&invite[..], &["--email", email, "--role", role]].concat());
        text(&made, "/link")
    }

    /// A browser that nobody has signed in with.
    pub(crate) fn browser(&self, scripts: Scripts) -> Browser {
        Browser::new(&self.url(), scripts)
    }

    /// The browser of a new owner of the organization, who is signed in.
    pub(crate) fn owner(&self, organization: &Organization, scripts: Scripts) -> Browser {
        let browser = self.browser(scripts);
        let link = self.invitation(organization, OWNER, "org_owner");
        accept(&browser, &link, "Olga Owner");
        browser
    }
}

/// Accepts an invitation as somebody new, who is signed in then.
#[track_caller]
pub(crate) fn accept(browser: &Browser, link: &str, name: &str) {
    browser.open(link);
    browser.is_headed("Welcome");
    browser.fill("Your name", name);
    browser.fill("Password", PASSWORD);
    browser.click("Accept the invitation");
    browser.comes_in();
}

/// Signs in with the password, as far as that goes.
#[track_caller]
pub(crate) fn sign_in(browser: &Browser, email: &str) {
    browser.open("/console/sign-in");
    browser.is_headed("Sign in");
    browser.fill("E-mail address", email);
    browser.fill("Password", PASSWORD);
    browser.click("Sign in");
}

/// Waits until there is something to see beside the pages.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The code that an app shows so many seconds from now.
#[expect(
    clippy::disallowed_methods,
    reason = "the app on a phone and the binary have nothing in common but the time"
)]
pub(crate) fn code(app: &AuthenticatorApp, later: u64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    app.code_at(now.expect("it is later than 1970").as_secs() + later)
}

/// Makes two tests, `NAME::with_scripts` and `NAME::without_scripts`, of each scenario in the list. A scenario takes a
/// gateway that serves, and whether its browsers run scripts.
macro_rules! with_and_without_scripts {
    ($($scenario:ident),+ $(,)?) => {$(
        mod $scenario {
            use wicketgate_testbed::{Database, Engine};

            use crate::{chromium::Scripts, gateway::Gateway};

            #[test]
            fn with_scripts() {
                let database = Database::new(Engine::Sqlite);
                super::$scenario(&Gateway::start(&database), Scripts::On);
            }

            #[test]
            fn without_scripts() {
                let database = Database::new(Engine::Sqlite);
                super::$scenario(&Gateway::start(&database), Scripts::Off);
            }
        }
    )+};
}
pub(crate) use with_and_without_scripts;
