//! Three-way agreement: what a filter or an order means in memory, on SQLite and on PostgreSQL, for random resources and
//! random questions.

mod cases;
mod values;
mod world;

use std::sync::Arc;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::json;
use wicketgate_scim::{
    Mode, Object,
    filter::{check, matches, parse},
    schema::ResourceType,
    sort::{Sort, compare},
};

use self::{
    cases::{Case, any_case, of_numbers},
    world::{Shown, World},
};
use crate::{Query, SearchLimits, Window, db::search::Kind};

/// How many worlds are made; each is asked some twenty questions on both databases.
const CASES: u32 = 40;

/// The same worlds in each run. A failure is shrunk and printed.
fn runner() -> TestRunner {
    let config = Config {
        cases: CASES,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

/// Bounds under which everything is read in the smallest pieces.
fn in_small_pieces() -> SearchLimits {
    SearchLimits {
        piece: 2,
        candidates: 1,
        ..SearchLimits::default()
    }
}

#[test]
fn memory_and_both_databases_agree_on_filters_orders_and_walks() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let worlds = [
        World::pair(&SearchLimits::default()),
        World::pair(&in_small_pieces()),
    ];
    let strategy = any_case();
    let outcome = runner().run(&strategy, |case| {
        runtime.block_on(async {
            for pair in &worlds {
                let [sqlite, postgres] = pair;
                let known = [sqlite.settle(&case).await, postgres.settle(&case).await];
                for world in [sqlite, postgres] {
                    world.agrees(&case).await?;
                }
                if known[0] != known[1] {
                    return Err(TestCaseError::fail("the databases hold different resources"));
                }
            }
            Ok(())
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    // The questions are worth something: many of them select some resources and leave others out.
    for world in worlds.iter().flatten() {
        let (asked, telling) = world.asked();
        assert!(
            asked > 400 && telling > asked / 8,
            "{asked} questions, {telling} of them telling"
        );
    }
}

#[test]
fn numbers_are_compared_by_what_they_are_and_not_by_their_digits() {
    let numbers = [
        json!(i64::MAX),
        json!(i64::MAX - 1),
        json!(i64::MIN),
        json!(9_223_372_036_854_775_000_i64),
        json!(9_223_372_036_854_774_900_i64),
        json!(9.223_372_036_854_775e18),
        json!(-9.223_372_036_854_775e18),
        json!(9_007_199_254_740_993_i64),
        json!(9_007_199_254_740_992.0),
        json!(0),
        json!(-0.0),
        json!(0.300_000_000_000_000_04),
        json!(0.3),
        json!(5e-324),
        json!(1e300),
    ];
    let case = of_numbers(&numbers);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        for world in World::pair(&SearchLimits::default()) {
            assert_eq!(world.settle(&case).await.users.len(), numbers.len());
            world.agrees(&case).await.unwrap();
        }
    });
}

impl World {
    /// Asks everything that the case asks, and compares with what is in memory.
    async fn agrees(&self, case: &Case) -> Result<(), TestCaseError> {
        for kind in [Kind::User, Kind::Group] {
            let (rt, shown) = self.shown(kind).await;
            for text in case.filters(kind, &self.ids().await) {
                let Ok(filter) =
                    parse(&text, Mode::Strict).and_then(|filter| check(&rt, filter, Mode::Strict))
                else {
                    continue;
                };
                let expected: Vec<_> = shown
                    .iter()
                    .filter(|(_, resource)| matches(&rt, &filter, resource))
                    .map(|(id, _)| *id)
                    .collect();
                self.note(!expected.is_empty() && expected.len() < shown.len());
                let query = Query {
                    filter: Some(filter),
                    sort: None,
                    window: Window::first(1_000),
                    base: world::BASE.to_owned(),
                    memberships: false,
                };
                let found = self.found(kind, query).await?;
                if found.1 != expected || found.0 != expected.len() as u64 {
                    return Err(TestCaseError::fail(format!(
                        "{:?} {kind:?} {text}: {found:?} instead of {expected:?} of {shown:#?}",
                        self.engine
                    )));
                }
            }
            for (path, descending, count) in case.sorts(kind) {
                self.sorted(kind, &rt, &shown, &path, descending, count).await?;
            }
        }
        Ok(())
    }

    async fn sorted(
        &self,
        kind: Kind,
        rt: &Arc<ResourceType>,
        shown: &Shown,
        path: &str,
        descending: bool,
        count: u64,
    ) -> Result<(), TestCaseError> {
        let order = if descending { "descending" } else { "ascending" };
        let sort = Sort::parse(rt, path, Some(order)).unwrap();
        let mut expected: Vec<&(uuid::Uuid, Object)> = shown.iter().collect();
        expected.sort_by(|(a, first), (b, second)| {
            let ids = if descending { b.cmp(a) } else { a.cmp(b) };
            compare(rt, &sort, first, second).then(ids)
        });
        let expected: Vec<uuid::Uuid> = expected.into_iter().map(|(id, _)| *id).collect();
        let ask = |window| Query {
            filter: None,
            sort: Some(sort.clone()),
            window,
            base: world::BASE.to_owned(),
            memberships: false,
        };
        let mut by_index = Vec::new();
        let mut start_index = 1;
        while start_index <= expected.len() as u64 {
            let (total, page) = self
                .found(kind, ask(Window::Index { start_index, count }))
                .await?;
            if total != expected.len() as u64 {
                return Err(TestCaseError::fail(format!("{path}: {total} in all")));
            }
            start_index += count;
            by_index.extend(page);
        }
        let mut by_cursor = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.page(kind, ask(Window::Cursor { cursor, count })).await?;
            by_cursor.extend(page.resources.iter().map(crate::Resource::id));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        if by_index != expected || by_cursor != expected {
            return Err(TestCaseError::fail(format!(
                "{:?} {kind:?} sorted by {path} {order}: {by_index:?} and {by_cursor:?} instead of {expected:?} of {shown:#?}",
                self.engine
            )));
        }
        Ok(())
    }
}
