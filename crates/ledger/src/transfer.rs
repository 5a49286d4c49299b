//! Double entry: the transfers of a call and the entries they stand for. The database keeps one row
//! per transfer, with these numbers and letters.

use domain::ids::{CallId, TenantId};
use domain::money::NanoUsd;

use crate::cost::{Charge, Cost};

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident: $code:ty { $($(#[$vdoc:meta])* $variant:ident = $value:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The value in the database.
            #[must_use]
            pub const fn number(self) -> $code {
                match self { $(Self::$variant => $value,)* }
            }

            /// Reads the value in the database.
            #[must_use]
            pub const fn from_number(number: $code) -> Option<Self> {
                match number { $($value => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

coded! {
    /// An account. Every tenant has each of them once.
    Account: i16 {
        /// What the tenant has spent of its credit.
        Wallet = 1;
        /// What the operator has charged.
        Revenue = 2;
        /// What providers cost the operator.
        ProviderCost = 3;
        /// What the operator owes to providers.
        ProviderPayable = 4;
        /// Costs in doubt: the provider's report could not be true.
        Suspense = 5;
        /// What rounding leaves over.
        Rounding = 6;
    }
}

coded! {
    /// When in the life of a call.
    Step: i16 {
        /// Before the call is sent.
        Hold = 0;
        /// The only resolution of the hold.
        Resolution = 1;
        /// After an expiry, when the usage became known after all.
        Late = 2;
    }
}

coded! {
    /// Which of the transfers of one step.
    Leg: i16 {
        /// Between customer and operator: wallet to revenue.
        Charge = 0;
        /// Between operator and provider.
        Cost = 1;
    }
}

/// What a transfer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferKind {
    /// Sets an amount aside.
    Hold,
    /// Resolves the hold and charges.
    Post,
    /// Resolves the hold and charges nothing.
    Void,
    /// Resolves the hold of a call whose end nobody saw, and charges nothing.
    Expire,
    /// Charges after an expiry.
    Late,
    /// Reserved: what a charge exceeded its hold by, as a transfer of its own.
    Overrun,
    /// Reserved: a correction.
    Adjust,
}

/// The layer that an entry belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Set aside.
    Pending,
    /// Charged.
    Posted,
}

/// What a call sets aside before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Whose call.
    pub tenant_id: TenantId,
    /// Which call.
    pub call_id: CallId,
    /// Which attempt at a provider, from 0.
    pub attempt: i16,
    /// How much, in nano-USD; more than nothing.
    pub amount: NanoUsd,
}

/// How a hold is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The call used something.
    Post(Money),
    /// The call used nothing, for certain.
    Void,
    /// Nobody saw the end. What cannot be proven is not charged.
    Expire,
    /// The usage became known after the expiry.
    Late(Money),
}

/// The two amounts of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// What the customer is charged. It may exceed the hold, and is recorded as it is.
    pub charge: Charge,
    /// What the provider bills.
    pub cost: Cost,
    /// Where the cost is booked to.
    pub cost_to: CostTo,
}

/// Where a cost is booked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostTo {
    /// We owe it.
    Payable,
    /// The provider's report could not be true: someone has to look.
    Suspense,
}

/// One row of the ledger. Balanced by construction: what it takes from one account it gives to the
/// other. Its key is tenant, call, attempt, step and leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Whose call.
    pub tenant_id: TenantId,
    /// Which call.
    pub call_id: CallId,
    /// Which attempt at a provider, from 0.
    pub attempt: i16,
    /// When in the life of the call.
    pub step: Step,
    /// Which transfer of that step.
    pub leg: Leg,
    /// What it does.
    pub kind: TransferKind,
    /// The account that grows.
    pub debit: Account,
    /// The account that shrinks.
    pub credit: Account,
    /// In nano-USD: pending for a hold, posted for the rest; never negative.
    pub amount: NanoUsd,
    /// In nano-USD: what a resolution takes off the pending layer, the whole hold.
    pub released: NanoUsd,
    /// What rounding took from the amount: 10⁻¹² nano-USD for a charge, 10⁻⁶ for a cost.
    pub remainder: i64,
}

/// One signed entry of a transfer: debits are positive, credits negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The layer.
    pub layer: Layer,
    /// The account.
    pub account: Account,
    /// In nano-USD; never zero.
    pub amount: NanoUsd,
}

