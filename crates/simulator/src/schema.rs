//! Values that satisfy a JSON schema: the arguments of tools, and structured answers.
//!
//! The same schema always gives the same value. Patterns and conditions are not understood.

use serde_json::{Map, Value, json, value::RawValue};

/// How deep a value is made, so that a schema which needs itself comes to an end.
const DEPTH_MAX: usize = 12;

/// The most items of an array, whatever `minItems` asks.
const ITEMS_MAX: u64 = 100;

/// The longest string, whatever `minLength` asks.
const STRING_CHARS_MAX: u64 = 10_000;

/// What strings are made of.
const WORD: &str = "simulated";

/// What an answer is to be written in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Format<'a> {
    /// Words.
    #[default]
    Words,
    /// A JSON object of no certain shape.
    Object,
    /// JSON that satisfies a schema.
    Schema(&'a RawValue),
}

/// A JSON text that satisfies a schema. Where the schema names no properties and forbids none, the
/// object says what it is, and how long the prompt was.
pub(crate) fn text(schema: Option<&RawValue>, prompt_bytes: u64) -> String {
    let schema = schema.and_then(|schema| serde_json::from_str(schema.get()).ok());
    match schema.as_ref().filter(|schema| !open(schema)) {
        Some(schema) => example(schema).to_string(),
        None => format!(r#"{{"simulated":true,"prompt_bytes":{prompt_bytes}}}"#),
    }
}

/// Whether any object will do.
fn open(schema: &Value) -> bool {
    let object = schema["type"].is_null() || schema["type"] == "object";
    let named = ["properties", "required", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"];
    let free = |key| schema[key].as_object().is_none_or(Map::is_empty) && !schema[key].is_array();
    object && schema["additionalProperties"] != false && named.into_iter().all(free)
}

/// A value that satisfies a schema.
pub(crate) fn example(schema: &Value) -> Value {
    Maker { root: schema }.make(schema, 0)
}

struct Maker<'a> {
    root: &'a Value,
}

impl Maker<'_> {
    fn make(&self, schema: &Value, depth: usize) -> Value {
        if depth > DEPTH_MAX {
            return Value::Null;
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(first) = schema["enum"].get(0) {
            return first.clone();
        }
        if let Some(target) = schema["$ref"].as_str() {
            let target = target.strip_prefix('#').and_then(|path| self.root.pointer(path));
            return target.map_or(Value::Null, |target| self.make(target, depth + 1));
        }
        for either in ["anyOf", "oneOf"] {
            if let Some(first) = schema[either].get(0) {
                return self.make(first, depth + 1);
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            return self.make_all(schema, all, depth);
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            "integer" => number(schema, 1.0).map_or(json!(1), |n| json!(n as i64)),
            "number" => number(schema, 0.5).map_or(json!(1), whole_or_not),
            "boolean" => Value::Bool(true),
            "null" => Value::Null,
            _ => Value::String(string(schema)),
        }
    }

    /// The members of all parts of an `allOf`, and of the schema around it.
    fn make_all(&self, schema: &Value, all: &[Value], depth: usize) -> Value {
        let mut made = match schema["properties"].is_object() {
            true => self.object(schema, depth),
            false => Value::Null,
        };
        for part in all {
            match (&mut made, self.make(part, depth + 1)) {
                (Value::Object(made), Value::Object(more)) => made.extend(more),
                (_, more) => made = more,
            }
        }
        made
    }

    /// The required properties; where none is, all of them.
    fn object(&self, schema: &Value, depth: usize) -> Value {
        let empty = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&empty);
        let required: Vec<&str> = match schema["required"].as_array() {
            Some(names) if !names.is_empty() => names.iter().filter_map(Value::as_str).collect(),
            _ => properties.keys().map(String::as_str).collect(),
        };
        let member = |name: &str| {
            let schema = properties.get(name).unwrap_or(&Value::Null);
            (name.to_owned(), self.make(schema, depth + 1))
        };
        Value::Object(required.into_iter().map(member).collect())
    }

    fn array(&self, schema: &Value, depth: usize) -> Value {
        let most = schema["maxItems"].as_u64().unwrap_or(ITEMS_MAX).min(ITEMS_MAX);
        let count = schema["minItems"].as_u64().unwrap_or(1).min(most);
        Value::Array((0..count).map(|_| self.make(&schema["items"], depth + 1)).collect())
    }
}

/// The first type that is not null; without any, an object where members are named, or else a string.
fn kind(schema: &Value) -> &str {
    let first = match &schema["type"] {
        Value::Array(types) => {
            types.iter().filter_map(Value::as_str).find(|kind| *kind != "null").or(Some("null"))
        }
        single => single.as_str(),
    };
    first.unwrap_or(if schema["properties"].is_object() { "object" } else { "string" })
}

/// The number nearest to one within the bounds; `step` beyond a bound that is excluded.
fn number(schema: &Value, step: f64) -> Option<f64> {
    let bound = |key: &str| schema[key].as_f64();
    let low = bound("minimum").or(bound("exclusiveMinimum").map(|low| low + step));
    let high = bound("maximum").or(bound("exclusiveMaximum").map(|high| high - step));
    let mut number: f64 = 1.0;
    if let Some(low) = low {
        number = number.max(if step == 1.0 { low.ceil() } else { low });
    }
    if let Some(high) = high {
        number = number.min(if step == 1.0 { high.floor() } else { high });
    }
    if let Some(unit) = bound("multipleOf").filter(|unit| *unit > 0.0) {
        number = (number / unit).ceil() * unit;
    }
    (number != 1.0).then_some(number)
}

fn whole_or_not(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}

fn string(schema: &Value) -> String {
    let text = match schema["format"].as_str() {
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("date") => "2026-01-01",
        Some("time") => "00:00:00Z",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("email") => "simulated@example.com",
        Some("uri" | "url") => "https://example.com/simulated",
        Some("ipv4") => "192.0.2.1",
        Some("hostname") => "example.com",
        _ => WORD,
    };
    let most = schema["maxLength"].as_u64().unwrap_or(STRING_CHARS_MAX).min(STRING_CHARS_MAX);
    let least = schema["minLength"].as_u64().unwrap_or(0).min(most);
    let length = (text.len() as u64).clamp(least, most);
    text.chars().cycle().take(usize::try_from(length).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_simple_type_has_a_value() {
        let schema = json!({
            "type": "object",
            "properties": {
                "s": {"type": "string"}, "n": {"type": "number"}, "i": {"type": "integer"},
                "b": {"type": "boolean"}, "e": {"enum": ["x", "y"]}, "c": {"const": 7},
                "o": {"type": "object", "properties": {"in": {"type": ["null", "string"]}}},
                "a": {"type": "array", "items": {"type": "integer"}, "minItems": 2},
                "left_out": {"type": "string"},
            },
            "required": ["s", "n", "i", "b", "e", "c", "o", "a"],
            "additionalProperties": false,
        });
        let expected = json!({
            "s": "simulated", "n": 1, "i": 1, "b": true, "e": "x", "c": 7,
            "o": {"in": "simulated"}, "a": [1, 1],
        });
        assert_eq!(example(&schema), expected);
    }

    #[test]
    fn bounds_are_kept() {
        let make = |schema: Value| example(&schema);
        assert_eq!(make(json!({"type": "integer", "minimum": 4.5})), 5);
        assert_eq!(make(json!({"type": "integer", "exclusiveMinimum": 4})), 5);
        assert_eq!(make(json!({"type": "integer", "maximum": -3})), -3);
        assert_eq!(make(json!({"type": "integer", "minimum": 11, "multipleOf": 5})), 15);
        assert_eq!(make(json!({"type": "number", "exclusiveMaximum": 1})), 0.5);
        assert_eq!(make(json!({"type": "string", "minLength": 12})), "simulatedsim");
        assert_eq!(make(json!({"type": "string", "maxLength": 3})), "sim");
        assert_eq!(make(json!({"type": "array", "maxItems": 0})), json!([]));
        assert_eq!(make(json!({"type": "string", "format": "date"})), "2026-01-01");
    }

    #[test]
    fn references_and_unions_are_followed_and_come_to_an_end() {
        let schema = json!({
            "$defs": {"node": {
                "type": "object", "required": ["next"],
                "properties": {"next": {"$ref": "#/$defs/node"}},
            }},
            "type": "object",
            "properties": {
                "node": {"$ref": "#/$defs/node"},
                "either": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                "all": {"allOf": [
                    {"properties": {"x": {"type": "boolean"}}},
                    {"properties": {"y": {"type": "boolean"}}},
                ]},
            },
        });
        let made = example(&schema);
        assert!(made["node"]["next"]["next"].is_object());
        assert_eq!(made["either"], 1);
        assert_eq!(made["all"], json!({"x": true, "y": true}));
    }

    #[test]
    fn an_open_object_says_what_it_is() {
        let text = |schema: &str| super::text(serde_json::from_str(schema).ok(), 9);
        let says = r#"{"simulated":true,"prompt_bytes":9}"#;
        for open in ["", "{}", r#"{"type":"object","properties":{}}"#] {
            assert_eq!(text(open), says, "{open}");
        }
        assert_eq!(text(r#"{"type":"object","additionalProperties":false}"#), "{}");
        assert_eq!(text(r#"{"properties":{"a":{"type":"string"}}}"#), r#"{"a":"simulated"}"#);
    }
}
