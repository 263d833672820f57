//! What the hot lookups cost: the databases themselves are asked which index drives each of them, and how many entries
//! it reads. Answers are not looked at here.

use std::sync::{Arc, Mutex};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _,
    connection::InstrumentationEvent,
    sql_query,
    sql_types::{BigInt, Text},
};
use serde_json::json;
use wicketgate_auth::{OsEntropy, Pepper, Peppers};
use wicketgate_scim::{
    Mode,
    filter::{check, parse},
    sort::Sort,
};
use wicketgate_testbed::{Database, both_engines};

use super::{
    Conn,
    search::{Kind, Part, Place, Scope},
};
use crate::{DatabaseOptions, Instance, Org, Sources, SystemClock};

both_engines! {
    run with crate::db::plan_tests::run:
    a_lookup_reads_what_it_finds,
    an_address_that_stands_in_for_a_name_is_looked_up,
    a_page_reads_what_it_shows,
    a_search_that_no_index_answers_is_told_apart,
}

#[derive(QueryableByName)]
struct CompileOption {
    #[diesel(sql_type = Text)]
    compile_options: String,
}

#[test]
fn a_plan_of_sqlite_does_not_depend_on_what_is_bound() {
    let mut conn = diesel::SqliteConnection::establish(":memory:").unwrap();
    let options: Vec<CompileOption> = sql_query("PRAGMA compile_options").load(&mut conn).unwrap();
    for wanted in ["ENABLE_QPSG", "THREADSAFE=2"] {
        assert!(
            options.iter().any(|option| option.compile_options == wanted),
            "{wanted} is missing: SQLite was not compiled as .cargo/config.toml says"
        );
    }
}

/// How many users each of two organizations has.
const USERS: usize = 300;
/// How many users a page shows.
const PAGE: u64 = 10;

fn run<F: Future<Output = ()>>(database: Database, scenario: impl FnOnce(Org) -> F) {
    let options = DatabaseOptions {
        migrate_url: database.owner_url(),
        ..DatabaseOptions::new(database.application_url())
    };
    Instance::migrate(&options).unwrap();
    let peppers = Peppers::new(Pepper::generate(1, &mut OsEntropy), Vec::new()).unwrap();
    let instance = Instance::open(
        &options,
        peppers,
        Sources::new(SystemClock, OsEntropy),
        std::sync::Arc::new(crate::Offline),
    )
    .unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut filled = None;
        for name in ["A", "B"] {
            let organization = instance.create_org(name).await.unwrap();
            let org = instance.org(organization.id).await.unwrap();
            fill(&org).await;
            filled = Some(org);
        }
        scenario(filled.unwrap()).await;
    });
    // What is connected goes before the database does.
    drop(instance);
    drop(database);
}

/// Everybody has every key: a path alone narrows nothing.
async fn fill(org: &Org) {
    let users = org.user_manager().unwrap().users();
    for number in 0..USERS {
        let body = json!({
            "userName": format!("user{number}"),
            "displayName": format!("User {number}"),
            "externalId": format!("external{number}"),
            "emails": [
                {"value": format!("user{number}@example.com"), "type": "work", "primary": true},
                {"value": format!("user{number}@example.org"), "type": "home"},
            ],
        });
        users.create(serde_json::from_value(body).unwrap()).await.unwrap();
    }
}

/// What a list is asked for.
#[derive(Clone)]
struct Question {
    filter: Option<String>,
    sort: Option<&'static str>,
    after: Option<Place>,
    take: u64,
    /// Whether an e-mail address stands in for a name.
    by_email: bool,
}

impl Question {
    fn lookup(filter: impl Into<String>) -> Self {
        Self {
            filter: Some(filter.into()),
            sort: None,
            after: None,
            take: 100,
            by_email: false,
        }
    }

    fn page(sort: Option<&'static str>, after: Option<Place>) -> Self {
        Self {
            filter: None,
            sort,
            after,
            take: PAGE,
            by_email: false,
        }
    }
}

