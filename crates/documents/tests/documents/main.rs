//! Documents as their readers get them: PDF files, read back by another program's library.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can not go on has failed")]

mod credential;
mod forms;
mod printed;
mod samples;
mod texts;

use lopdf::Document;

/// The words of a document, page after page, without the white space that lines and columns make.
fn words(pdf: &[u8]) -> String {
    pages(pdf).concat()
}

/// The words of each page.
fn pages(pdf: &[u8]) -> Vec<String> {
    let document = Document::load_mem(pdf).unwrap_or_else(|why| panic!("{why}"));
    let numbers = document.get_pages().into_keys();
    numbers.map(|page| document.extract_text(&[page]).unwrap_or_else(|why| panic!("{why}")).split_whitespace().collect()).collect()
}
