//! `format=ignore_extensions`: a tree without extensions and custom options.

use super::tree::{Enum, Field, File, Group, Message, Setting};

/// The tree without `extend` blocks, extension ranges and custom options, except Confluent's own options.
pub(super) fn without_extensions(file: &File) -> File {
    let mut file = file.clone();
    file.extends.clear();
    retain(&mut file.options);
    file.messages.iter_mut().for_each(strip_message);
    file.enums.iter_mut().for_each(strip_enum);
    for service in &mut file.services {
        retain(&mut service.options);
        service.rpcs.iter_mut().for_each(|rpc| retain(&mut rpc.options));
    }
    file
}

fn retain(options: &mut Vec<Setting>) {
    options.retain(|option| !option.name.extension || option.name.text.starts_with("confluent."));
}

fn strip_message(message: &mut Message) {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
        message.extensions.clear();
        message.extends.clear();
        retain(&mut message.options);
        strip_fields(&mut message.fields);
        strip_groups(&mut message.groups);
        for oneof in &mut message.oneofs {
            retain(&mut oneof.options);
            strip_fields(&mut oneof.fields);
            strip_groups(&mut oneof.groups);
        }
        message.messages.iter_mut().for_each(strip_message);
        message.enums.iter_mut().for_each(strip_enum);
    });
}

fn strip_fields(fields: &mut [Field]) {
    for field in fields {
        retain(&mut field.options);
    }
}

fn strip_groups(groups: &mut [Group]) {
    for group in groups {
        retain(&mut group.options);
        strip_fields(&mut group.fields);
    }
}

fn strip_enum(declared: &mut Enum) {
    retain(&mut declared.options);
    declared.constants.iter_mut().for_each(|constant| retain(&mut constant.options));
}
