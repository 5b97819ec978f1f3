//! Forms as a page has them, and as a person fills them in. It reads what the node writes, which
//! quotes every attribute, and is no parser of other people's HTML.

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    /// Where it is sent.
    pub(super) action: String,
    /// What is sent.
    pub(super) fields: Vec<(String, String)>,
}

impl Form {
    /// The same with a field filled in, or a button pressed.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// All forms of a page.
    pub(super) fn all(html: &str) -> Vec<Self> {
        let begins = html.split("<form").skip(1);
        let bodies = begins.map(|rest| rest.split("</form>").next().unwrap_or(rest));
        bodies.map(Self::parse).collect()
    }

    fn parse(body: &str) -> Self {
        let head = body.split('>').next().unwrap_or_default();
        let inputs = body.split("<input").skip(1);
        let fields = inputs.filter_map(|rest| field(tag(rest))).collect();
        Self {
            action: attribute(head, "action").unwrap_or_default(),
            fields,
        }
    }
}

/// What stands before the end of a tag. No attribute of ours has a `>` in it: it is written `&gt;`.
fn tag(rest: &str) -> &str {
    rest.split('>').next().unwrap_or(rest)
}

/// What an input sends as it is.
fn field(tag: &str) -> Option<(String, String)> {
    let is_box = ["checkbox", "radio"].contains(&attribute(tag, "type")?.as_str());
    let is_ticked = tag.split_ascii_whitespace().any(|word| word == "checked");
    if is_box && !is_ticked {
        return None;
    }
    let otherwise = if is_box { "on" } else { "" };
    let value = attribute(tag, "value").unwrap_or_else(|| otherwise.to_owned());
    Some((attribute(tag, "name")?, value))
}

/// The value of an attribute.
pub(super) fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(unescaped(value))
}

/// Text as it was before it was written into a page.
fn unescaped(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        // Last, or what it makes would be read once more.
        ("&amp;", "&"),
    ];
    let mut plain = text.to_owned();
    for (entity, letter) in entities {
        plain = plain.replace(entity, letter);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn a_form_is_sent_as_the_page_fills_it_in() {
        let html = r#"<form method="post" action="/a?b=1&#38;c=2">
            <input type="hidden" name="here" value="/home">
            <label><input type="checkbox" name="concept" value="gas" checked> Gas</label>
            <label><input type="checkbox" name="concept" value="power"> Power</label>
            <input id="email" name="email" type="email" value="">
            <button name="answer" value="yes">Yes</button></form><form action="/d"></form>"#;
        let forms = Form::all(html);
        let actions: Vec<&str> = forms.iter().map(|form| form.action.as_str()).collect();
        assert_eq!(actions, ["/a?b=1&c=2", "/d"]);
        let fields: Vec<(&str, &str)> = forms[0]
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            fields,
            [("here", "/home"), ("concept", "gas"), ("email", "")]
        );
    }
}
