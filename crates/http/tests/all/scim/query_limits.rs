//! Queries of exactly their limit are answered. One past each is refused in `errors.rs`.

use wicketgate_testbed::both_engines;

use super::bad_requests::{filter_of_depth, filter_of_length, filter_of_terms};
use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    filters_of_exactly_the_limit_are_answered,
    sixteen_parameters_are_read,
    numbers_past_every_size_are_read_as_the_largest,
}

async fn filters_of_exactly_the_limit_are_answered(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("x").await;
    for (filter, total) in [
        (filter_of_length(4_096), 0),
        (filter_of_depth(12), 1),
        (filter_of_terms(64), 1),
    ] {
        let list = org.find("/Users", &filter).await.expect(200);
        assert_eq!(list.json()["totalResults"], total, "{filter}");
    }
}

async fn sixteen_parameters_are_read(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("a").await;
    org.user("b").await;
    let list = org
        .get(&format!("/Users?{}count=1", "x=1&".repeat(15)))
        .await
        .expect(200);
    assert_eq!(list.json()["itemsPerPage"], 1);
}

async fn numbers_past_every_size_are_read_as_the_largest(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.user("a").await;
    for number in [
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        &"9".repeat(400),
    ] {
        let all = org
            .get(&format!("/Users?count={number}"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (all["totalResults"].clone(), all["itemsPerPage"].clone()),
            (1.into(), 1.into())
        );
        let none = org
            .get(&format!("/Users?startIndex={number}"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (none["totalResults"].clone(), none["itemsPerPage"].clone()),
            (1.into(), 0.into())
        );
        let last = org
            .get(&format!("/Users?startIndex={number}&count={number}"))
            .await
            .expect(200)
            .json();
        assert_eq!(last["itemsPerPage"], 0);
    }
}
