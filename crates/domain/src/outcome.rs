//! How a call ended, and how sure we are of what it used.

use crate::words::words;

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
        /// The kill switch cut it off; what was delivered by then is charged.
        Killed = "killed", "Killed";
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
