//! The listening server over TCP, for what an application in the same process does not show: bodies that never end,
//! answers without one, and bytes that are no text.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use actix_web::rt::{spawn, task::spawn_blocking};
use serde_json::{Value, json};
use wicketgate_http::Server;
use wicketgate_scim::{message::ERROR, schema::USER};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, TestOrg};

both_engines! {
    run with crate::harness::run:
    a_whole_request_is_answered_over_tcp,
    a_chunked_body_past_the_limit_is_given_up,
    a_declared_length_past_the_limit_is_refused_before_the_body_is_sent,
    an_answer_to_head_has_no_body,
    bytes_that_are_no_text_open_nothing,
    the_host_of_an_absolute_target_is_not_believed,
}

/// How long a test waits for the end of an answer before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

struct Reply {
    status: u16,
    /// In lower case.
    head: String,
    body: Vec<u8>,
}

impl Reply {
    #[track_caller]
    fn error(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.head);
        assert!(
            self.head.contains("content-type: application/scim+json"),
            "{}",
            self.head
        );
        assert!(self.head.contains("x-request-id: "), "{}", self.head);
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["schemas"], json!([ERROR]));
        assert_eq!(body["status"], status.to_string());
        body
    }
}

/// Starts a server, sends the bytes on one connection, and reads until the server closes it.
async fn exchange(gateway: &TestGateway, request: Vec<u8>) -> Reply {
    let server = Server::bind(gateway.surface(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), 1).unwrap();
    let addr = server.addr();
    let running = server.run();
    let handle = running.handle();
    let running = spawn(running);
    let answer = spawn_blocking(move || {
        let mut stream = TcpStream::connect(addr).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut sending = stream.try_clone().unwrap();
        // The server may answer and close before it has read everything.
        let sender = std::thread::spawn(move || drop(sending.write_all(&request)));
        let mut answer = Vec::new();
        let mut chunk = [0; 4_096];
        // A reset after the answer is how a server ends a connection whose request it did not read.
        while let Ok(read @ 1..) = stream.read(&mut chunk) {
            answer.extend_from_slice(&chunk[..read]);
        }
        sender.join().unwrap();
        answer
    })
    .await
    .unwrap();
    handle.stop(false).await;
    running.await.unwrap().unwrap();
    parsed(&answer)
}

fn parsed(answer: &[u8]) -> Reply {
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("an answer has a head");
    let head = std::str::from_utf8(&answer[..end]).unwrap().to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply {
        status,
        head,
        body: answer[end + 4..].to_vec(),
    }
}

fn request(org: &TestOrg, method: &str, endpoint: &str, headers: &str) -> String {
    format!(
        "{method} {} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nAuthorization: Bearer {}\r\n{headers}\r\n",
        org.path(endpoint),
        org.manager()
    )
}

async fn a_whole_request_is_answered_over_tcp(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({"schemas": [USER], "userName": "anna"}).to_string();
    let headers = format!("Content-Length: {}\r\n", user.len());
    let reply = exchange(
        &gateway,
        (request(&org, "POST", "/Users", &headers) + &user).into_bytes(),
    )
    .await;
    assert_eq!(reply.status, 201, "{}", reply.head);
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert!(
        reply
            .head
            .contains(&format!("content-length: {}", reply.body.len())),
        "{}",
        reply.head
    );
    assert_eq!(
        org.get(&format!("/Users/{}", body["id"].as_str().unwrap()))
            .await
            .json(),
        body
    );
}

async fn a_chunked_body_past_the_limit_is_given_up(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let before = org.latest_event().await;
    let mut bytes = request(&org, "POST", "/Users", "Transfer-Encoding: chunked\r\n").into_bytes();
    for _ in 0..=16 {
        bytes.extend_from_slice(b"10000\r\n");
        bytes.resize(bytes.len() + 0x1_0000, b' ');
        bytes.extend_from_slice(b"\r\n");
    }
    // The last chunk is missing: the answer does not wait for it.
    let reply = exchange(&gateway, bytes).await;
    assert!(reply.error(413)["detail"].as_str().unwrap().contains("1048576"));
    assert_eq!(org.latest_event().await, before);
}

async fn a_declared_length_past_the_limit_is_refused_before_the_body_is_sent(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (endpoint, length, limit) in [
        ("/Users", 1_048_577, "1048576"),
        ("/Groups", 16_777_217, "16777216"),
    ] {
        let head = request(&org, "POST", endpoint, &format!("Content-Length: {length}\r\n"));
        let reply = exchange(&gateway, head.into_bytes()).await;
        assert!(reply.error(413)["detail"].as_str().unwrap().contains(limit));
    }
}

async fn an_answer_to_head_has_no_body(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (endpoint, status) in [("/Me", 501), ("/Users", 405), ("/Nothing", 404)] {
        let reply = exchange(&gateway, request(&org, "HEAD", endpoint, "").into_bytes()).await;
        assert_eq!((reply.status, reply.body), (status, Vec::new()), "{endpoint}");
    }
}

async fn bytes_that_are_no_text_open_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut bytes = format!(
        "GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n",
        org.path("/Users")
    )
    .into_bytes();
    bytes.extend_from_slice(b"Authorization: Bearer \xff\xfe\xfd\r\n\r\n");
    exchange(&gateway, bytes).await.error(401);
}

async fn the_host_of_an_absolute_target_is_not_believed(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let plain = request(&org, "GET", &format!("/Users/{id}"), "");
    let absolute = plain.replacen("GET ", "GET http://evil.example", 1);
    for bytes in [plain, absolute] {
        let reply = exchange(&gateway, bytes.into_bytes()).await;
        assert_eq!(reply.status, 200, "{}", reply.head);
        let text = String::from_utf8(reply.body).unwrap();
        assert!(
            !text.contains("evil.example") && !reply.head.contains("evil.example"),
            "{text}"
        );
    }
}
