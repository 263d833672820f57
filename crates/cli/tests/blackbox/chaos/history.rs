//! What writers were told, held against what the database has.

use std::collections::{BTreeMap, BTreeSet};

use wicketgate_testbed::Postgres;

/// What one writer was told.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    /// The users whose creation was acknowledged: ids and user names.
    pub(super) created: BTreeMap<String, String>,
    /// The user names whose creation was refused for the moment, or not answered: they may be there.
    pub(super) perhaps: BTreeSet<String>,
    /// The users whose deletion was acknowledged.
    pub(super) deleted: BTreeSet<String>,
    /// The users whose deletion was refused for the moment, or not answered.
    pub(super) deleting: BTreeSet<String>,
    /// The user whose title it counts in, the last count that was acknowledged and the last that was sent.
    pub(super) counter: Option<Counter>,
    /// What was answered that must not be, such as 401.
    pub(super) wrong: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Counter {
    pub(super) user: String,
    pub(super) acknowledged: u64,
    pub(super) sent: u64,
}

/// What the database has.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    users: BTreeMap<String, Row>,
    /// How many events say that a user was created.
    creations: BTreeMap<String, u64>,
    /// The organizations whose events are not numbered one by one.
    gaps: u64,
}

#[derive(Debug, Clone, Default)]
struct Row {
    user_name: String,
    title: Option<u64>,
}

impl Found {
    /// Looks without the gateway.
    pub(super) fn in_postgres(server: &Postgres) -> Self {
        let number = |field: &Option<String>| field.as_deref().and_then(|text| text.parse().ok());
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let users = server.query("SELECT id, user_name, resource->>'title' FROM users WHERE live");
        let creations =
            server.query("SELECT resource_id, count(*) FROM events WHERE kind = 'user.created' GROUP BY 1");
        let gaps = server.query(
            "SELECT count(*) FROM (SELECT 1 FROM events GROUP BY org_id HAVING count(*) <> max(seq)) AS gaps",
        );
        Self {
            users: users
                .iter()
                .map(|row| {
                    let (user_name, title) = (text(&row[1]), number(&row[2]));
                    (text(&row[0]), Row { user_name, title })
                })
                .collect(),
            creations: creations
                .iter()
                .filter_map(|row| Some((text(&row[0]), number(&row[1])?)))
                .collect(),
            gaps: number(&gaps[0][0]).expect("a count is a number"),
        }
    }

    pub(super) fn users(&self) -> usize {
        self.users.len()
    }
}

/// Everything in which the database differs from what the writers may rely on.
pub(super) fn complaints(histories: &[History], found: &Found) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut known = BTreeSet::new();
    for history in histories {
        complaints.extend(history.wrong.iter().cloned());
        for (id, user_name) in &history.created {
            let is_there = found.users.get(id).is_some_and(|row| row.user_name == *user_name);
            let is_deleted = history.deleted.contains(id);
            if is_there && is_deleted {
                complaints.push(format!("the acknowledged deletion of {user_name} is lost"));
            }
            if !is_there && !is_deleted && !history.deleting.contains(id) {
                complaints.push(format!("the acknowledged user {user_name} is lost"));
            }
            known.insert(user_name);
        }
        known.extend(&history.perhaps);
        if let Some(counter) = &history.counter {
            let title = found
                .users
                .get(&counter.user)
                .and_then(|row| row.title)
                .unwrap_or(0);
            if !(counter.acknowledged..=counter.sent).contains(&title) {
                complaints.push(format!("the database counts {title}: {counter:?}"));
            }
        }
    }
    for (id, row) in &found.users {
        if !known.contains(&row.user_name) {
            complaints.push(format!("nobody has created {}", row.user_name));
        }
        match found.creations.get(id) {
            Some(1) => {}
            other => complaints.push(format!("{} was created {other:?} times", row.user_name)),
        }
    }
    if found.gaps > 0 {
        complaints.push("events are not numbered one by one".to_owned());
    }
    complaints
}

/// What makes a history, or what was found, wrong.
type Change<'c> = &'c dyn Fn(&mut History, &mut Found);

#[test]
fn a_lost_write_a_second_effect_and_a_wrong_answer_are_complained_of() {
    let history = History {
        created: [("1", "a"), ("2", "b")]
            .map(|(id, name)| (id.to_owned(), name.to_owned()))
            .into(),
        perhaps: ["c".to_owned()].into(),
        deleted: ["2".to_owned()].into(),
        counter: Some(Counter {
            user: "1".to_owned(),
            acknowledged: 4,
            sent: 5,
        }),
        ..History::default()
    };
    let row = |user_name: &str, title| Row {
        user_name: user_name.to_owned(),
        title,
    };
    let right = Found {
        users: [("1".to_owned(), row("a", Some(4)))].into(),
        creations: [("1".to_owned(), 1), ("2".to_owned(), 1)].into(),
        gaps: 0,
    };
    let judged = |change: &dyn Fn(&mut History, &mut Found)| {
        let (mut history, mut found) = (history.clone(), right.clone());
        change(&mut history, &mut found);
        complaints(&[history], &found).join("; ")
    };
    assert_eq!(judged(&|_, _| {}), "");
    let cases: [(Change<'_>, &str); 7] = [
        (&|_, found| found.users.clear(), "the acknowledged user a is lost"),
        (
            &|_, found| {
                found.users.insert("2".to_owned(), row("b", None));
            },
            "the acknowledged deletion of b is lost",
        ),
        (
            &|_, found| {
                found.creations.insert("1".to_owned(), 2);
            },
            "a was created Some(2) times",
        ),
        (
            &|_, found| {
                found.users.insert("3".to_owned(), row("d", None));
                found.creations.insert("3".to_owned(), 1);
            },
            "nobody has created d",
        ),
        (
            &|history, _| history.counter.as_mut().unwrap().acknowledged = 5,
            "the database counts 4",
        ),
        (&|_, found| found.gaps = 1, "not numbered"),
        (&|history, _| history.wrong.push("401".to_owned()), "401"),
    ];
    for (change, complaint) in cases {
        let judged = judged(change);
        assert!(judged.contains(complaint), "{complaint}: {judged}");
    }
}
