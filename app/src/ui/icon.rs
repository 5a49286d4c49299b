//! The few pictures that controls and states carry, drawn on a grid of 16 with the text's own colour.

use leptos::prelude::*;

/// A picture. It never stands alone: a word is beside it, or the control has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Activity,
    Agent,
    Alert,
    ArrowDown,
    ArrowLeft,
    ArrowRight,
    ArrowUp,
    Back,
    Building,
    Check,
    ChevronDown,
    ChevronRight,
    Circuit,
    Clock,
    Close,
    Copy,
    Cross,
    Dot,
    Filter,
    Info,
    Key,
    Lock,
    Menu,
    Moon,
    Pause,
    Play,
    Plug,
    Plus,
    Route,
    Search,
    Shield,
    SignOut,
    Slash,
    Stop,
    Sun,
    System,
    User,
}

impl Icon {
    /// The strokes, as one SVG path.
    const fn path(self) -> &'static str {
        match self {
            Self::Activity => "M1.5 8.5h3l2-5.5 3.2 10 2-4.5h2.8",
            Self::Agent => {
                "M3 5.5h10v7.5H3ZM8 5.5V3M8 3a.8.8 0 1 0 0-1.6A.8.8 0 0 0 8 3ZM6 8.6v1.2M10 8.6v1.2M1.4 8.2v2.4M14.6 8.2v2.4"
            }
            Self::Alert => "M8 2.2 14.4 13.4H1.6ZM8 6.4v3.2M8 11.6v.1",
            Self::ArrowDown => "M8 3v9.6M3.8 8.6 8 12.8l4.2-4.2",
            Self::ArrowLeft => "M9.8 3.5 5.2 8l4.6 4.5",
            Self::ArrowRight | Self::ChevronRight => "M6.2 3.5 10.8 8l-4.6 4.5",
            Self::ArrowUp => "M8 13V3.4M3.8 7.4 8 3.2l4.2 4.2",
            Self::Back => "M7 3.5 2.5 8 7 12.5M2.8 8h10.7",
            Self::Building => {
                "M3 13.5v-11h6.5v11M9.5 6.5H13v7M1.8 13.5h12.4M5.3 5.2h1.9M5.3 8h1.9M5.3 10.8h1.9"
            }
            Self::Check => "M3 8.6 6.4 12 13 4.6",
            Self::ChevronDown => "M3.5 6.2 8 10.8l4.5-4.6",
            Self::Circuit => "M1.5 8h3.2M11.3 8h3.2M4.7 8l5.6-3.6M4.7 8h.1M11.3 8h.1",
            Self::Clock => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6",
            Self::Close | Self::Cross => "M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4",
            Self::Copy => "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8Z",
            Self::Dot => "M8 6.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8Z",
            Self::Filter => "M2 4h12M4.5 8h7M6.8 12h2.4",
            Self::Info => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.4v3.6M8 5v.1",
            Self::Key => "M6 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8.2 7.8 13.5 2.5M11.2 4.8l1.8 1.8",
            Self::Lock => "M3.5 7.2h9v6.3h-9ZM5.3 7.2V5a2.7 2.7 0 0 1 5.4 0v2.2",
            Self::Menu => "M2.2 4.2h11.6M2.2 8h11.6M2.2 11.8h11.6",
            Self::Moon => "M13.2 9.6A5.8 5.8 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
            Self::Pause => "M5.4 3.5v9M10.6 3.5v9",
            Self::Play => "M5 3.2 12.4 8 5 12.8Z",
            Self::Plug => "M5.5 2v3.2M10.5 2v3.2M3.5 5.2h9v2.3a4.5 4.5 0 0 1-9 0ZM8 12v2.2",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Route => {
                "M2 8h3.4c3 0 2.6-4.4 5.6-4.4h2.4M5.4 8c3 0 2.6 4.4 5.6 4.4h2.4M11.6 1.8l1.9 1.8-1.9 1.8M11.6 10.6l1.9 1.8-1.9 1.8"
            }
            Self::Search => "M7 11.6A4.6 4.6 0 1 0 7 2.4a4.6 4.6 0 0 0 0 9.2ZM10.4 10.4l3.4 3.4",
            Self::Shield => {
                "M8 1.8 13 3.6v4c0 3.3-2 5.6-5 6.8-3-1.2-5-3.5-5-6.8v-4ZM5.6 7.8l1.8 1.8 3-3.4"
            }
            Self::SignOut => "M6.2 13.5H2.8v-11h3.4M10 4.8 13.2 8 10 11.2M13 8H6",
            Self::Slash => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM3.8 3.8l8.4 8.4",
            Self::Stop => "M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3L1.8 10.7V5.3ZM5.6 8h4.8",
            Self::Sun => {
                "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M12.7 3.3l-1 1M4.3 11.7l-1 1"
            }
            Self::System => "M2 3h12v8.2H2ZM5.5 13.6h5M8 11.2v2.4",
            Self::User => {
                "M8 7.6a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM2.8 13.8a5.2 5.2 0 0 1 10.4 0"
            }
        }
    }
}

/// The picture's markup, hidden from assistive technology.
#[must_use]
pub fn icon(which: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=which.path()></path>
        </svg>
    }
}
