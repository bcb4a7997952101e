//! The program as its users see it: run as a process, with files, through one door.

mod bad_input;
mod books;
mod door;
mod formats;
mod gates;
mod people;
mod scale;
mod template;
mod trying;
mod usage;
