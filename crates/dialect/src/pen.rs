//! Writes JSON and server-sent events, in the order in which the APIs document their fields.

/// An object under the pen.
pub(crate) struct Object<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

/// An array under the pen.
pub(crate) struct Array<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

/// Writes an object.
pub(crate) fn object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
    out.push(b'{');
    fill(&mut Object { out, empty: true });
    out.push(b'}');
}

/// Writes one event of a stream, whose data is an object.
pub(crate) fn event(out: &mut Vec<u8>, name: Option<&str>, fill: impl FnOnce(&mut Object<'_>)) {
    if let Some(name) = name {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(b"data: ");
    object(out, fill);
    out.extend_from_slice(b"\n\n");
}

/// Writes a string.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    // Writing a string into memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// The same JSON on one line, without the spaces between its parts.
pub(crate) fn compact(json: &str) -> String {
    let mut kept = String::with_capacity(json.len());
    let (mut quoted, mut escaped) = (false, false);
    for character in json.chars() {
        if quoted {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => {}
            }
        } else if character.is_ascii_whitespace() {
            continue;
        } else if character == '"' {
            quoted = true;
        }
        kept.push(character);
    }
    kept
}

impl Object<'_> {
    fn key(&mut self, name: &str) -> &mut Vec<u8> {
        if !std::mem::replace(&mut self.empty, false) {
            self.out.push(b',');
        }
        text(self.out, name);
        self.out.push(b':');
        self.out
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        text(self.key(name), value);
    }

    /// A `data:` address (RFC 2397).
    pub(crate) fn data_url(&mut self, name: &str, media: &str, data: &str) {
        let _ = serde_json::to_writer(self.key(name), &format_args!("data:{media};base64,{data}"));
    }

    pub(crate) fn maybe_text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    pub(crate) fn text_or_null(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.null(name),
        }
    }

    /// JSON that is already written.
    pub(crate) fn raw(&mut self, name: &str, json: &str) {
        self.key(name).extend_from_slice(json.as_bytes());
    }

    pub(crate) fn maybe_raw(&mut self, name: &str, json: Option<&str>) {
        if let Some(json) = json {
            self.raw(name, json);
        }
    }

    /// Members that are already written.
    pub(crate) fn members(&mut self, inside: &str) {
        if inside.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.empty, false) {
            self.out.push(b',');
        }
        self.out.extend_from_slice(inside.as_bytes());
    }

    pub(crate) fn whole(&mut self, name: &str, value: u64) {
        self.raw(name, &value.to_string());
    }

    pub(crate) fn index(&mut self, name: &str, value: usize) {
        self.raw(name, &value.to_string());
    }

    pub(crate) fn signed(&mut self, name: &str, value: i64) {
        self.raw(name, &value.to_string());
    }

    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.raw(name, if value { "true" } else { "false" });
    }

    pub(crate) fn null(&mut self, name: &str) {
        self.raw(name, "null");
    }

    pub(crate) fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        object(self.key(name), fill);
    }

    pub(crate) fn array(&mut self, name: &str, fill: impl FnOnce(&mut Array<'_>)) {
        let out = self.key(name);
        out.push(b'[');
        fill(&mut Array { out, empty: true });
        out.push(b']');
    }
}

impl Array<'_> {
    fn next(&mut self) -> &mut Vec<u8> {
        if !std::mem::replace(&mut self.empty, false) {
            self.out.push(b',');
        }
        self.out
    }

    pub(crate) fn text(&mut self, value: &str) {
        text(self.next(), value);
    }

    pub(crate) fn raw(&mut self, json: &[u8]) {
        self.next().extend_from_slice(json);
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        object(self.next(), fill);
    }
}
