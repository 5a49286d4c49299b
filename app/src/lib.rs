//! The console's pages: rendered on the server, brought to life in the browser.
//!
//! Pages know the contract's views and server functions, never SQL, HTTP clients or secrets at rest.
//! The same crate is built twice: with `ssr` for the server and with `hydrate` for the browser.

#![forbid(unsafe_code)]
#![recursion_limit = "256"]

pub mod fault;
pub mod paths;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;
