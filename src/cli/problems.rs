//! Files that are not understood, as the commands that write to a registry tell them.

use super::workspace::{Problem, Trouble};

/// What is wrong with a file.
pub(super) fn trouble(problem: &Problem) -> String {
    match &problem.what {
        Trouble::NotText => "it is not UTF-8".to_owned(),
        Trouble::Syntax(error) => error.to_string(),
        Trouble::NoSubject => "nothing gives it a subject; add one to regis.yaml".to_owned(),
        Trouble::SubjectTaken { subject, by } => format!("its subject {subject} is that of {by}"),
        Trouble::Cycle(files) => format!("it refers to itself: {}", files.join(" -> ")),
    }
}
