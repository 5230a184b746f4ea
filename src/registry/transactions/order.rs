//! The order in which the schemas of a transaction are registered: what is referred to before what refers to it.

use super::super::Error;
use crate::{model::Subject, registry::SubmittedReference};

/// A registration as far as its order goes.
#[derive(Debug, Clone)]
pub(super) struct Step<'a> {
    /// The position of the operation in the transaction.
    pub(super) index: usize,
    pub(super) subject: Subject,
    pub(super) references: &'a [SubmittedReference],
}

/// The steps by their places in `steps`, dependencies before dependents, otherwise as they were given.
///
/// Registrations under one subject keep their order. A reference to a subject of the transaction waits for all of them,
/// unless it names a version that `exists` already; where one of them waits in turn, for those before that one.
pub(super) fn ordered(steps: &[Step<'_>], exists: impl Fn(&Subject, i32) -> bool) -> Result<Vec<usize>, Error> {
    let needs: Vec<Vec<usize>> = (0..steps.len()).map(|at| needs(steps, at, &exists)).collect();
    let mut done = vec![false; steps.len()];
    let mut order = Vec::with_capacity(steps.len());
    while order.len() < steps.len() {
        let waiting = || (0..steps.len()).filter(|at| !done[*at]);
        let begun = |subject: &Subject| (0..steps.len()).any(|at| done[at] && steps[at].subject == *subject);
        let so_far = |at: usize, need: usize| {
            done[need] || (steps[need].subject != steps[at].subject && begun(&steps[need].subject))
        };
        let ready = waiting().find(|at| needs[*at].iter().all(|need| done[*need]));
        let ready = ready.or_else(|| waiting().find(|at| needs[*at].iter().all(|need| so_far(*at, *need))));
        let Some(at) = ready else { return Err(circle(steps, &needs, &done)) };
        done[at] = true;
        order.push(at);
    }
    Ok(order)
}

fn needs(steps: &[Step<'_>], at: usize, exists: &impl Fn(&Subject, i32) -> bool) -> Vec<usize> {
    let step = &steps[at];
    let mut needs: Vec<usize> =
        (0..at).rev().find(|before| steps[*before].subject == step.subject).into_iter().collect();
    for reference in step.references {
        let (Some(name), Some(version)) = (&reference.subject, reference.version) else { continue };
        let target = Subject::resolved_in(name, &step.subject.context);
        if target == step.subject || (version != -1 && exists(&target, version)) {
            continue;
        }
        needs.extend((0..steps.len()).rev().find(|other| steps[*other].subject == target));
    }
    needs
}

/// Tells a circle by the operations on it.
fn circle(steps: &[Step<'_>], needs: &[Vec<usize>], done: &[bool]) -> Error {
    let waits_for = |at: usize| needs[at].iter().copied().find(|need| !done[*need]);
    let mut path = vec![done.iter().position(|done| !done).expect("something is left to do")];
    loop {
        let last = *path.last().expect("it begins with one");
        let next = waits_for(last).expect("what is left waits for something that is left");
        if let Some(from) = path.iter().position(|at| *at == next) {
            let mut on_it: Vec<usize> = path[from..].iter().map(|at| steps[*at].index).collect();
            on_it.push(steps[next].index);
            let index = on_it.iter().copied().min().unwrap_or_default();
            return Error::in_operation(index)(Error::CircularReferences(on_it));
        }
        path.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(subject: &str, version: i32) -> SubmittedReference {
        SubmittedReference { name: Some("n".to_owned()), subject: Some(subject.to_owned()), version: Some(version) }
    }

    fn order(steps: &[(&str, Vec<SubmittedReference>)]) -> Result<Vec<usize>, String> {
        let steps: Vec<Step<'_>> = steps
            .iter()
            .enumerate()
            .map(|(at, (subject, references))| Step { index: at + 10, subject: Subject::parse(subject), references })
            .collect();
        ordered(&steps, |subject, version| subject.name() == "old" && version == 1).map_err(|error| error.to_string())
    }

    #[test]
    fn dependencies_come_first_and_the_rest_stays_in_order() {
        let steps = [("a", vec![reference("c", -1)]), ("b", vec![]), ("c", vec![reference("d", 1)]), ("d", vec![])];
        assert_eq!(order(&steps), Ok(vec![1, 3, 2, 0]));
        let one_subject = [("a", vec![]), ("b", vec![reference("a", 2)]), ("a", vec![reference("a", 1)])];
        assert_eq!(order(&one_subject), Ok(vec![0, 2, 1]));
    }

    #[test]
    fn a_version_that_exists_is_not_waited_for() {
        let steps = [("old", vec![reference("a", 1)]), ("a", vec![reference("old", 1)])];
        assert_eq!(order(&steps), Ok(vec![1, 0]));
    }

    #[test]
    fn contexts_tell_subjects_apart() {
        let steps = [(":.x:a", vec![reference("b", 1)]), ("b", vec![reference(":.x:a", 1)]), (":.x:b", vec![])];
        assert_eq!(order(&steps), Ok(vec![2, 0, 1]));
    }

    #[test]
    fn a_version_between_two_of_a_subject_waits_for_the_first() {
        let steps = [("a", vec![]), ("b", vec![reference("a", 1)]), ("a", vec![reference("b", -1)])];
        assert_eq!(order(&steps), Ok(vec![0, 1, 2]));
        let steps = [("b", vec![reference("a", -1)]), ("a", vec![]), ("a", vec![reference("b", 1)])];
        assert_eq!(order(&steps), Ok(vec![1, 0, 2]));
    }

    #[test]
    fn a_circle_is_told_by_its_operations() {
        let steps = [("x", vec![reference("a", 1)]), ("a", vec![reference("b", 1)]), ("b", vec![reference("a", -1)])];
        let error = order(&steps).expect_err("a circle");
        assert!(error.contains("11 -> 12 -> 11"), "{error}");
    }
}
