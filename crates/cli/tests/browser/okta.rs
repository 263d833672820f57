//! Okta, as far as a gateway sees it: the requests of an app of its integration wizard, in their order and with their headers.
//! It knows what an admin has pasted into its form, and nothing else.

use serde_json::{Value, json};

use crate::client::{Answer, Client, text};

/// What an app of Okta does with one SCIM base URL and one token.
pub(crate) struct Okta {
    client: Client,
}

impl Okta {
    /// The form, filled in: "SCIM connector base URL" and "Authorization", before which Okta writes "Bearer".
    pub(crate) fn new(base_url: &str, token: &str) -> Self {
        Self {
            client: Client::new(base_url.to_owned(), format!("Bearer {token}")),
        }
    }

    /// "Test Connector Configuration", and each saving of the form.
    pub(crate) fn test_connection(&self) -> u16 {
        self.ask("GET", "/Users?startIndex=1&count=2", None).status
    }

    /// Assigns a person: looks for the user name and creates who is not there. The answer is the user's id.
    pub(crate) fn assign(&self, user_name: &str, given: &str, family: &str) -> String {
        let found = self
            .ask("GET", &look_up("Users", "userName", user_name), None)
            .expect(200);
        assert_eq!(found.json()["totalResults"], 0, "{found}");
        let new = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": user_name,
            "name": {"givenName": given, "familyName": family},
            "emails": [{"primary": true, "value": user_name, "type": "work"}],
            "displayName": format!("{given} {family}"),
            "locale": "en-US",
            "externalId": "00ujl29u0le5T6Aj10h7",
            "groups": [],
            // Random, and always there.
            "password": "1mz050nq",
            "active": true,
        });
        self.ask("POST", "/Users", Some(&new)).expect(201).id()
    }

    /// Assigns somebody whose user name is taken by a user that Okta does not find, as when two apps push into one
    /// organization at a time. The status is Okta's task that failed.
    pub(crate) fn assign_blindly(&self, user_name: &str) -> u16 {
        let new = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": user_name,
            "name": {"givenName": "Some", "familyName": "Body"},
            "emails": [{"primary": true, "value": user_name, "type": "work"}],
            "active": true,
        });
        self.ask("POST", "/Users", Some(&new)).status
    }

    /// Pushes a changed profile: reads the user and sends everything back with the change.
    pub(crate) fn push_profile(&self, user: &str, attribute: &str, value: &Value) {
        let path = format!("/Users/{user}");
        let mut profile = self.ask("GET", &path, None).expect(200).json();
        profile[attribute] = value.clone();
        self.ask("PUT", &path, Some(&profile)).expect(200);
    }

    /// Unassigns a person.
    pub(crate) fn deactivate(&self, user: &str) {
        self.push_profile(user, "active", &json!(false));
    }

    /// Pushes a group with its members, as it does for the first time.
    pub(crate) fn push_group(&self, name: &str, members: &[&str]) {
        let found = self
            .ask("GET", &look_up("Groups", "displayName", name), None)
            .expect(200);
        assert_eq!(found.json()["totalResults"], 0, "{found}");
        let schemas = json!(["urn:ietf:params:scim:schemas:core:2.0:Group"]);
        let new = json!({"schemas": schemas, "displayName": name, "members": []});
        let id = self.ask("POST", "/Groups", Some(&new)).expect(201).id();
        let path = format!("/Groups/{id}");
        let group = self.ask("GET", &path, None).expect(200).json();
        let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        let whole = json!({
            "schemas": schemas, "id": text(&group, "/id"), "displayName": name, "members": members,
        });
        self.ask("PUT", &path, Some(&whole)).expect(200);
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let mut headers = vec![
            ("Accept", "application/scim+json"),
            ("Accept-Charset", "utf-8"),
            ("User-Agent", "Okta SCIM Client 1.0.0"),
        ];
        if body.is_some() {
            headers.push(("Content-Type", "application/scim+json; charset=utf-8"));
        }
        let headers: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let body = body.map(|body| body.to_string().into_bytes());
        self.client
            .send(method, path, &headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }
}

fn look_up(resources: &str, attribute: &str, value: &str) -> String {
    let value = value.replace('@', "%40").replace(' ', "%20");
    format!("/{resources}?filter={attribute}%20eq%20%22{value}%22&startIndex=1&count=100")
}
