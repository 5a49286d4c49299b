//! The pages: a folder each, with its server functions in `calls`.

pub mod activity;
pub mod agents;
pub mod call;
pub mod circuits;
pub mod guard;
pub mod keys;
pub mod kill_switch;
pub mod not_found;
pub mod providers;
pub mod set_up;
pub mod sign_in;
pub mod tenants;
pub mod welcome;
