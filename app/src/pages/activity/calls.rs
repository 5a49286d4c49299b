//! What the feed asks the server.

use chrono::{DateTime, Utc};
use contract::activity::ActivityPage;
use domain::ids::CallId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::query::Query;
use crate::fault::UiFault;
use crate::ui::time_range::BadWindow;

/// Where the service stops counting: more is shown as "1,000+".
pub const COUNT_MAX: u32 = 1000;

/// A page of the feed, and what surrounds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The rows.
    pub page: ActivityPage,
    /// How many calls match in all, counted up to [`COUNT_MAX`].
    pub matching: u32,
    /// When this was read.
    pub read_at: DateTime<Utc>,
}

/// The answer to a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The rows.
    Listing(Box<Listing>),
    /// Nothing was looked up, since the range of time is not one.
    Window(BadWindow),
}

/// A page of the feed.
#[server(name = ListCalls, prefix = "/do", endpoint = "activity/list", input = Json)]
pub async fn list(query: Query) -> Result<Answer, UiFault> {
    crate::server::answer(server::list(query).await)
}

/// How many calls that match came after one, counted up to [`COUNT_MAX`].
#[server(name = CountNewerCalls, prefix = "/do", endpoint = "activity/newer", input = Json)]
pub async fn newer(query: Query, after: Option<CallId>) -> Result<u32, UiFault> {
    crate::server::answer(server::newer(query, after).await)
}

#[cfg(feature = "ssr")]
mod server {
    use contract::fault::{Fault, Field, Reason};
    use domain::clock::{Clock, SystemClock};

    use super::{Answer, CallId, Listing, Query};
    use crate::server::{caller, console};

    pub async fn list(query: Query) -> Result<Answer, Fault> {
        let caller = caller()?;
        let console = console()?;
        let read_at = SystemClock.now();
        let filter = match query.filter(read_at) {
            Ok(filter) => filter,
            Err(bad) => return Ok(Answer::Window(bad)),
        };
        let page = console.activity.list(&caller, &filter, query.cursor).await?;
        let matching = console.activity.newer(&caller, &filter, None).await?;
        Ok(Answer::Listing(Box::new(Listing { page, matching, read_at })))
    }

    pub async fn newer(query: Query, after: Option<CallId>) -> Result<u32, Fault> {
        let caller = caller()?;
        let console = console()?;
        let filter = query
            .filter(SystemClock.now())
            .map_err(|_| Fault::Invalid { field: Field::Filter, reason: Reason::TooFar })?;
        console.activity.newer(&caller, &filter, after).await
    }
}