/// What a list did in the database.
#[derive(Debug)]
struct Cost {
    /// Where each statement went, a line for each table: SQLite's plan, or the indexes that PostgreSQL used.
    plan: Vec<String>,
    /// Tables and indexes of users that were read as a whole, or for an organization as a whole.
    whole: Vec<String>,
    /// How many entries of tables and indexes were read; SQLite does not count them.
    read: Option<i64>,
    places: Vec<Place>,
}

/// Asks on a connection of the gateway's own, with the settings that it has there.
async fn ask(org: &Org, question: Question) -> Cost {
    let mut scope = org.scope("https://scim.example.com/scim/v2/acme".to_owned());
    scope.by_email = question.by_email;
    let rt = Arc::clone(org.user_type());
    let filter = question.filter.map(|text| {
        let filter = parse(&text, Mode::Strict).unwrap();
        check(&rt, filter, Mode::Strict).unwrap()
    });
    let sort = question
        .sort
        .map(|path| Sort::parse(&rt, path, Some("ascending")).unwrap());
    let (after, take) = (question.after, question.take);
    let work = move |conn: &mut Conn| {
        let part = Part {
            filter: filter.as_ref(),
            sort: sort.as_ref(),
            after: after.as_ref(),
            skip: 0,
            take,
            total: after.as_ref().map(|_| USERS as u64),
        };
        Ok(match conn {
            Conn::Sqlite(_) => planned(conn, &scope, part),
            Conn::Postgres(_) => counted(conn, &scope, part),
        })
    };
    org.shared.db.read(work).await.unwrap()
}

fn places(conn: &mut Conn, scope: &Scope, part: Part<'_>) -> Vec<Place> {
    let listed = scope.list(conn, Kind::User, part).unwrap();
    listed.resources.into_iter().map(|(place, _)| place).collect()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Lists, and has SQLite explain every statement of it.
fn planned(conn: &mut Conn, scope: &Scope, part: Part<'_>) -> Cost {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&statements);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            heard.lock().unwrap().push(query.to_string());
        }
    });
    let places = places(conn, scope, part);
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let mut plan = Vec::new();
    for statement in statements.lock().unwrap().iter() {
        // What is written behind the statement are its values.
        let (sql, _) = statement.rsplit_once("-- binds").unwrap();
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
        plan.extend(steps.into_iter().map(|step| step.detail));
    }
    let whole = plan
        .iter()
        .filter(|step| is_whole(step, &part))
        .cloned()
        .collect();
    Cost {
        plan,
        whole,
        read: None,
        places,
    }
}

/// Whether a step of SQLite's plan reads a table of users without a key to start from. A page starts at the first row of
/// its organization and ends when it is full, if the index has its order; a lookup never does.
fn is_whole(step: &str, part: &Part<'_>) -> bool {
    let is_walk = part.filter.is_none();
    let names_no_key = step.ends_with("(org_id=?)") || !step.contains("=?");
    let is_of_users = ["users", "user_keys", "user_external_ids", "found", "named"]
        .iter()
        .any(|table| {
            let mut words = step.split(' ');
            matches!(words.next(), Some("SCAN" | "SEARCH")) && words.next() == Some(table)
        });
    if is_walk {
        (is_of_users && step.starts_with("SCAN")) || step.contains("FOR ORDER BY")
    } else {
        (is_of_users && (step.starts_with("SCAN") || names_no_key)) || step.contains("user_keys_user")
    }
}

