//! What can go wrong, as the console tells it: a closed list without free text from the inside.

use serde::{Deserialize, Serialize};

use domain::caller::Denied;
use domain::role::Permission;

/// Why something the console asked for did not happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It does not exist, or the caller may not know that it does.
    #[error("not found")]
    NotFound,
    /// The caller's role does not grant it.
    #[error("not permitted")]
    Forbidden(Permission),
    /// It happens inside a tenant, and none is chosen.
    #[error("choose a tenant first")]
    NoTenant,
    /// The session has ended.
    #[error("sign in again")]
    SignInAgain,
    /// E-mail address and password do not open an account; which of them is not said.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// A field of the form is not acceptable.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field's name in the form.
        field: Field,
        /// Why, as a sentence that may be shown.
        reason: Reason,
    },
    /// A field of one of an alias's targets is not acceptable.
    #[error("target {target}: {field}: {reason}")]
    InvalidTarget {
        /// Which one, from 1, in the order in which the form shows them.
        target: u8,
        /// The field's name in the form.
        field: Field,
        /// Why, as a sentence that may be shown.
        reason: Reason,
    },
    /// It changed in the meantime, or exists already.
    #[error("it exists already or has changed")]
    Conflict,
    /// Too many tries.
    #[error("too many attempts; wait {retry_after_s} s")]
    Limited {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// The database or another part does not answer.
    #[error("unavailable for the moment")]
    Unavailable,
    /// A fault of ours.
    #[error("failed; reference {reference}")]
    Internal {
        /// Finds the reason in the log.
        reference: String,
    },
}

macro_rules! closed {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, clippy::allow_attributes, clippy::allow_attributes_without_reason)]
        pub enum $name { $($variant,)* }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $text,)* })
            }
        }
    };
}

closed! {
    /// A form's field.
    Field {
        Email = "E-mail address",
        Password = "Password",
        Name = "Name",
        Slug = "Short name",
        Token = "Setup token",
        Tenant = "Tenant",
        Project = "Project",
        ExpiresAt = "Expiry",
        Confirmation = "Confirmation",
        Reason = "Reason",
        Filter = "Filter",
        Kind = "Kind",
        Address = "Address",
        Surfaces = "Surfaces",
        Region = "Region",
        ApiVersion = "API version",
        Credential = "Key",
        Model = "Model",
        Description = "Description",
        Regions = "Regions",
        Targets = "Targets",
        TargetPlace = "Place",
        TargetProvider = "Provider",
        TargetModel = "Model",
        TargetPriceProvider = "Provider in the price catalogue",
        TargetPriceModel = "Model in the price catalogue",
        TargetOutput = "Longest answer",
        TargetWeight = "Weight",
        TargetContext = "Longest context",
        Minutes = "Minutes",
        Target = "Target",
        Thresholds = "Thresholds",
        Signatures = "Signatures",
        Kinds = "Kinds let through",
        Values = "Values let through",
        Text = "Text",
    }
}

closed! {
    /// Why a field is not acceptable: a closed list, since it may travel through a URL when a form is
    /// sent without JavaScript, and there an attacker could write what he likes.
    Reason {
        Missing = "is missing",
        TooLong = "is too long",
        TooShort = "is too short: use at least 15 characters",
        NotAnEmail = "is not an e-mail address",
        TooCommon = "is too easy to guess: leave out common words, names, dates and keyboard rows",
        ContainsName = "contains your e-mail address or the product's name",
        NotASlug = "may hold only lower-case letters, digits and hyphens",
        Taken = "is taken",
        Reported = "is on record already: the call has been reported before",
        WrongToken = "is not the one printed on the server's console",
        InThePast = "lies in the past",
        TooFar = "is too far away",
        DoesNotMatch = "does not match",
        Unknown = "does not exist",
        HasNoModels = "has no models: it only gives second opinions",
        Stopped = "is stopped already",
        Malformed = "cannot be read",
        NotAnAddress = "is not an https address, such as https://host/v1",
        Unencrypted = "must begin with https://, unless it lies in a private network",
        HoldsCredentials = "may not hold a name or a password",
        HoldsQuery = "may not hold a query or a fragment",
        TrailingSlash = "may not end with a slash",
        NotARegion = "may hold only lower-case letters, digits and hyphens, at most 40",
        NotAVersion = "may hold only letters, digits, dots and hyphens, at most 40",
        NeededBySigV4 = "is missing: AWS signatures name a region",
        NeededByAzure = "is missing: Azure's addresses end with it",
        NotAKey = "is not a key: it is one line without spaces",
        NotAKeyPair = "is not ACCESS_KEY_ID:SECRET_ACCESS_KEY, with :SESSION_TOKEN where there is one",
        BuiltIn = "is built in, and follows the server",
        InUse = "is used by an alias: change the alias first, or switch the provider off",
        NotANumber = "is not a whole number within its bounds",
        NoneWeighted = "need one with a weight above 0",
        TooMany = "are too many: use at most 20",
        NotWithinADay = "must be between 1 and 1,440",
        NotAscending = "must ascend, from 1 to 1,000",
    }
}

impl From<Denied> for Fault {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Role(permission) => Self::Forbidden(permission),
            Denied::NoTenant => Self::NoTenant,
        }
    }
}
