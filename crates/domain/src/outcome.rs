//! How a call ended, and how sure we are of what it used.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the database and in URLs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The words that people read.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)* _ => Err(UnknownWord) }
            }
        }
    };
}

/// The text is none of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown word")]
pub struct UnknownWord;

words! {
    /// How a call ended.
    Outcome {
        /// The whole answer was delivered.
        Completed = "completed", "Completed";
        /// The client hung up before the end; what the provider billed is charged.
        ClientClosed = "client_closed", "Client closed";
        /// We refused it; nothing was sent and nothing charged.
        Refused = "refused", "Refused";
        /// The provider answered with an error.
        UpstreamError = "upstream_error", "Provider error";
        /// The provider could not be reached, broke off, or sent what cannot be read.
        UpstreamFault = "upstream_fault", "Provider fault";
        /// The provider did not answer in time.
        TimedOut = "timed_out", "Timed out";
        /// The node died before the end; the hold ran out and nothing was charged.
        Expired = "expired", "Expired";
    }
}

words! {
    /// Where the token counts of a call come from.
    UsageSource {
        /// The provider reported them.
        Reported = "reported", "Reported by the provider";
        /// We counted them, since no credible report came.
        Estimated = "estimated", "Estimated";
        /// Nothing was used.
        Nothing = "none", "None";
    }
}
