//! The files that can always be imported, without being registered (contract, section 5).

use std::sync::LazyLock;

use super::decode;
use super::parser;
use super::tree::File;

/// Name and text of the files that no published crate carries.
const TEXTS: [(&str, &str); 19] = [
    ("google/type/calendar_period.proto", include_str!("builtin/google/type/calendar_period.proto")),
    ("google/type/color.proto", include_str!("builtin/google/type/color.proto")),
    ("google/type/date.proto", include_str!("builtin/google/type/date.proto")),
    ("google/type/datetime.proto", include_str!("builtin/google/type/datetime.proto")),
    ("google/type/dayofweek.proto", include_str!("builtin/google/type/dayofweek.proto")),
    ("google/type/decimal.proto", include_str!("builtin/google/type/decimal.proto")),
    ("google/type/expr.proto", include_str!("builtin/google/type/expr.proto")),
    ("google/type/fraction.proto", include_str!("builtin/google/type/fraction.proto")),
    ("google/type/interval.proto", include_str!("builtin/google/type/interval.proto")),
    ("google/type/latlng.proto", include_str!("builtin/google/type/latlng.proto")),
    ("google/type/money.proto", include_str!("builtin/google/type/money.proto")),
    ("google/type/month.proto", include_str!("builtin/google/type/month.proto")),
    ("google/type/phone_number.proto", include_str!("builtin/google/type/phone_number.proto")),
    ("google/type/postal_address.proto", include_str!("builtin/google/type/postal_address.proto")),
    ("google/type/quaternion.proto", include_str!("builtin/google/type/quaternion.proto")),
    ("google/type/timeofday.proto", include_str!("builtin/google/type/timeofday.proto")),
    ("confluent/meta.proto", include_str!("builtin/confluent/meta.proto")),
    ("confluent/type/decimal.proto", include_str!("builtin/confluent/type/decimal.proto")),
    ("confluent/type/variant.proto", include_str!("builtin/confluent/type/variant.proto")),
];

/// Parsed once: a constant that only takes too long to be written as one.
static FILES: LazyLock<Vec<(String, File)>> = LazyLock::new(|| {
    let parsed = TEXTS.iter().map(|&(name, text)| {
        let file = parser::parse(text).expect("a built-in text is well-formed: a test parses each");
        (name.to_owned(), file)
    });
    well_known().into_iter().chain(parsed).collect()
});

/// The built-in files by import name.
pub(super) fn files() -> &'static [(String, File)] {
    &FILES
}

/// The `google/protobuf` files, from the published crate that carries them; the compiler's own are not among them.
fn well_known() -> Vec<(String, File)> {
    let pool = prost_reflect::DescriptorPool::global();
    let files = pool.files().filter(|file| file.package_name() == "google.protobuf").map(|file| {
        let tree =
            decode::file(&file.encode_to_vec()).expect("the crate's own files are descriptors: a test reads each");
        (file.name().to_owned(), tree)
    });
    files.collect()
}

#[cfg(test)]
mod tests {
    use super::super::{names::Names, normal::normalize, strict};
    use super::files;

    #[test]
    fn all_thirty_files_are_complete_schemas() {
        assert_eq!(files().len(), 30);
        for (name, file) in files() {
            assert!(!file.messages.is_empty() || !file.enums.is_empty(), "{name}");
            normalize(file, &Names::new(file, &[])).unwrap_or_else(|error| panic!("{name}: {error}"));
            if !name.starts_with("google/protobuf/") {
                strict::build(file, &[]).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
    }
}
