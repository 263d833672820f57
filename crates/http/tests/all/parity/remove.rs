//! Row D3: `DELETE /Users/{id}`. D1 and D2 are in `strangers.rs`.

use wicketgate_testbed::both_engines;

use super::{created, full_user};
use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    d03_a_deleted_user_is_not_found,
}

async fn d03_a_deleted_user_is_not_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = created(&org, &full_user("anna")).await;
    let answer = org.delete(&endpoint).await.expect(204);
    assert!(answer.body.is_empty());
    refused(&org.get(&endpoint).await, 404, None, &[]);
    refused(&org.delete(&endpoint).await, 404, None, &[]);
    refused(&org.put(&endpoint, &full_user("anna")).await, 404, None, &[]);
    assert_eq!(org.get("/Users").await.expect(200).json()["totalResults"], 0);
}