/// Why there can be no such transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// A hold must set something aside.
    #[error("a hold must be more than nothing")]
    EmptyHold,
    /// Amounts are never negative; the accounts give the direction.
    #[error("the {0} is negative")]
    Negative(&'static str),
}

/// The transfer that sets the hold aside.
///
/// # Errors
/// [`TransferError::EmptyHold`] where it would set nothing aside.
pub fn hold(hold: &Hold) -> Result<Transfer, TransferError> {
    if hold.amount <= NanoUsd::ZERO {
        return Err(TransferError::EmptyHold);
    }
    Ok(charge_leg(hold, Step::Hold, TransferKind::Hold, hold.amount, NanoUsd::ZERO))
}

/// The transfers that settle the hold.
///
/// # Errors
/// [`TransferError`] where the hold is empty or an amount negative.
pub fn settlement(hold: &Hold, settlement: &Settlement) -> Result<Vec<Transfer>, TransferError> {
    if hold.amount <= NanoUsd::ZERO {
        return Err(TransferError::EmptyHold);
    }
    let (step, kind, money, released) = match settlement {
        Settlement::Post(money) => (Step::Resolution, TransferKind::Post, Some(money), hold.amount),
        Settlement::Void => (Step::Resolution, TransferKind::Void, None, hold.amount),
        Settlement::Expire => (Step::Resolution, TransferKind::Expire, None, hold.amount),
        Settlement::Late(money) => (Step::Late, TransferKind::Late, Some(money), NanoUsd::ZERO),
    };
    let Some(money) = money else {
        return Ok(vec![charge_leg(hold, step, kind, NanoUsd::ZERO, released)]);
    };
    for (name, amount) in [("charge", money.charge.amount), ("cost", money.cost.amount)] {
        if amount < NanoUsd::ZERO {
            return Err(TransferError::Negative(name));
        }
    }
    let charge = Transfer {
        remainder: money.charge.remainder,
        ..charge_leg(hold, step, kind, money.charge.amount, released)
    };
    let cost = Transfer {
        leg: Leg::Cost,
        debit: Account::ProviderCost,
        credit: match money.cost_to {
            CostTo::Payable => Account::ProviderPayable,
            CostTo::Suspense => Account::Suspense,
        },
        amount: money.cost.amount,
        released: NanoUsd::ZERO,
        remainder: i64::from(money.cost.remainder),
        ..charge
    };
    Ok(vec![charge, cost])
}

/// The signed entries of a transfer, per layer summing to zero; entries of nothing are left out.
#[must_use]
pub fn entries(transfer: &Transfer) -> Vec<Entry> {
    let (pending, posted) = match transfer.kind {
        TransferKind::Hold => (transfer.amount.0, 0),
        _ => (-transfer.released.0, transfer.amount.0),
    };
    let layers = [(Layer::Pending, pending), (Layer::Posted, posted)];
    layers
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .flat_map(|(layer, amount)| {
            [
                Entry { layer, account: transfer.debit, amount: NanoUsd(amount) },
                Entry { layer, account: transfer.credit, amount: NanoUsd(-amount) },
            ]
        })
        .collect()
}

const fn charge_leg(
    hold: &Hold,
    step: Step,
    kind: TransferKind,
    amount: NanoUsd,
    released: NanoUsd,
) -> Transfer {
    Transfer {
        tenant_id: hold.tenant_id,
        call_id: hold.call_id,
        attempt: hold.attempt,
        step,
        leg: Leg::Charge,
        kind,
        debit: Account::Wallet,
        credit: Account::Revenue,
        amount,
        released,
        remainder: 0,
    }
}

impl Account {
    /// The name in the database and in exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Revenue => "revenue",
            Self::ProviderCost => "provider_cost",
            Self::ProviderPayable => "provider_payable",
            Self::Suspense => "suspense",
            Self::Rounding => "rounding",
        }
    }
}

impl TransferKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Hold, Self::Post, Self::Void, Self::Expire, Self::Late, Self::Overrun, Self::Adjust];

    /// The letter in the database.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Hold => 'H',
            Self::Post => 'P',
            Self::Void => 'V',
            Self::Expire => 'E',
            Self::Late => 'L',
            Self::Overrun => 'O',
            Self::Adjust => 'A',
        }
    }

    /// Reads the letter in the database.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letter() == letter)
    }
}

impl Layer {
    /// The name in the database and in exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Posted => "posted",
        }
    }
}
