//! The ledger against a model of it: random batches over several tenants, with repetitions, and at the
//! end every call's rows and every account's balance compared.

use std::collections::HashMap;

use domain::ids::CallId;
use store::ledger::TransferKind as K;
use store::{HoldRow, Resolution, ResolutionKind, Settled, Verdict};

use crate::estate::{Dice, House, Settlement, Tenant, expire, post, void};

#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    tenant: usize,
    amount: i64,
    steps: Vec<K>,
    charge: i64,
    cost: i64,
}

#[derive(Default)]
struct Model {
    calls: HashMap<CallId, Held>,
    keys: HashMap<(usize, String), (CallId, u8)>,
}

impl Model {
    fn admit(&mut self, tenant: usize, hold: &HoldRow) -> Verdict {
        if let (Some(key), Some(hash)) = (&hold.idempotency_key, hold.request_hash) {
            let entry = (tenant, key.clone());
            let last = |first| self.calls.get(&first).and_then(|call: &Held| call.steps.last());
            let (first, body) = match self.keys.get(&entry) {
                Some((first, body)) if last(*first) != Some(&K::Void) => (*first, *body),
                _ => (hold.call_id, hash[0]),
            };
            if first != hold.call_id {
                return match last(first) {
                    _ if body != hash[0] => Verdict::Conflict,
                    Some(K::Hold) => Verdict::InProgress { call_id: first },
                    _ => Verdict::Duplicate { call_id: first },
                };
            }
            self.keys.insert(entry, (first, body));
        }
        self.calls.entry(hold.call_id).or_insert(Held {
            tenant,
            amount: hold.amount.0,
            steps: vec![K::Hold],
            charge: 0,
            cost: 0,
        });
        Verdict::Held
    }

    fn settle(&mut self, resolution: &Resolution) -> Option<Settled> {
        let call = self.calls.get_mut(&resolution.call_id)?;
        let (charge, cost) = (resolution.charge.0, resolution.cost.0);
        match (call.steps.last()?, resolution.kind) {
            (K::Hold, ResolutionKind::Post) => {
                call.steps.push(K::Post);
                (call.charge, call.cost) = (charge, cost);
                Some(Settled::Resolved)
            }
            (K::Hold, ResolutionKind::Void) => {
                call.steps.push(K::Void);
                Some(Settled::Resolved)
            }
            (K::Hold, ResolutionKind::Expire) => {
                call.steps.push(K::Expire);
                Some(Settled::Resolved)
            }
            (K::Expire, ResolutionKind::Post) => {
                call.steps.push(K::Late);
                (call.charge, call.cost) = (charge, cost);
                Some(Settled::Late)
            }
            _ => None,
        }
    }

    fn balance(&self, tenant: usize, account: &str, layer: &str) -> i128 {
        let of = |call: &Held| match (layer, account) {
            ("pending", "wallet") if call.steps.len() == 1 => i128::from(call.amount),
            ("pending", "revenue") if call.steps.len() == 1 => -i128::from(call.amount),
            ("posted", "wallet") => i128::from(call.charge),
            ("posted", "revenue") => -i128::from(call.charge),
            ("posted", "provider_cost") => i128::from(call.cost),
            ("posted", "provider_payable") => -i128::from(call.cost),
            _ => 0,
        };
        self.calls.values().filter(|call| call.tenant == tenant).map(of).sum()
    }
}

#[tokio::test]
async fn b1_random_batches_agree_with_the_model() {
    for seed in [1, 2, 3] {
        run_seed(seed).await;
    }
}

async fn run_seed(seed: u64) {
    let house = House::new().await;
    let tenants = [house.tenant("ada").await, house.tenant("bob").await, house.tenant("cyd").await];
    let mut batches = [house.store.batch().await.unwrap(), house.store.batch().await.unwrap()];
    let (mut dice, mut model) = (Dice::new(seed), Model::default());
    let mut known: Vec<(usize, CallId)> = Vec::new();
    for round in 0..60 {
        let batch = &mut batches[round % 2];
        let holds: Vec<(usize, HoldRow)> =
            (0..dice.below(60)).map(|_| random_hold(&house, &tenants, &mut dice)).collect();
        // In a batch the order of the answers is not promised, but who is first with a key is the one
        // with the smaller tenant, project, key and call id.
        let mut in_order: Vec<&(usize, HoldRow)> = holds.iter().collect();
        in_order.sort_by_key(|(_, hold)| hold.call_id);
        let expected: HashMap<CallId, Verdict> = in_order
            .iter()
            .map(|(tenant, hold)| (hold.call_id, model.admit(*tenant, hold)))
            .collect();
        let rows: Vec<HoldRow> = holds.iter().map(|(_, hold)| hold.clone()).collect();
        assert_eq!(batch.admit(&rows, 60).await.unwrap(), expected, "seed {seed} round {round}");
        known.extend(holds.iter().map(|(tenant, hold)| (*tenant, hold.call_id)));

        let resolutions = random_resolutions(&tenants, &known, &mut dice);
        let expected: Settlement =
            resolutions.iter().filter_map(|row| Some((row.call_id, model.settle(row)?))).collect();
        let answered = batch.settle(&resolutions, &[], &[]).await.unwrap();
        assert_eq!(answered, expected, "seed {seed} round {round}");
    }
    assert!(model.calls.len() > 800);
    compare(&house, &tenants, &model).await;
}

fn random_hold(house: &House, tenants: &[Tenant], dice: &mut Dice) -> (usize, HoldRow) {
    let tenant = dice.below(tenants.len());
    let mut hold = house.hold(&tenants[tenant], CallId::mint(), dice.amount());
    if dice.below(4) == 0 {
        hold.idempotency_key = Some(format!("key-{}", dice.below(40)));
        hold.request_hash = Some([u8::try_from(dice.below(2)).unwrap(); 32]);
    }
    (tenant, hold)
}

/// Distinct calls, known and unknown, resolved and not.
fn random_resolutions(
    tenants: &[Tenant],
    known: &[(usize, CallId)],
    dice: &mut Dice,
) -> Vec<Resolution> {
    let mut picked = HashMap::new();
    for _ in 0..dice.below(60) {
        let (tenant, call) = match dice.below(20) {
            0 => (dice.below(tenants.len()), CallId::mint()),
            _ if known.is_empty() => continue,
            _ => known[known.len() - 1 - dice.below(known.len().min(200))],
        };
        let tenant = &tenants[tenant];
        let resolution = match dice.below(4) {
            0 => void(tenant, call),
            1 => expire(tenant, call),
            _ => post(tenant, call, dice.amount(), dice.amount()),
        };
        picked.insert(call, resolution);
    }
    picked.into_values().collect()
}

async fn compare(house: &House, tenants: &[Tenant], model: &Model) {
    for (index, tenant) in tenants.iter().enumerate() {
        let mut tx = house.store.tenant(&tenant.scope()).await.unwrap();
        for balance in tx.balances().await.unwrap() {
            let expected = model.balance(index, &balance.account, &balance.layer);
            assert_eq!(balance.amount, expected, "{} {}", balance.account, balance.layer);
        }
        tx.commit().await.unwrap();
    }
    // In several transactions: a context lasts for seconds only.
    for (call, held) in &model.calls {
        let mut tx = house.store.tenant(&tenants[held.tenant].scope()).await.unwrap();
        let ledger = tx.call_ledger(*call).await.unwrap();
        let mut steps: Vec<K> = ledger.transfers.iter().map(|transfer| transfer.kind).collect();
        steps.dedup();
        assert_eq!(steps, held.steps);
        assert_eq!(ledger.sum(), 0);
    }
}
