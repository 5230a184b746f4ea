//! The kinds of differences: their names on the wire, what they break and how they are worded.

use crate::schema::{Direction, Policy};

/// A kind of difference.
#[derive(Debug)]
pub(super) struct Change {
    /// Its name on the wire.
    pub(super) name: &'static str,
    breaks: Breaks,
    text: Text,
}

/// Under which policies a difference makes schemas incompatible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Always,
    UnlessLenient,
    Never,
}

/// The sentence of a message.
#[derive(Debug, Clone, Copy)]
enum Text {
    None,
    KeywordMissing,
    More,
    Less,
    Different,
    FewerElements,
    MoreElements,
    TypeDiffers,
    OpenHas,
    UnopenRequires,
    ClosedMisses,
    RemovedNotCovered,
    AddedNotCovered,
}

impl Change {
    /// Whether it makes schemas incompatible.
    pub(super) fn breaks(&self, policy: Policy) -> bool {
        match self.breaks {
            Breaks::Always => true,
            Breaks::UnlessLenient => policy != Policy::Lenient,
            Breaks::Never => false,
        }
    }

    /// The sentence, and the message on the wire; its quotes do not match there either.
    pub(super) fn message(&self, path: &str, direction: Direction) -> (String, String) {
        let description = self.text.sentence(path, direction.words());
        let message = format!("{{errorType:\"{}\", description:\"{description}'}}", self.name);
        (description, message)
    }
}

impl Text {
    fn sentence(self, path: &str, (reader, writer): (&str, &str)) -> String {
        match self {
            Self::None => String::new(),
            Self::KeywordMissing => {
                format!("The keyword at path '{path}' in the {reader} schema is not present in the {writer} schema")
            }
            Self::More => {
                format!(
                    "The value at path '{path}' in the {reader} schema is more than its value in the {writer} schema"
                )
            }
            Self::Less => {
                format!(
                    "The value at path '{path}' in the {reader} schema is less than its value in the {writer} schema"
                )
            }
            Self::Different => {
                format!("The value at path '{path}' is different between the {reader} and {writer} schema")
            }
            Self::FewerElements => format!(
                "An array or combined type at path '{path}' has fewer elements in the {reader} schema than the {writer} \
                 schema"
            ),
            Self::MoreElements => format!(
                "An array or combined type at path '{path}' has more elements in the {reader} schema than the {writer} \
                 schema"
            ),
            Self::TypeDiffers => {
                format!("A type at path '{path}' is different between the {reader} schema and the {writer} schema")
            }
            Self::OpenHas => format!(
                "The {reader} schema has an open content model and has a property or item at path '{path}' which is \
                 missing in the {writer} schema"
            ),
            Self::UnopenRequires => format!(
                "The {reader} schema has an unopen content model and has a required property at path '{path}' which is \
                 missing in the {writer} schema"
            ),
            Self::ClosedMisses => format!(
                "The {reader} has a closed content model and is missing a property or item present at path '{path}' in \
                 the {writer} schema"
            ),
            Self::RemovedNotCovered => format!(
                "A property or item is missing in the {reader} schema but present at path '{path}' in the {writer} \
                 schema and is not covered by its partially open content model"
            ),
            Self::AddedNotCovered => format!(
                "The {reader} schema has a property or item at path '{path}' which is missing in the {writer} schema \
                 and is not covered by its partially open content model"
            ),
        }
    }
}

/// Declares one constant per kind: those of a row break alike and are worded alike.
macro_rules! table {
    ($($breaks:ident $text:ident: $($name:ident)+;)+) => {
        $($(
            pub(super) static $name: Change =
                Change { name: stringify!($name), breaks: Breaks::$breaks, text: Text::$text };
        )+)+
    };
}

