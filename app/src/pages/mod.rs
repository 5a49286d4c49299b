//! The pages: a folder each, with its server functions in `calls`.

pub mod activity;
pub mod call;
pub mod circuits;
pub mod keys;
pub mod not_found;
pub mod sign_in;
pub mod tenants;
pub mod welcome;