#[derive(QueryableByName)]
struct Reads {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    scans: i64,
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// What this transaction has read so far of each table and index of users.
const READS: &str = "SELECT relname::text AS name, relkind::text AS kind, pg_stat_get_xact_numscans(oid) AS scans, \
     pg_stat_get_xact_tuples_returned(oid) AS entries FROM pg_class \
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') AND relname LIKE 'user%' ORDER BY relname";

/// Lists, and has PostgreSQL count what was read for it.
fn counted(conn: &mut Conn, scope: &Scope, part: Part<'_>) -> Cost {
    conn.transaction(|conn| {
        let before: Vec<Reads> = sql_query(READS).load(conn)?;
        let places = places(conn, scope, part);
        let after: Vec<Reads> = sql_query(READS).load(conn)?;
        let mut cost = Cost {
            plan: Vec::new(),
            whole: Vec::new(),
            read: None,
            places,
        };
        let mut read = 0;
        for (before, after) in before.into_iter().zip(after) {
            assert_eq!(before.name, after.name);
            let (scans, entries) = (after.scans - before.scans, after.entries - before.entries);
            if scans == 0 {
                continue;
            }
            let step = format!("{}: {scans} times, {entries} entries", after.name);
            read += entries;
            // The scans that are counted for a table are those without an index.
            if after.kind == "r" || (part.filter.is_some() && after.name == "user_keys_user") {
                cost.whole.push(step.clone());
            }
            cost.plan.push(step);
        }
        cost.read = Some(read);
        Ok::<_, diesel::result::Error>(cost)
    })
    .unwrap()
}

async fn a_lookup_reads_what_it_finds(org: Org) {
    let first = ask(&org, Question::page(None, None)).await;
    let id = first.places[0].id;
    for filter in [
        r#"userName eq "USER7""#.to_owned(),
        r#"externalId eq "external7""#.to_owned(),
        r#"emails.value eq "user7@example.com""#.to_owned(),
        r#"emails eq "user7@example.com""#.to_owned(),
        r#"emails[type eq "work"].value eq "user7@example.com""#.to_owned(),
        r#"emails[type eq "work" and value eq "user7@example.com"]"#.to_owned(),
        r#"emails[primary eq true].value eq "user7@example.com""#.to_owned(),
        r#"userName eq "user7" or emails.value eq "user7@example.org""#.to_owned(),
        r#"active eq true and userName eq "user7""#.to_owned(),
        r#"displayName eq "User 7""#.to_owned(),
        format!("id eq \"{id}\""),
    ] {
        is_cheap(&org, Question::lookup(filter)).await;
    }
}

async fn an_address_that_stands_in_for_a_name_is_looked_up(org: Org) {
    for name in ["user7", "user7@example.com"] {
        let question = Question {
            by_email: true,
            ..Question::lookup(format!("userName eq \"{name}\""))
        };
        is_cheap(&org, question).await;
    }
}

async fn is_cheap(org: &Org, question: Question) {
    let asked = question.filter.clone().unwrap();
    let cost = ask(org, question).await;
    assert_eq!(cost.places.len(), 1, "{asked}");
    assert!(!cost.plan.is_empty(), "{asked}: nothing was seen");
    assert_eq!(cost.whole, Vec::<String>::new(), "{asked}: {:#?}", cost.plan);
    // The entry of the key, of the row, and of what the row is called outside; twice where two indexes are asked.
    assert!(cost.read.is_none_or(|read| read <= 8), "{asked}: {cost:#?}");
}

async fn a_page_reads_what_it_shows(org: Org) {
    for sort in [None, Some("userName")] {
        let first = ask(&org, Question::page(sort, None)).await;
        let next = ask(&org, Question::page(sort, first.places.last().cloned())).await;
        for (which, cost) in [("first", first), ("next", next)] {
            assert_eq!(cost.places.len() as u64, PAGE, "{which} {sort:?}");
            assert!(!cost.plan.is_empty(), "{which} {sort:?}: nothing was seen");
            assert_eq!(
                cost.whole,
                Vec::<String>::new(),
                "{which} {sort:?}: {:#?}",
                cost.plan
            );
            // Each user, and what it is called outside.
            assert!(
                cost.read.is_none_or(|read| read <= 3 * PAGE.cast_signed()),
                "{which} {sort:?}: {cost:#?}"
            );
        }
    }
}

/// The two above can fail.
async fn a_search_that_no_index_answers_is_told_apart(org: Org) {
    let cost = ask(&org, Question::lookup(r#"nickName eq "nobody""#)).await;
    let everybody = i64::try_from(USERS).unwrap();
    assert!(
        !cost.whole.is_empty() || cost.read.is_some_and(|read| read >= everybody),
        "{cost:#?}"
    );
}
