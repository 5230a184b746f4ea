//! JSON pointers: from a byte offset to a pointer, and from a pointer to the value.

use super::{Node, Value};

/// A name as a token of a JSON pointer.
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The JSON pointer of the value at a byte offset, and the value.
pub fn pointer_of(root: &Node, at: usize) -> (String, &Node) {
    let mut pointer = String::new();
    let mut node = root;
    while node.at < at {
        let next = match &node.value {
            Value::Object(object) => {
                let before = object.iter().filter(|member| member.node.at <= at).max_by_key(|member| member.node.at);
                before.map(|member| (pointer_token(&member.key), &member.node))
            }
            Value::Array(items) => {
                items.iter().enumerate().rfind(|(_, item)| item.at <= at).map(|(index, item)| (index.to_string(), item))
            }
            _ => None,
        };
        let Some((token, below)) = next else { break };
        pointer.push('/');
        pointer.push_str(&token);
        node = below;
    }
    (pointer, node)
}

impl Node {
    /// The value that a JSON pointer leads to.
    pub fn at_pointer(&self, pointer: &str) -> Option<&Self> {
        pointer.split('/').skip(1).try_fold(self, |node, token| node.at_token(token))
    }

    /// The value one token of a JSON pointer further.
    pub fn at_token(&self, token: &str) -> Option<&Self> {
        match &self.value {
            Value::Object(object) => object.get(&token.replace("~1", "/").replace("~0", "~")),
            Value::Array(items) => items.get(token.parse::<usize>().ok()?),
            _ => None,
        }
    }
}
