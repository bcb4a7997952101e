//! A browser without looks: requests over the network, a session, forms with their token.

use crate::town::PASSWORD;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const BOUNDARY: &str = "a-boundary";

/// An answer of the server.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.head.lines().find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)));
        found.map(|(_, value)| value).unwrap_or_default()
    }
}

/// Asks once. An answer that did not come whole is an error: nobody knows then whether it was done.
pub(crate) fn ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    // HTTP/1.0: one answer a connection, in one piece.
    let mut request = format!("{method} {path} HTTP/1.0\r\nhost: {address}\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(&[request.as_bytes(), body].concat())?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(cut)?;
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(cut)?;
    let answer = Answer { status, head, text: String::from_utf8_lossy(&all[end + 4..]).into_owned() };
    match answer.header("content-length").parse::<usize>() {
        Ok(length) if length != all.len() - end - 4 => Err(cut()),
        _ => Ok(answer),
    }
}

/// A value of a hidden field of a page.
pub(crate) fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap()
}

/// Somebody who is signed in; the session goes with him to another server.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) address: String,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser {
    pub(crate) fn sign_in(address: &str, login: &str) -> Self {
        let answer =
            ask(address, "POST", "/sign-in", &[("content-type", "application/x-www-form-urlencoded")], format!("login={login}&password={}&next=", PASSWORD.replace(' ', "+")).as_bytes()).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let page = ask(address, "GET", "/", &[("cookie", &cookie)], &[]).unwrap();
        Self { address: address.to_owned(), csrf: hidden(&page.text, "csrf").to_owned(), cookie }
    }

    pub(crate) fn get(&self, path: &str) -> io::Result<Answer> {
        ask(&self.address, "GET", path, &[("cookie", &self.cookie)], &[])
    }

    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let mut body = format!("csrf={}", self.csrf);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={value}"));
        }
        ask(&self.address, "POST", path, &[("cookie", &self.cookie), ("content-type", "application/x-www-form-urlencoded")], body.as_bytes())
    }

    /// Posts a form with a file.
    pub(crate) fn send(&self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> io::Result<Answer> {
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"proof.pdf\"\r\ncontent-type: application/pdf\r\n\r\n").bytes());
        body.extend(file);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
        ask(&self.address, "POST", path, &[("cookie", &self.cookie), ("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))], &body)
    }

    /// The version of the thing that a page shows; nothing where the server was busy.
    pub(crate) fn version(&self, path: &str) -> io::Result<Option<String>> {
        let answer = self.get(path)?;
        Ok((answer.status == 200).then(|| hidden(&answer.text, "version").to_owned()))
    }

    /// Declares a class of 2019 with a proof of its own; gives its case, nothing where the server was busy.
    pub(crate) fn declare(&self, serial: u64) -> io::Result<Option<i64>> {
        let fields = [
            ("title", "急救新技术培训班"),
            ("activity", "class"),
            ("subject", "specialised"),
            ("quantity", "1"),
            ("unit", "hours"),
            ("start", "2019-02-11"),
            ("end", "2019-02-11"),
            ("result", "pass"),
            ("kind-of-proof", "completion-certificate"),
            ("do", "save"),
        ];
        let answer = self.send("/declare", &fields, format!("%PDF-1.7 {serial}").as_bytes())?;
        match answer.status {
            503 => Ok(None),
            _ => Ok(Some(answer.header("location").strip_prefix("/records/").and_then(|case| case.parse().ok()).unwrap_or_else(|| panic!("{answer:?}")))),
        }
    }
}
