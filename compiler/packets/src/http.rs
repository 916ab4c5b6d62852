//! What do a request and its response look like? <https://www.rfc-editor.org/rfc/rfc9112>

use crate::Said;

/// A request, and the response if there was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub response: Option<Response>,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Such as `GET`.
    pub method: String,
    /// The path with its query, or the whole URL where a proxy is asked.
    pub target: String,
    /// Names and values, in the order in which they are sent; `Host` and `User-Agent` are headers like others.
    pub headers: Vec<(String, String)>,
    /// The body, whose length is added to the headers.
    pub body: Vec<u8>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Such as 200.
    pub status: u16,
    /// Such as `OK`.
    pub reason: String,
    /// Names and values, in the order in which they are sent.
    pub headers: Vec<(String, String)>,
    /// The body, whose length is added to the headers.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without body.
    #[must_use]
    pub fn get(host: &str, target: &str) -> Self {
        Self { method: "GET".to_owned(), target: target.to_owned(), headers: vec![("Host".to_owned(), host.to_owned())], body: Vec::new() }
    }

    /// A request with a body.
    #[must_use]
    pub fn post(host: &str, target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { method: "POST".to_owned(), body: body.into(), ..Self::get(host, target) }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// All headers, the body's length with them.
    #[must_use]
    pub fn sent_headers(&self) -> Vec<(String, String)> {
        with_length(&self.headers, &self.body, !self.body.is_empty())
    }

    /// What is sent.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        message(&format!("{} {} HTTP/1.1", self.method, self.target), &self.sent_headers(), &self.body)
    }
}

impl Response {
    /// A response that all is well.
    #[must_use]
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, reason: "OK".to_owned(), headers: Vec::new(), body: body.into() }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// All headers, the body's length with them.
    #[must_use]
    pub fn sent_headers(&self) -> Vec<(String, String)> {
        with_length(&self.headers, &self.body, true)
    }

    /// What is sent.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        message(&format!("HTTP/1.1 {} {}", self.status, self.reason), &self.sent_headers(), &self.body)
    }
}

impl Exchange {
    /// A request that is answered with a short text.
    #[must_use]
    pub fn of(request: Request) -> Self {
        Self { request, response: Some(Response::ok("ok").with("Content-Type", "text/plain")) }
    }
}

fn with_length(headers: &[(String, String)], body: &[u8], wanted: bool) -> Vec<(String, String)> {
    let mut out = headers.to_vec();
    if wanted && !out.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Length")) {
        out.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    out
}

fn message(first: &str, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut out = format!("{first}\r\n").into_bytes();
    for (name, value) in headers {
        out.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    out.extend(b"\r\n");
    out.extend_from_slice(body);
    out
}

pub(crate) fn said(exchanges: &[Exchange]) -> Vec<Said> {
    let mut out = Vec::new();
    for exchange in exchanges {
        out.push(Said::client(exchange.request.bytes()));
        out.extend(exchange.response.as_ref().map(|response| Said::server(response.bytes())));
    }
    out
}
