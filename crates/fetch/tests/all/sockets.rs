//! Sockets that really listen, and a resolver that answers what it was told.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use wicketgate_fetch::{Resolve, Resolving, Rules};

pub(crate) const ROOT: &str = include_str!("certificates/test-root.pem");
const SERVER: &[u8] = include_bytes!("certificates/test-server.pem");
pub(crate) const SERVER_KEY: &[u8] = include_bytes!("certificates/test-server-key.pem");

/// Answers each look-up with the next list of addresses, and the last one for ever.
pub(crate) struct Answers(Mutex<VecDeque<Vec<SocketAddr>>>);

impl Answers {
    pub(crate) fn new(answers: impl IntoIterator<Item = Vec<SocketAddr>>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(answers.into_iter().collect())))
    }
}

impl Resolve for Answers {
    fn resolve(&self, _: &str) -> Resolving {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 {
            answers.pop_front()
        } else {
            answers.front().cloned()
        };
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no answer")) })
    }
}

pub(crate) fn rules(port: u16, allowed: &[&str]) -> Rules {
    Rules {
        extra_root_certificates: vec![ROOT.to_owned()],
        allowed_private_hosts: allowed.iter().map(|&host| host.to_owned()).collect(),
        allowed_ports: vec![port],
        ..Rules::default()
    }
}

pub(crate) fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(Vec::new()).unwrap()
}

pub(crate) async fn listen(address: IpAddr) -> TcpListener {
    TcpListener::bind((address, 0)).await.unwrap()
}

/// Whether nobody ever connected. Every request to it has ended, so that whoever connected stands in the queue.
pub(crate) fn untouched(listener: TcpListener) -> bool {
    let listener = listener.into_std().unwrap();
    matches!(listener.accept(), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// Serves one connection with this answer over TLS and gives back what was asked.
pub(crate) fn serve_once(listener: TcpListener, answer: Vec<u8>) -> tokio::task::JoinHandle<String> {
    let certificate = CertificateDer::from_pem_slice(SERVER).unwrap();
    let key = PrivateKeyDer::from_pem_slice(SERVER_KEY).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(stream).await else {
            return String::new();
        };
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if stream.read(&mut byte).await.unwrap_or(0) == 0 {
                break;
            }
            asked.extend(byte);
        }
        // The client hangs up in the middle of what is too long for it.
        let _ = stream.write_all(&answer).await;
        let _ = stream.shutdown().await;
        String::from_utf8(asked).unwrap()
    })
}

pub(crate) fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    [
        format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes(),
        body,
    ]
    .concat()
}
