//! Styles of names.

/// How the words of a name are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `like_this`
    Snake,
    /// `likeThis`
    Camel,
    /// `LikeThis`
    Pascal,
    /// `LIKE_THIS`
    UpperSnake,
}

impl Style {
    const TABLE: [(Self, &'static str); 4] = [
        (Self::Snake, "snake_case"),
        (Self::Camel, "camelCase"),
        (Self::Pascal, "PascalCase"),
        (Self::UpperSnake, "UPPER_SNAKE_CASE"),
    ];

    /// Reads the name of a style.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::TABLE.iter().find(|(_, name)| *name == text).map(|(style, _)| *style)
    }

    /// The name of the style.
    pub(super) fn as_str(self) -> &'static str {
        Self::TABLE.iter().find(|(style, _)| *style == self).expect("the table has every style").1
    }

    /// Whether a name is in this style; `_` before it and digits in it are of any style.
    pub(super) fn fits(self, name: &str) -> bool {
        let name = name.trim_start_matches('_');
        let starts_upper = name.starts_with(|first: char| first.is_uppercase());
        let has = |test: fn(char) -> bool| name.contains(test);
        match self {
            Self::Snake => !has(char::is_uppercase),
            Self::UpperSnake => !has(char::is_lowercase),
            Self::Camel => !starts_upper && !name.contains('_'),
            Self::Pascal => starts_upper && !name.contains('_'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Style;

    #[test]
    fn names_fit_their_style() {
        for (style, good, bad) in [
            ("snake_case", "order_id2", "orderId"),
            ("camelCase", "orderId", "order_id"),
            ("PascalCase", "OrderId", "orderId"),
            ("UPPER_SNAKE_CASE", "ORDER_ID", "Order_Id"),
        ] {
            let style = Style::parse(style).expect("a style");
            assert!(style.fits(good) && !style.fits(bad), "{}", style.as_str());
        }
    }
}
