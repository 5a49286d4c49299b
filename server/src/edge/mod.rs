//! What every request passes before it reaches a door, one concern a file.

pub mod client_ip;
pub mod draft;
pub mod headers;
pub mod origin;
pub mod session;
pub mod visitor;
