//! HTTP/1.1 with as little work as a client can do, so that the server's share of the machine stays large.

use crate::Res;
use crate::target::Tenant;
use std::io::Write as _;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One kept-alive HTTP/1.1 connection, which is opened again when the server closes it.
pub(crate) struct Conn {
    pub(crate) address: String,
    pub(crate) stream: Option<TcpStream>,
    pub(crate) out: Vec<u8>,
    pub(crate) buf: Vec<u8>,
    pub(crate) decoded: Vec<u8>,
    pub(crate) body: BodyAt,
    pub(crate) timeout: Duration,
    pub(crate) opened: u64,
    pub(crate) bytes_in: u64,
}

pub(crate) enum BodyAt {
    Buf(usize, usize),
    Decoded,
}

impl Conn {
    pub(crate) fn new(address: &str, timeout: Duration) -> Conn {
        Conn {
            address: address.to_string(),
            stream: None,
            out: vec![],
            buf: Vec::with_capacity(16 * 1024),
            decoded: vec![],
            body: BodyAt::Buf(0, 0),
            timeout,
            opened: 0,
            bytes_in: 0,
        }
    }

    pub(crate) fn body(&self) -> &[u8] {
        match self.body {
            BodyAt::Buf(from, to) => &self.buf[from..to],
            BodyAt::Decoded => &self.decoded,
        }
    }

    /// Sends one request and reads the whole answer; returns its status.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        tenant: &Tenant,
        path: &str,
        content: Option<(&str, &str)>,
    ) -> Res<u16> {
        self.out.clear();
        let _ = write!(
            self.out,
            "{method} {}{path} HTTP/1.1\r\n{}",
            tenant.path, tenant.headers
        );
        match content {
            Some((kind, body)) => {
                let _ = write!(
                    self.out,
                    "Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                self.out.extend_from_slice(body.as_bytes());
            }
            None => self.out.extend_from_slice(b"\r\n"),
        }
        let reused = self.stream.is_some();
        let timeout = self.timeout;
        let mut result = tokio::time::timeout(timeout, self.exchange()).await;
        // A server may close an idle connection just as it is used: one new try, for reads only.
        if reused && method == "GET" && matches!(result, Ok(Err(_))) && self.buf.is_empty() {
            self.stream = None;
            result = tokio::time::timeout(timeout, self.exchange()).await;
        }
        match result {
            Ok(Ok(status)) => Ok(status),
            Ok(Err(e)) => {
                self.stream = None;
                Err(format!("connection: {e}"))
            }
            Err(_) => {
                self.stream = None;
                Err("timeout".into())
            }
        }
    }

    pub(crate) async fn exchange(&mut self) -> std::io::Result<u16> {
        self.buf.clear();
        self.body = BodyAt::Buf(0, 0);
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
            self.opened += 1;
        }
        let out = std::mem::take(&mut self.out);
        let written = self.stream.as_mut().expect("open").write_all(&out).await;
        self.out = out;
        written?;
        let bad = |m: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, m.to_string());
        enum Framing {
            Length(usize),
            Chunked,
            UntilClose,
        }
        let (status, head, framing, mut close) = loop {
            self.fill(16 * 1024).await?;
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut response = httparse::Response::new(&mut headers);
            let parsed = response.parse(&self.buf).map_err(|e| bad(&e.to_string()))?;
            let httparse::Status::Complete(head) = parsed else {
                continue;
            };
            let status = response.code.unwrap_or(0);
            let mut framing = Framing::UntilClose;
            let mut close = response.version == Some(0);
            for h in response.headers.iter() {
                if h.name.eq_ignore_ascii_case("content-length") {
                    let n = std::str::from_utf8(h.value)
                        .ok()
                        .and_then(|v| v.trim().parse().ok());
                    framing = Framing::Length(n.ok_or_else(|| bad("content-length"))?);
                } else if h.name.eq_ignore_ascii_case("transfer-encoding") {
                    framing = Framing::Chunked;
                } else if h.name.eq_ignore_ascii_case("connection") {
                    close = h.value.eq_ignore_ascii_case(b"close");
                }
            }
            if status == 204 || status == 304 {
                framing = Framing::Length(0);
            }
            if (100..200).contains(&status) {
                self.buf.drain(..head);
                continue;
            }
            break (status, head, framing, close);
        };
        match framing {
            Framing::Length(n) => {
                while self.buf.len() < head + n {
                    let missing = head + n - self.buf.len();
                    self.fill(missing).await?;
                }
                self.body = BodyAt::Buf(head, head + n);
            }
            Framing::Chunked => {
                self.decoded.clear();
                let mut at = head;
                loop {
                    match httparse::parse_chunk_size(&self.buf[at..]).map_err(|_| bad("chunk size"))? {
                        httparse::Status::Partial => self.fill(16 * 1024).await?,
                        httparse::Status::Complete((line, size)) => {
                            let (from, size) = (at + line, size as usize);
                            while self.buf.len() < from + size + 2 {
                                let missing = from + size + 2 - self.buf.len();
                                self.fill(missing).await?;
                            }
                            if size == 0 {
                                break;
                            }
                            self.decoded.extend_from_slice(&self.buf[from..from + size]);
                            at = from + size + 2;
                        }
                    }
                }
                self.body = BodyAt::Decoded;
            }
            Framing::UntilClose => {
                close = true;
                while self.fill(16 * 1024).await.is_ok() {}
                self.body = BodyAt::Buf(head, self.buf.len());
            }
        }
        self.bytes_in += self.buf.len() as u64;
        if close {
            self.stream = None;
        }
        Ok(status)
    }

    pub(crate) async fn fill(&mut self, room: usize) -> std::io::Result<()> {
        self.buf.reserve(room.max(4096));
        match self
            .stream
            .as_mut()
            .expect("open")
            .read_buf(&mut self.buf)
            .await?
        {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}
