//! The error of every server function: [`contract::fault::Fault`] and nothing beside it.

use contract::fault::{Fault, Field, Reason};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A [`Fault`] on its way to the browser. It may travel through a URL when a form is sent without
/// JavaScript, so it is a closed list, and pages show their own sentences for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UiFault(pub Fault);

impl From<Fault> for UiFault {
    /// On the server this also gives the response the status that goes with the fault.
    fn from(fault: Fault) -> Self {
        #[cfg(feature = "ssr")]
        crate::server::refuse(crate::server::status(&fault));
        Self(fault)
    }
}

impl std::fmt::Display for UiFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for UiFault {}

impl FromServerFnError for UiFault {
    type Encoder = JsonEncoding;

    /// What the transport had to say is dropped: it can hold parser output and file names.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        Self(match error {
            E::Args(_) | E::MissingArg(_) | E::Deserialization(_) => {
                #[cfg(feature = "ssr")]
                crate::server::refuse(http::StatusCode::BAD_REQUEST);
                Fault::Invalid { field: Field::Filter, reason: Reason::Malformed }
            }
            E::Request(_) => Fault::Unavailable,
            _ => Fault::Internal { reference: reference() },
        })
    }
}

/// What finds this failure in the server's log.
fn reference() -> String {
    #[cfg(feature = "ssr")]
    {
        crate::server::reference()
    }
    #[cfg(not(feature = "ssr"))]
    {
        String::new()
    }
}
