//! Subject templates, such as `{dir}-{stem}`.

/// A text with places to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Stem,
    Dir,
    Path,
    Name,
}

/// What a template is filled with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'w> {
    /// The path of the file, relative to the root, with `/` between its parts.
    pub(super) file: &'w str,
    /// The full name of what the schema declares, if it has one.
    pub(super) name: Option<&'w str>,
}

impl Template {
    /// Reads a template; the places are `{stem}`, `{dir}`, `{path}` and `{name}`.
    pub(in crate::cli) fn read(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((place, after)) = after.split_once('}') else {
                return Err("a { without its }".to_owned());
            };
            let place = match place {
                "stem" => Place::Stem,
                "dir" => Place::Dir,
                "path" => Place::Path,
                "name" => Place::Name,
                _ => {
                    return Err(format!("there is no {{{place}}}; there are {{stem}}, {{dir}}, {{path}} and {{name}}"));
                }
            };
            parts.extend([Part::Text(before.to_owned()), Part::Place(place)]);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The subject; none if a word is missing.
    pub(super) fn fill(&self, words: Words<'_>) -> Option<String> {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Place(Place::Stem) => filled.push_str(words.stem()),
                Part::Place(Place::Dir) => filled.push_str(words.dir()?),
                Part::Place(Place::Path) => filled.push_str(words.path()),
                Part::Place(Place::Name) => filled.push_str(words.name?),
            }
        }
        Some(filled)
    }
}

impl<'w> Words<'w> {
    /// The path without the endings that say that it is a schema.
    fn path(self) -> &'w str {
        let path = self.file;
        let without = [".avsc", ".proto", ".json"].iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path);
        without.strip_suffix(".schema").unwrap_or(without)
    }

    /// The file's name without its endings.
    pub(super) fn stem(self) -> &'w str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    /// The name of the folder.
    pub(super) fn dir(self) -> Option<&'w str> {
        self.file.rsplit('/').nth(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_from_the_path_and_the_name() {
        let words = Words { file: "schemas/orders/value.schema.json", name: Some("shop.Order") };
        for (template, expected) in [
            ("{dir}-{stem}", "orders-value"),
            ("{path}", "schemas/orders/value"),
            (":.eu:{name}", ":.eu:shop.Order"),
            ("fixed", "fixed"),
        ] {
            let template = Template::read(template).expect("a template");
            assert_eq!(template.fill(words).as_deref(), Some(expected));
        }
        assert_eq!(Template::read("{dir}").expect("a template").fill(Words { file: "a.avsc", name: None }), None);
        assert!(Template::read("{nope}").is_err_and(|wrong| wrong.contains("{nope}")));
        assert!(Template::read("{stem").is_err());
    }
}
