//! `kill -9` under load, again and again on one SQLite database: what was acknowledged is there, and what was not is
//! there whole or not at all. The machine itself keeps running: whether data survives a power cut is a matter of the
//! `synchronous` setting, which no test without a plug can tell.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use wicketgate_testbed::{Database, Engine};

use crate::{
    client::{Client, text, user},
    harness::Installation,
};

const KILLS: usize = 50;
const WRITERS: usize = 4;
/// Decides when the gateway is killed. Another number is another test.
const SEED: u64 = 0x5ca1_ab1e;
/// How many writes are acknowledged before a kill, at most.
const MOST_WRITES: u64 = 60;
/// How long after the last of them the kill comes, at most: somewhere in the midst of the next writes.
const MOST_DELAY_MICROSECONDS: u64 = 4_000;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[test]
fn what_was_acknowledged_survives_kill_9_and_no_patch_is_half_applied() {
    let database = Database::new(Engine::Sqlite);
    let installation = Installation::new(&database);
    let organization = installation.organization("Acme");
    let mut random = Random(SEED);

    let server = installation.serve();
    let client = server.client(&organization);
    let group = client.create_group("Everybody");
    let mut writers: Vec<Writer> = (0..WRITERS)
        .map(|number| Writer::new(number, &client, &group))
        .collect();
    server.kill();

    for kill in 0..KILLS {
        let server = installation.serve();
        let client = server.client(&organization);
        verify(&mut writers, &client, &group);

        let load = 1 + random.below(MOST_WRITES);
        let delay = Duration::from_micros(random.below(MOST_DELAY_MICROSECONDS));
        let (acknowledge, acknowledged) = mpsc::channel();
        thread::scope(|scope| {
            for writer in &mut writers {
                let (client, acknowledge) = (client.clone(), acknowledge.clone());
                scope.spawn(move || writer.write(&client, &acknowledge));
            }
            drop(acknowledge);
            for _ in 0..load {
                let waited = acknowledged.recv();
                assert!(
                    waited.is_ok(),
                    "before kill {kill} the gateway stopped answering by itself"
                );
            }
            pass(&acknowledged, delay);
            server.kill();
        });
    }

    let server = installation.serve();
    let client = server.client(&organization);
    verify(&mut writers, &client, &group);
    let users = all_users(&client);
    let mut acknowledged = 0;
    for (id, user_name) in writers.iter().flat_map(|writer| &writer.created) {
        assert_eq!(
            users.get(id),
            Some(user_name),
            "a user whose creation was acknowledged is lost"
        );
        acknowledged += 1;
    }
    // Each writer has patched one more user, and with each kill may have created one more without hearing of it.
    let most = acknowledged + WRITERS + WRITERS * KILLS;
    assert!(
        users.len() <= most,
        "{} users, of {acknowledged} acknowledged",
        users.len()
    );
    assert!(
        acknowledged >= KILLS,
        "only {acknowledged} users in {KILLS} rounds: that was no load"
    );
    server.stop();
    check_file(&database);
    println!(
        "{acknowledged} creations acknowledged around {KILLS} kills, {} users",
        users.len()
    );
}

/// One client that writes, and what it may rely on.
struct Writer {
    number: usize,
    /// The user whose attributes it changes together.
    patched: String,
    group: String,
    /// How often it has patched: acknowledged at least, and attempted.
    counted: u64,
    attempted: u64,
    /// The users it has created: ids and user names. Those from `unverified` on since the last kill.
    created: Vec<(String, String)>,
    unverified: usize,
    /// The members it has added, and one that it was about to.
    added: BTreeSet<String>,
    adding: Option<String>,
    /// Counts its writes, so that it never uses a user name twice.
    writes: u64,
}

impl Writer {
    fn new(number: usize, client: &Client, group: &str) -> Self {
        let patched = client.create_user(&format!("patched{number}@x.test"));
        let answer = client.patch(&format!("/Users/{patched}"), &patch(0));
        answer.expect(200);
        Self {
            number,
            patched,
            group: group.to_owned(),
            counted: 0,
            attempted: 0,
            created: Vec::new(),
            unverified: 0,
            added: BTreeSet::new(),
            adding: None,
            writes: 0,
        }
    }

    /// Writes until there is no answer. Any answer that is not the expected one is a failure.
    fn write(&mut self, client: &Client, acknowledge: &Sender<()>) {
        while self.write_once(client).is_ok() {
            // The receiver goes before the last writer does.
            let _ = acknowledge.send(());
        }
    }

