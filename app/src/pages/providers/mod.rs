//! Providers and aliases, for the operator: where calls can be sent, and what programs ask for.
//!
//! What is open over the lists stands in the address: `?new=provider`, `?edit=<short name>`, `?key=…`,
//! `?test=…`, `?remove=…`; `?new=alias`, `?alias=<name>`, `?drop=<name>`.

mod alias_form;
mod alias_list;
mod alias_target;
pub mod calls;
mod fields;
mod key;
mod list;
mod open;
mod provider_form;
mod remove;
mod test_call;

use contract::aliases::AliasRow;
use contract::fault::Fault;
use contract::providers::ProviderRow;
use domain::role::Permission;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::frame::{Here, Page};
use crate::loaded::load;
use crate::paths;
use crate::post::Post;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::counted;
use crate::ui::{Failure, LinkButton, SkeletonTable, Toasts, Tone, sentence};

use calls::{
    Create, CreateAlias, Remove, RemoveAlias, Routing, SetKey, Switch, TestCall, Update,
    UpdateAlias,
};
use open::Open;

/// Everything that can be done here.
#[derive(Clone, Copy)]
struct Acts {
    create: Post,
    update: Post,
    switch: Post,
    key: Post,
    remove: Post,
    test_call: Post,
    create_alias: Post,
    update_alias: Post,
    remove_alias: Post,
}

impl Acts {
    fn new() -> Self {
        Self {
            create: Post::to::<Create>(),
            update: Post::to::<Update>(),
            switch: Post::to::<Switch>(),
            key: Post::to::<SetKey>(),
            remove: Post::to::<Remove>(),
            test_call: Post::to::<TestCall>(),
            create_alias: Post::to::<CreateAlias>(),
            update_alias: Post::to::<UpdateAlias>(),
            remove_alias: Post::to::<RemoveAlias>(),
        }
    }

    /// Those that change something.
    const fn edits(self) -> [Post; 8] {
        [
            self.create,
            self.update,
            self.switch,
            self.key,
            self.remove,
            self.create_alias,
            self.update_alias,
            self.remove_alias,
        ]
    }

    /// Rises with everything that was done; reactive.
    fn version(self) -> usize {
        self.edits().iter().map(|action| action.version().get()).sum()
    }

    /// Whether something was refused, and the form that asked for it is still open; reactive.
    fn refused(self) -> bool {
        self.edits().iter().any(|action| action.refused())
    }

    /// Forgets what was refused and what a test call found, so that a form opens clean. What was done
    /// is not forgotten here: it is still to be told.
    fn forget(self) {
        self.test_call.clear();
        self.edits().into_iter().for_each(Post::forget_refusal);
    }
}

