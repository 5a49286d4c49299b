//! The tools that a caller offers, and which of them an answer calls.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{dialect::Problem, script::Script};

/// A tool that may be called.
#[derive(Debug)]
pub(crate) struct Tool<'a> {
    pub(crate) name: Cow<'a, str>,
    /// The JSON schema of its arguments.
    pub(crate) schema: Option<&'a RawValue>,
}

/// What the caller says of calling tools.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Choice<'a> {
    /// The model may call one or not.
    #[default]
    Free,
    Never,
    /// Some tool must be called.
    Always,
    Named(Cow<'a, str>),
}

/// All that is said of tools.
#[derive(Debug, Default)]
pub(crate) struct Tools<'a> {
    pub(crate) offered: Vec<Tool<'a>>,
    pub(crate) choice: Choice<'a>,
    /// Whether at most one tool may be called.
    pub(crate) single: bool,
    /// Whether the caller has just said what a tool resulted in, so that words are due.
    pub(crate) answered: bool,
}

/// OpenAI's `tool_choice` where it is an object: chats nest the name, responses do not.
#[derive(Deserialize)]
struct Chosen<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    function: Option<Function<'a>>,
    #[serde(borrow, default)]
    mode: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    allowed_tools: Option<Allowed<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Allowed<'a> {
    #[serde(borrow)]
    mode: Cow<'a, str>,
}

impl<'a> Choice<'a> {
    /// Reads OpenAI's `tool_choice`; what it means beyond functions is as good as nothing.
    pub(crate) fn of_openai(choice: Option<&'a RawValue>) -> Self {
        let Some(choice) = choice.map(RawValue::get) else { return Self::Free };
        match choice {
            "\"none\"" => return Self::Never,
            "\"required\"" => return Self::Always,
            _ => {}
        }
        let Ok(chosen) = serde_json::from_str::<Chosen<'_>>(choice) else { return Self::Free };
        let mode = chosen.mode.or(chosen.allowed_tools.map(|allowed| allowed.mode));
        match chosen.name.or(chosen.function.map(|function| function.name)) {
            Some(name) => Self::Named(name),
            None if mode.as_deref() == Some("required") => Self::Always,
            None => Self::Free,
        }
    }
}

impl<'a> Tools<'a> {
    /// The tools that the answer calls, in order; the same one may be called more than once.
    ///
    /// # Errors
    /// When a tool is named, by the caller or its script, that is not offered.
    pub(crate) fn called(&self, script: &Script, cued: bool) -> Result<Vec<&Tool<'a>>, Problem> {
        if self.answered || self.choice == Choice::Never || self.offered.is_empty() {
            return Ok(Vec::new());
        }
        let named = match (&self.choice, &script.tool_call) {
            (Choice::Named(name), _) => Some(self.find(name).ok_or_else(|| {
                Problem::bad_param("tool_choice", "invalid_value", format!("No tool is `{name}`."))
            })?),
            (_, Some(name)) => Some(
                self.find(name)
                    .ok_or_else(|| Problem::simulation(&[format!("tool_call={name}")]))?,
            ),
            _ => None,
        };
        let wanted =
            cued || named.is_some() || script.tool_calls.is_some() || self.choice == Choice::Always;
        let count = match script.tool_calls {
            _ if !wanted => 0,
            Some(count) if !self.single => count,
            _ => 1,
        };
        let each = self.offered.iter().cycle().map(|tool| named.unwrap_or(tool));
        Ok(each.take(count).collect())
    }

    fn find(&self, name: &str) -> Option<&Tool<'a>> {
        self.offered.iter().find(|tool| tool.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(choice: Choice<'static>) -> Tools<'static> {
        let offered = ["a", "b"].map(|name| Tool { name: name.into(), schema: None }).into();
        Tools { offered, choice, ..Tools::default() }
    }

    fn names(tools: &Tools<'_>, script: &Script) -> String {
        tools.called(script, false).unwrap().iter().map(|tool| &*tool.name).collect()
    }

    #[test]
    fn who_chooses_is_obeyed_and_nobody_else_calls() {
        let plain = Script::default();
        assert_eq!(names(&tools(Choice::Free), &plain), "");
        assert_eq!(names(&tools(Choice::Always), &plain), "a");
        assert_eq!(names(&tools(Choice::Named("b".into())), &plain), "b");
        let script = Script { tool_call: Some("b".to_owned()), ..Script::default() };
        assert_eq!(names(&tools(Choice::Free), &script), "b");
        assert_eq!(names(&tools(Choice::Never), &script), "");
        assert_eq!(names(&Tools { answered: true, ..tools(Choice::Always) }, &script), "");
        assert_eq!(names(&Tools::default(), &script), "");
    }

    #[test]
    fn many_calls_go_round_unless_one_is_the_most() {
        let script = Script { tool_calls: Some(3), ..Script::default() };
        assert_eq!(names(&tools(Choice::Free), &script), "aba");
        assert_eq!(names(&tools(Choice::Named("b".into())), &script), "bbb");
        assert_eq!(names(&Tools { single: true, ..tools(Choice::Free) }, &script), "a");
    }

    #[test]
    fn a_tool_that_is_not_offered_is_named() {
        let script = Script { tool_call: Some("c".to_owned()), ..Script::default() };
        let problem = tools(Choice::Free).called(&script, false).unwrap_err();
        assert!(problem.message.contains("tool_call=c"), "{}", problem.message);
        let problem = tools(Choice::Named("d".into())).called(&script, false).unwrap_err();
        assert_eq!(problem.param, Some("tool_choice"));
    }

    #[test]
    fn openais_choice_is_read_in_all_its_forms() {
        let read = |text: &'static str| {
            Choice::of_openai(Some(serde_json::from_str::<&RawValue>(text).unwrap()))
        };
        assert_eq!(read(r#""auto""#), Choice::Free);
        assert_eq!(read(r#""none""#), Choice::Never);
        assert_eq!(read(r#""required""#), Choice::Always);
        assert_eq!(read("null"), Choice::Free);
        let nested = r#"{"type":"function","function":{"name":"f"}}"#;
        assert_eq!(read(nested), Choice::Named("f".into()));
        assert_eq!(read(r#"{"type":"function","name":"f"}"#), Choice::Named("f".into()));
        let allowed = r#"{"type":"allowed_tools","mode":"required","tools":[]}"#;
        assert_eq!(read(allowed), Choice::Always);
    }
}
