//! Which providers the list shows, as the address says it: a plain GET form, so that it needs no script.

use std::collections::BTreeSet;

use contract::circuits::{CircuitView, CircuitsView, ProviderCircuit};
use domain::circuit::CircuitState;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::paths;
use crate::ui::Button;
use crate::ui::filter_bar::{Chip, Chips, Choice, Fields, FilterBar};

/// The names of the fields, in the form and in the address.
mod field {
    pub const STATE: &str = "state";
    pub const PROVIDER: &str = "provider";
    pub const MODEL: &str = "model";
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    state: Option<CircuitState>,
    provider: Option<String>,
    model: Option<String>,
}

impl Filter {
    /// The filter of the page at hand, as it changes.
    pub fn here() -> Memo<Self> {
        let query = use_query_map();
        Memo::new(move |_| query.with(|map| Self::read(&|name| map.get(name))))
    }

    fn read(get: &Fields<'_>) -> Self {
        let text = |name: &str| get(name).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
        Self {
            state: text(field::STATE).and_then(|word| word.parse().ok()),
            provider: text(field::PROVIDER),
            model: text(field::MODEL),
        }
    }

    fn parts(&self) -> [(&'static str, Option<&str>); 3] {
        [
            (field::STATE, self.state.map(CircuitState::as_str)),
            (field::PROVIDER, self.provider.as_deref()),
            (field::MODEL, self.model.as_deref()),
        ]
    }

    /// The list under this filter, with more of an address after it.
    fn address(&self, more: Option<String>) -> String {
        let parts = self.parts().into_iter();
        let parts =
            parts.filter_map(|(name, value)| Some(format!("{name}={}", paths::encode(value?))));
        let query: Vec<_> = parts.chain(more).collect();
        if query.is_empty() {
            return paths::CIRCUITS.to_owned();
        }
        format!("{}?{}", paths::CIRCUITS, query.join("&"))
    }

    /// The list under this filter.
    pub fn url(&self) -> String {
        self.address(None)
    }

    /// A provider's circuits over the list under this filter.
    pub fn open(&self, slug: &str) -> String {
        self.address(Some(format!("open={}", paths::encode(slug))))
    }

    /// Whether a provider is shown. A provider is open or half-open also where only a model of it is;
    /// with a model chosen, only where calls to that model meet it.
    pub fn shows(&self, provider: &ProviderCircuit) -> bool {
        let model = self.model.as_deref();
        let of = |circuit: &&CircuitView| model.is_none_or(|model| circuit.model == model);
        let with = |state| {
            let own = provider.circuit.state == state;
            let models = provider.targets.iter().filter(of);
            own || state != CircuitState::Closed && models.into_iter().any(|c| c.state == state)
        };
        self.provider.as_ref().is_none_or(|slug| provider.slug == *slug)
            && model.is_none_or(|model| models(provider).any(|known| known == model))
            && self.state.is_none_or(with)
    }
}

/// The models that a provider is known to have.
fn models(provider: &ProviderCircuit) -> impl Iterator<Item = &str> {
    let depended = provider.dependants.iter().map(|dependant| dependant.model.as_str());
    depended.chain(provider.targets.iter().map(|circuit| circuit.model.as_str()))
}

/// The form and what is in force.
#[component]
pub fn Filters(shown: RwSignal<CircuitsView>, filter: Memo<Filter>) -> impl IntoView {
    let known = Memo::new(move |_| {
        shown.with(|view| {
            let all = view.providers.iter();
            let providers: Vec<_> = all.map(|p| (p.slug.clone(), p.name.clone())).collect();
            let models: BTreeSet<_> = view.providers.iter().flat_map(models).collect();
            let models: Vec<_> = models.into_iter().map(|m| (m.to_owned(), m.to_owned())).collect();
            (providers, models)
        })
    });
    let states = CircuitState::ALL.iter();
    let states: Vec<_> =
        states.map(|state| (state.as_str().to_owned(), state.label().to_owned())).collect();
    move || {
        let (providers, models) = known.get();
        let now = filter.get();
        let (states, chips) = (states.clone(), chips(&now, &providers));
        view! {
            <FilterBar action=paths::CIRCUITS url=|get| Filter::read(get).url()>
                <Choice
                    name=field::STATE
                    label="State"
                    any="Any state"
                    options=states
                    chosen=now.state.map(|state| state.as_str().to_owned())
                />
                <Choice
                    name=field::PROVIDER
                    label="Provider"
                    any="All providers"
                    options=providers
                    chosen=now.provider
                />
                <Choice name=field::MODEL label="Model" any="All models" options=models chosen=now.model/>
                <Button submit=true>"Apply"</Button>
            </FilterBar>
            <Chips chips clear=paths::CIRCUITS.to_owned()/>
        }
    }
}

fn chips(now: &Filter, providers: &[(String, String)]) -> Vec<Chip> {
    let named = |slug: &String| {
        let found = providers.iter().find(|(known, _)| known == slug);
        found.map_or_else(|| slug.clone(), |(_, name)| name.clone())
    };
    let without = |change: fn(&mut Filter)| {
        let mut filter = now.clone();
        change(&mut filter);
        filter.url()
    };
    let chip = |what, value: Option<String>, change| {
        value.map(|value| Chip { what, value, without: without(change) })
    };
    let state = now.state.map(|state| state.label().to_owned());
    [
        chip("State", state, |filter| filter.state = None),
        chip("Provider", now.provider.as_ref().map(named), |filter| filter.provider = None),
        chip("Model", now.model.clone(), |filter| filter.model = None),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{circuit, view};
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Filter {
        Filter::read(&|name| {
            pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_filter_is_an_address() {
        let filter = read(&[("state", "half_open"), ("provider", " "), ("model", "a/b c")]);
        assert_eq!(filter.url(), "/circuits?state=half_open&model=a%2Fb%20c");
        assert_eq!(filter.open("near"), "/circuits?state=half_open&model=a%2Fb%20c&open=near");
        assert_eq!(read(&[("state", "no such state")]), Filter::default());
        assert_eq!(Filter::default().url(), "/circuits");
    }

    #[test]
    fn a_provider_is_shown_for_what_calls_meet() {
        use CircuitState::{Closed, Open};
        let mut provider = view(&[Closed]).providers.remove(0);
        provider.targets = vec![CircuitView { model: "m".into(), ..circuit(Open) }];
        let shows = |pairs: &[(&str, &str)]| read(pairs).shows(&provider);
        assert!(shows(&[]) && shows(&[("provider", "p")]) && !shows(&[("provider", "q")]));
        assert!(shows(&[("state", "open")]) && shows(&[("state", "closed")]));
        assert!(!shows(&[("state", "half_open")]));
        assert!(shows(&[("model", "m"), ("state", "open")]) && !shows(&[("model", "other")]));
    }
}