    fn write_once(&mut self, client: &Client) -> Result<(), ureq::Error> {
        self.writes += 1;
        let newest = self
            .created
            .last()
            .map(|(id, _)| id.clone())
            .filter(|id| !self.added.contains(id));
        match (self.writes % 2, newest) {
            (0, _) => {
                self.attempted += 1;
                let path = format!("/Users/{}", self.patched);
                client
                    .try_json("PATCH", &path, &patch(self.attempted))?
                    .expect(200);
                self.counted = self.attempted;
            }
            (_, Some(member)) => {
                self.adding = Some(member.clone());
                let body = json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [{"op": "add", "path": "members", "value": [{"value": member}]}],
                });
                client
                    .try_json("PATCH", &format!("/Groups/{}", self.group), &body)?
                    .expect(204);
                self.added.extend(self.adding.take());
            }
            (_, None) => {
                let user_name = format!("user{}.{}@x.test", self.number, self.writes);
                let answer = client.try_json("POST", "/Users", &user(&user_name))?.expect(201);
                self.created.push((answer.id(), user_name));
            }
        }
        Ok(())
    }
}

/// Three operations that belong together.
fn patch(counter: u64) -> Value {
    let counter = counter.to_string();
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            {"op": "replace", "path": "title", "value": counter},
            {"op": "replace", "value": {ENTERPRISE: {"department": counter}}},
            {"op": "add", "path": "name.middleName", "value": counter},
        ],
    })
}

/// Everything that was acknowledged is there, and nothing is there by halves.
fn verify(writers: &mut [Writer], client: &Client, group: &str) {
    let members: BTreeSet<String> = client.members(group).into_iter().collect();
    let mut known = BTreeSet::new();
    for writer in writers {
        let patched = client
            .get(&format!("/Users/{}", writer.patched))
            .expect(200)
            .json();
        let counter = text(&patched, "/title");
        let others = [
            text(&patched[ENTERPRISE], "/department"),
            text(&patched, "/name/middleName"),
        ];
        assert_eq!(others, [&*counter, &*counter], "a PATCH is half applied");
        let counter: u64 = counter.parse().expect("a number");
        assert!(
            (writer.counted..=writer.attempted).contains(&counter),
            "the counter is {counter}; acknowledged was {}, attempted {}",
            writer.counted,
            writer.attempted
        );
        writer.counted = counter;
        writer.attempted = counter;

        for (id, user_name) in &writer.created[writer.unverified..] {
            let found = client.get(&format!("/Users/{id}")).expect(200).json();
            assert_eq!(text(&found, "/userName"), *user_name);
        }
        if let Some((id, user_name)) = writer.created[writer.unverified..].last() {
            // What lookups go by was written along with the user.
            let path = format!(
                "/Users?filter=emails.value%20eq%20%22{}%22",
                user_name.replace('@', "%40")
            );
            assert_eq!(
                text(&client.get(&path).expect(200).json(), "/Resources/0/id"),
                *id
            );
        }
        writer.unverified = writer.created.len();

        // The one that was on its way has come or not; from now on it stays that way.
        writer
            .added
            .extend(writer.adding.take().filter(|member| members.contains(member)));
        known.extend(writer.added.iter().cloned());
    }
    assert_eq!(
        members, known,
        "the group has exactly the members that were added"
    );
}

/// All users by id, page by page.
fn all_users(client: &Client) -> BTreeMap<String, String> {
    let mut users = BTreeMap::new();
    loop {
        let path = format!(
            "/Users?startIndex={}&count=1000&attributes=userName",
            users.len() + 1
        );
        let page = client.get(&path).expect(200).json();
        let resources = page["Resources"].as_array().expect("an array");
        for user in resources {
            users.insert(text(user, "/id"), text(user, "/userName"));
        }
        if resources.is_empty() {
            assert_eq!(
                page["totalResults"],
                json!(users.len()),
                "the total is that of the users there are"
            );
            return users;
        }
    }
}

/// Looks into the file without the gateway: SQLite finds no damage, and the events are numbered without a gap.
fn check_file(database: &Database) {
    const LOOK: &str = "
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
rows = lambda statement: [list(row) for row in database.execute(statement)]
print(json.dumps({
    'integrity': rows('PRAGMA integrity_check'),
    'danglingKeys': rows('PRAGMA foreign_key_check'),
    'eventGaps': rows('SELECT count(*), max(seq) FROM events GROUP BY org_id HAVING count(*) <> max(seq)'),
}))";
    let url = database.url();
    let path = url.strip_prefix("sqlite://").expect("a SQLite database");
    let output = Command::new("python3")
        .args(["-c", LOOK, path])
        .output()
        .expect("python3 is installed");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON"),
        json!({"integrity": [["ok"]], "danglingKeys": [], "eventGaps": []})
    );
}

/// Lets a little time go by, while acknowledgements come in.
fn pass(acknowledged: &Receiver<()>, time: Duration) {
    let deadline = Instant::now() + time;
    while acknowledged
        .recv_timeout(deadline.saturating_duration_since(Instant::now()))
        .is_ok()
    {
        if Instant::now() >= deadline {
            return;
        }
    }
}

/// Numbers that look random and are the same in every run: a counter, mixed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
