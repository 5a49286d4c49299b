//! The data plane: the path of one call, from a program's key to a provider and back, held and settled.
//!
//! [`Gateway::start`] makes a node, [`router`] gives its routes, [`Gateway::drain`] stops it. The path
//! itself is one sequential function in `serve`; each step consumes the proof of the one before it, so
//! that none can be skipped: what has no durable hold cannot be sent.
//!
//! This crate knows no SQL and no pages. It alone reaches providers, and only `upstream` knows what they
//! speak. On the path of a call it asks the database for one thing, the hold; and where a call goes on from
//! an answer that one account keeps, for that account.

#![forbid(unsafe_code)]

mod doors;
mod gateway;
mod serve;

mod admit;
mod ask;
mod authenticate;
mod deliver;
mod mask;
mod redact;
mod route;
mod screen;
mod second;
mod send;
mod settle;

mod attempt;
mod backoff;
mod decision;
mod line;
mod order;
mod origin;
mod patience;
mod stream;
mod translate;
mod upstream;
mod whole;

mod bill;
mod models;
mod obligation;
mod probe;
mod record;
mod refuse;
mod trail;

mod admitter;
mod circuits;
mod kills;
mod pace;
mod policies;
mod reaper;
mod room;
mod settings;
mod settler;
mod snapshot;
mod under_way;
mod watch;

pub mod metric;
pub mod request;

pub use doors::{ClientIp, DOORS, Door, router};
pub use gateway::{Gateway, Health, Parts, Pepper, StartError};
pub use origin::{MARKS_MAX, Mark, STORED_MAX, Stored};
pub use settings::{Settings, SettingsError};
pub use upstream::egress::EgressAllow;
pub use upstream::meter::{Meter, NoAnswer, Said};