/// The page.
#[component]
pub fn ProvidersPage() -> impl IntoView {
    let acts = Acts::new();
    // A form that was refused stays as it is: loading anew would take what was typed.
    let done = Memo::new(move |before: Option<&usize>| {
        let version = acts.version();
        if acts.refused() { before.copied().unwrap_or(0) } else { version }
    });
    let routing = load(move || done.get(), |_| calls::list());
    let title = RwSignal::new("Providers & aliases".to_owned());
    let query = use_query_map();
    let open = Memo::new(move |_| Open::of(&query.read()));
    let navigate = use_navigate();
    let back = Callback::new(move |()| {
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(paths::PROVIDERS, options);
    });
    Effect::new(move |before: Option<Option<Open>>| {
        let now = open.get();
        if before.is_some_and(|before| before != now) {
            acts.forget();
        }
        now
    });
    tell(acts);
    view! {
        <Page
            heading="Providers & aliases"
            title=title
            lead="Programs ask for an alias; its targets say which provider's model answers. A provider's key goes into the vault and is never shown again."
            actions=new_provider()
        >
            <Transition fallback=|| view! { <SkeletonTable rows=4/> }>
                {move || Suspend::new(async move {
                    match routing.await {
                        Ok(routing) => {
                            title.set(knows(&routing));
                            view! { <Listed routing acts open back/> }.into_any()
                        }
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| routing.refetch()/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

#[component]
fn Listed(
    routing: Routing,
    acts: Acts,
    open: Memo<Option<Open>>,
    back: Callback<()>,
) -> impl IntoView {
    let stored = StoredValue::new(routing.clone());
    let Routing { providers, aliases } = routing;
    let none = providers.is_empty();
    view! {
        <provider_form::CreateDialog open action=acts.create back/>
        <provider_form::EditDialog stored open acts back/>
        <key::KeyDialog stored open action=acts.key back/>
        <test_call::TestDialog stored open action=acts.test_call back/>
        <remove::RemoveDialog stored open action=acts.remove back/>
        <alias_form::CreateDialog stored open action=acts.create_alias back/>
        <alias_form::EditDialog stored open action=acts.update_alias back/>
        <remove::RemoveAliasDialog stored open action=acts.remove_alias back/>
        <section aria-labelledby="providers-heading">
            <h2 id="providers-heading">"Providers"</h2>
            <list::ProviderList rows=providers/>
        </section>
        {(!none)
            .then(|| {
                view! {
                    <section aria-labelledby="aliases-heading" class="section">
                        <div class="section-head">
                            <h2 id="aliases-heading">"Aliases"</h2>
                            {new_alias()}
                        </div>
                        <alias_list::AliasList rows=aliases/>
                    </section>
                }
            })}
    }
}

/// What the page knows, for its title.
fn knows(routing: &Routing) -> String {
    let all = routing.providers.len();
    let off = routing.providers.iter().filter(|provider| !provider.active).count();
    let providers = counted(all as u64, "provider", "providers");
    let aliases = counted(routing.aliases.len() as u64, "alias", "aliases");
    match off {
        0 => format!("{providers}, {aliases}"),
        off => format!("{off} of {providers} switched off, {aliases}"),
    }
}

/// Says what was done. What was refused is said in its form, which stays open.
fn tell(acts: Acts) {
    let toasts = Toasts::here();
    Effect::new(move |_| {
        if let Some(row) = acts.create.answer::<ProviderRow>() {
            toasts.good(format!("{} is ready. Aliases can lead to it.", row.name));
            acts.create.clear();
        }
    });
    Effect::new(move |_| {
        if let Some(row) = acts.update.answer::<ProviderRow>() {
            toasts.good(format!("{} is changed, on every node within a second.", row.name));
            acts.update.clear();
        }
    });
    Effect::new(move |_| {
        if let Some(row) = acts.switch.answer::<ProviderRow>() {
            let state =
                if row.active { "on: calls go to it again" } else { "off: no call goes to it" };
            toasts.good(format!("{} is switched {state}.", row.name));
            acts.switch.clear();
        }
    });
    Effect::new(move |_| {
        if let Some(row) = acts.key.answer::<ProviderRow>() {
            toasts.good(format!("{} has a new key.", row.name));
            acts.key.clear();
        }
    });
    acts.remove.tell("The provider is removed.");
    tell_of_aliases(acts, toasts);
}

fn tell_of_aliases(acts: Acts, toasts: Toasts) {
    Effect::new(move |_| {
        if let Some(row) = acts.create_alias.answer::<AliasRow>() {
            toasts.good(format!("Programs can ask for {}.", row.name));
            acts.create_alias.clear();
        }
    });
    Effect::new(move |_| {
        if let Some(row) = acts.update_alias.answer::<AliasRow>() {
            toasts.good(format!("{} is changed, on every node within a second.", row.name));
            acts.update_alias.clear();
        }
    });
    acts.remove_alias.tell("The alias is removed. Programs that ask for it are refused.");
}

/// Whether this person may change anything here.
fn may() -> bool {
    Here::get().is_some_and(|here| here.with(|view| view.may(Permission::ManageProviders)))
}

/// Shown to those who may; the page itself tells others which role does.
fn new_provider() -> AnyView {
    may()
        .then(|| {
            view! {
                <LinkButton href=paths::provider_new() tone=Tone::Primary>
                    {icon(Icon::Plus)}
                    <span>"New provider"</span>
                </LinkButton>
            }
        })
        .into_any()
}

fn new_alias() -> AnyView {
    may()
        .then(|| {
            view! {
                <LinkButton href=paths::alias_new()>
                    {icon(Icon::Plus)}
                    <span>"New alias"</span>
                </LinkButton>
            }
        })
        .into_any()
}

/// What a form says at its head: everything that no field of its own says.
fn general(fault: Option<Fault>, own: &[contract::fault::Field]) -> Option<impl IntoView + use<>> {
    let told = match &fault {
        Some(Fault::Invalid { field, .. }) => !own.contains(field),
        // Said at the target.
        Some(Fault::InvalidTarget { .. }) => false,
        Some(_) => true,
        None => false,
    };
    fault.filter(|_| told).map(|fault| {
        let text = sentence(&fault);
        view! { <p class="form-alert">{icon(Icon::Alert)}<span>{text}</span></p> }
    })
}
