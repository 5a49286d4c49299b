//! The parts that pages are made of. Each owns one rule: how a table is built, how a time reads, how a
//! control says why it cannot be used. Pages compose them and hardly name a colour.
//!
//! What appears once per row is a function that returns markup, not a component: cells must stay cheap.

pub mod announcer;
pub mod area;
pub mod badge;
pub mod button;
pub mod check;
pub mod clock;
pub mod confirm;
pub mod copy;
pub mod dialog;
pub mod draft;
pub mod empty;
pub mod failure;
pub mod field;
pub mod filter_bar;
pub mod form_alert;
pub mod icon;
pub mod json_tree;
pub mod money;
pub mod number;
pub mod pager;
pub mod select;
pub mod shortcuts;
pub mod skeleton;
pub mod spark;
pub mod table;
pub mod tabs;
pub mod theme;
pub mod time;
pub mod time_range;
pub mod toasts;
pub mod uptime;
pub mod waterfall;

pub use announcer::Announcer;
pub use area::Area;
pub use badge::{State, badge};
pub use button::{Button, LinkButton, Tone};
pub use check::{Checkbox, Checks, Tick};
pub use clock::Clock;
pub use confirm::TypedConfirmation;
pub use copy::Copy;
pub use dialog::{Dialog, Shape};
pub use draft::{FormBody, Typed};
pub use empty::{Drawing, Empty};
pub use failure::{Failure, sentence};
pub use field::Field;
pub use form_alert::FormAlert;
pub use icon::{Icon, icon};
pub use json_tree::{JsonTree, Node};
pub use money::money;
pub use pager::Pager;
pub use select::{Select, choices};
pub use skeleton::{SkeletonLines, SkeletonTable};
pub use spark::spark;
pub use table::{Align, Column, Table};
pub use tabs::{Tab, Tabs};
pub use toasts::Toasts;
pub use uptime::{UptimeBar, uptime};
pub use waterfall::{Bar, Waterfall};