table! {
    Always None: SCHEMA_ADDED;
    Always KeywordMissing:
        MAX_LENGTH_ADDED MIN_LENGTH_ADDED PATTERN_ADDED MAXIMUM_ADDED MINIMUM_ADDED EXCLUSIVE_MAXIMUM_ADDED
        EXCLUSIVE_MINIMUM_ADDED MULTIPLE_OF_ADDED REQUIRED_ATTRIBUTE_ADDED MAX_PROPERTIES_ADDED MIN_PROPERTIES_ADDED
        DEPENDENCY_ARRAY_ADDED DEPENDENCY_SCHEMA_ADDED MAX_ITEMS_ADDED MIN_ITEMS_ADDED MAX_CONTAINS_ADDED
        MIN_CONTAINS_ADDED UNIQUE_ITEMS_ADDED ADDITIONAL_ITEMS_REMOVED UNEVALUATED_ITEMS_REMOVED;
    UnlessLenient KeywordMissing: ADDITIONAL_PROPERTIES_REMOVED UNEVALUATED_PROPERTIES_REMOVED;
    Always More:
        MIN_LENGTH_INCREASED MINIMUM_INCREASED EXCLUSIVE_MINIMUM_INCREASED MULTIPLE_OF_EXPANDED
        MIN_PROPERTIES_INCREASED MIN_ITEMS_INCREASED MIN_CONTAINS_INCREASED;
    Always Less:
        MAX_LENGTH_DECREASED MAXIMUM_DECREASED EXCLUSIVE_MAXIMUM_DECREASED MAX_PROPERTIES_DECREASED
        MAX_ITEMS_DECREASED MAX_CONTAINS_DECREASED;
    Always Different: PATTERN_CHANGED MULTIPLE_OF_CHANGED DEPENDENCY_ARRAY_CHANGED;
    Always FewerElements:
        ADDITIONAL_ITEMS_NARROWED UNEVALUATED_ITEMS_NARROWED ENUM_ARRAY_NARROWED SUM_TYPE_NARROWED;
    UnlessLenient FewerElements: ADDITIONAL_PROPERTIES_NARROWED UNEVALUATED_PROPERTIES_NARROWED;
    Always MoreElements: DEPENDENCY_ARRAY_EXTENDED PRODUCT_TYPE_EXTENDED NOT_TYPE_EXTENDED;
    Always TypeDiffers:
        TYPE_NARROWED TYPE_CHANGED ENUM_ARRAY_CHANGED COMBINED_TYPE_CHANGED COMBINED_TYPE_SUBSCHEMAS_CHANGED;
    Always OpenHas: REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL ITEM_ADDED_TO_OPEN_CONTENT_MODEL;
    UnlessLenient OpenHas:
        REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL;
    Always UnopenRequires: REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL;
    Always ClosedMisses: ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL;
    UnlessLenient ClosedMisses: PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL;
    Always RemovedNotCovered: ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    UnlessLenient RemovedNotCovered: PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    Always AddedNotCovered: ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    UnlessLenient AddedNotCovered: PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    Never MoreElements: SUM_TYPE_EXTENDED;
    Never None:
        ID_CHANGED DESCRIPTION_CHANGED TITLE_CHANGED DEFAULT_CHANGED SCHEMA_REMOVED TYPE_EXTENDED MAX_LENGTH_REMOVED
        MAX_LENGTH_INCREASED MIN_LENGTH_REMOVED MIN_LENGTH_DECREASED PATTERN_REMOVED MAXIMUM_REMOVED MAXIMUM_INCREASED
        MINIMUM_REMOVED MINIMUM_DECREASED EXCLUSIVE_MAXIMUM_REMOVED EXCLUSIVE_MAXIMUM_INCREASED
        EXCLUSIVE_MINIMUM_REMOVED EXCLUSIVE_MINIMUM_DECREASED MULTIPLE_OF_REMOVED MULTIPLE_OF_REDUCED
        REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED REQUIRED_ATTRIBUTE_REMOVED MAX_PROPERTIES_REMOVED
        MAX_PROPERTIES_INCREASED MIN_PROPERTIES_REMOVED MIN_PROPERTIES_DECREASED ADDITIONAL_PROPERTIES_ADDED
        ADDITIONAL_PROPERTIES_EXTENDED DEPENDENCY_ARRAY_REMOVED DEPENDENCY_ARRAY_NARROWED DEPENDENCY_SCHEMA_REMOVED
        PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL
        REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL
        OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL
        PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL
        PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
        PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL UNEVALUATED_PROPERTIES_ADDED
        UNEVALUATED_PROPERTIES_EXTENDED MAX_ITEMS_REMOVED MAX_ITEMS_INCREASED MIN_ITEMS_REMOVED MIN_ITEMS_DECREASED
        MAX_CONTAINS_REMOVED MAX_CONTAINS_INCREASED MIN_CONTAINS_REMOVED MIN_CONTAINS_DECREASED UNIQUE_ITEMS_REMOVED
        ADDITIONAL_ITEMS_ADDED ADDITIONAL_ITEMS_EXTENDED UNEVALUATED_ITEMS_ADDED UNEVALUATED_ITEMS_EXTENDED
        ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL ITEM_ADDED_TO_CLOSED_CONTENT_MODEL
        ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL
        ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
        ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL ENUM_ARRAY_EXTENDED COMBINED_TYPE_EXTENDED
        PRODUCT_TYPE_NARROWED NOT_TYPE_NARROWED;
}
