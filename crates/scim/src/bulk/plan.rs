//! The order in which a job's operations are executed: the request's own, except that an operation waits for what it
//! refers to. Circles of references are broken by adding some of them afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Method, Operation, Path, Refused, defer,
    graph::{self, Dependencies},
    parse::{patch, shown},
    reference,
};
use crate::{Object, ScimType, schema::ResourceType};

/// One turn of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// The operation with this index.
    Operation(usize),
    /// The PATCH that adds the references that the POST with this index could not have.
    FollowUp(usize),
}

/// The references that were taken out of a POST.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FollowUp {
    /// The body of the PATCH that adds them. `None`: they all stood where the service provider ignores what is sent.
    pub(super) data: Option<Object>,
    /// The bulkIds that must have been created.
    pub(super) needs: BTreeSet<String>,
}

/// Why the plan has no place for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) scim_type: Option<ScimType>,
    pub(super) detail: String,
}

/// What is done in which order.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) turns: Vec<Turn>,
    /// For each operation the bulkIds that must have been created before it.
    pub(super) needs: Vec<BTreeSet<String>>,
    /// By index of the POST.
    pub(super) follow_ups: BTreeMap<usize, FollowUp>,
    /// Operations that fail in their turn without being executed.
    pub(super) refusals: BTreeMap<usize, Refusal>,
}

/// Plans a job. What must be added later is taken out of the operations' data.
///
/// `types` are told apart by their endpoints and say which attributes are required: a reference in one of those cannot
/// be added later.
pub(super) fn plan(operations: &mut [Result<Operation, Refused>], types: &[&ResourceType]) -> Plan {
    let mut plan = Plan::default();
    let creators = creators(operations);
    for (index, operation) in operations.iter_mut().enumerate() {
        let mut needs = BTreeSet::new();
        match operation {
            Ok(operation) => {
                needs = referred(operation);
                if let Some(unknown) = needs.iter().find(|bulk_id| !creators.contains_key(*bulk_id)) {
                    plan.refuse(index, 400, Some(ScimType::InvalidValue), format!(
                        "bulkId:{} refers to no POST of this request: give that bulkId to the operation that is meant, or \
                         send the id of a resource that exists.",
                        shown(unknown)
                    ));
                    needs.clear();
                }
            }
            Err(refused) => {
                let error = &refused.error;
                plan.refuse(
                    index,
                    error.scim_type.status(),
                    Some(error.scim_type),
                    error.detail.clone(),
                );
            }
        }
        plan.needs.push(needs);
    }
    plan.break_circles(operations, types, &creators);
    plan.put_in_order(operations, &creators);
    plan
}

/// Which operation creates the resource that a bulkId means.
fn creators(operations: &[Result<Operation, Refused>]) -> HashMap<String, usize> {
    let mut creators = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        let (is_post, bulk_id) = match operation {
            Ok(operation) => (operation.method == Method::Post, &operation.bulk_id),
            Err(refused) => (
                refused.method.eq_ignore_ascii_case(Method::Post.as_str()),
                &refused.bulk_id,
            ),
        };
        if let Some(bulk_id) = bulk_id.as_ref().filter(|_| is_post) {
            creators.insert(bulk_id.clone(), index);
        }
    }
    creators
}

fn referred(operation: &mut Operation) -> BTreeSet<String> {
    let mut needs = BTreeSet::new();
    if let Some(id) = &operation.path.id {
        needs.extend(reference::referred(id).map(str::to_owned));
    }
    if let Some(data) = &mut operation.data {
        reference::strings(data, operation.method, &mut |text| {
            needs.extend(reference::referred(text).map(str::to_owned));
        });
    }
    needs
}

impl Plan {
    fn refuse(&mut self, index: usize, status: u16, scim_type: Option<ScimType>, detail: String) {
        let refusal = Refusal {
            status,
            scim_type,
            detail,
        };
        self.refusals.insert(index, refusal);
    }

    /// Leaves no circle: nothing but a POST is ever waited for, so circles consist of POSTs alone.
    fn break_circles(
        &mut self,
        operations: &mut [Result<Operation, Refused>],
        types: &[&ResourceType],
        creators: &HashMap<String, usize>,
    ) {
        let circles = graph::circles(&dependencies(&self.needs, creators));
        if circles.iter().all(Option::is_none) {
            return;
        }

        // Required references within a circle decide its order. If they are a circle themselves, nothing helps.
        let mut required = vec![BTreeSet::new(); operations.len()];
        for ((index, operation), required) in operations.iter_mut().enumerate().zip(&mut required) {
            if let Ok(Operation {
                path,
                data: Some(data),
                ..
            }) = operation
                && circles.get(index).is_some_and(Option::is_some)
            {
                *required = defer::required(resource_type(types, path), data);
            }
        }
        let unbreakable = graph::circles(&dependencies(&required, creators));
        for index in indexes(&unbreakable) {
            self.refuse(
                index,
                409,
                None,
                "The operations that this one refers to refer back to it, and the attributes \
                that do are required: create one of the resources in an earlier request."
                    .to_owned(),
            );
            for needs in [self.needs.get_mut(index), required.get_mut(index)]
                .into_iter()
                .flatten()
            {
                needs.clear();
            }
        }

        let circles = graph::circles(&dependencies(&self.needs, creators));
        let order = graph::order(&dependencies(&required, creators), |index| index);
        let mut position = vec![0; operations.len()];
        for (at, index) in order.into_iter().enumerate() {
            if let Some(position) = position.get_mut(index) {
                *position = at;
            }
        }
        for index in indexes(&circles) {
            let comes_later = |bulk_id: &String| {
                creators.get(bulk_id).is_some_and(|creator| {
                    circles.get(*creator) == circles.get(index)
                        && position.get(*creator) >= position.get(index)
                })
            };
            let Some(needs) = self.needs.get_mut(index) else {
                continue;
            };
            let later: BTreeSet<String> = needs
                .iter()
                .filter(|bulk_id| comes_later(bulk_id))
                .cloned()
                .collect();
            if later.is_empty() {
                continue;
            }
            if let Some(Ok(Operation {
                path,
                data: Some(data),
                ..
            })) = operations.get_mut(index)
            {
                let added = defer::take(resource_type(types, path), data, &later);
                // What was taken out may refer to earlier resources too.
                let mut body = (!added.is_empty()).then(|| patch(added));
                let mut follow_up_needs = BTreeSet::new();
                if let Some(body) = &mut body {
                    reference::strings(body, Method::Patch, &mut |text| {
                        follow_up_needs.extend(reference::referred(text).map(str::to_owned));
                    });
                }
                needs.retain(|bulk_id| !later.contains(bulk_id));
                self.follow_ups.insert(
                    index,
                    FollowUp {
                        data: body,
                        needs: follow_up_needs,
                    },
                );
            }
        }
    }

    fn put_in_order(
        &mut self,
        operations: &mut [Result<Operation, Refused>],
        creators: &HashMap<String, usize>,
    ) {
        let count = operations.len();
        // The operations, and behind them their follow-ups.
        let mut graph = dependencies(&self.needs, creators);
        let mut follow_up_at = HashMap::new();
        for (index, follow_up) in &self.follow_ups {
            follow_up_at.insert(*index, graph.len());
            let mut needed = indexes_of(&follow_up.needs, creators);
            needed.insert(*index);
            graph.push(needed);
        }

        let mut addressed: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, operation) in operations.iter().enumerate() {
            if let Ok(Operation {
                path: Path { id: Some(id), .. },
                ..
            }) = operation
            {
                addressed.entry(id.clone()).or_default().push(index);
            }
        }
        // A resource is changed after all earlier operations on it, and after earlier ones that mention it: they meant
        // it as it was.
        for (index, operation) in operations.iter_mut().enumerate() {
            let Ok(operation) = operation else { continue };
            let mut mentioned: BTreeSet<String> = operation.path.id.iter().cloned().collect();
            let mut data = operation.data.take();
            for data in data.iter_mut().chain(
                self.follow_ups
                    .get_mut(&index)
                    .and_then(|later| later.data.as_mut()),
            ) {
                reference::strings(data, operation.method, &mut |text| {
                    let last = text.rsplit('/').next().unwrap_or_default();
                    if addressed.contains_key(last) {
                        mentioned.insert(last.to_owned());
                    }
                });
            }
            operation.data = data;
            let later = mentioned.iter().filter_map(|id| addressed.get(id)).flatten();
            for later in later.filter(|later| **later > index) {
                if let Some(dependencies) = graph.get_mut(*later) {
                    dependencies.insert(index);
                    dependencies.extend(follow_up_at.get(&index));
                }
            }
        }
        // What is done to a new resource is done to the whole of it.
        for (bulk_id, creator) in creators {
            let Some(follow_up) = follow_up_at.get(creator) else {
                continue;
            };
            for index in addressed.get(&format!("bulkId:{bulk_id}")).into_iter().flatten() {
                if let Some(dependencies) = graph.get_mut(*index) {
                    dependencies.insert(*follow_up);
                }
            }
        }

        let posts: Vec<usize> = self.follow_ups.keys().copied().collect();
        let post = |node: usize| node.checked_sub(count).and_then(|at| posts.get(at)).copied();
        self.turns = graph::order(&graph, |node| post(node).unwrap_or(node))
            .into_iter()
            .map(|node| post(node).map_or(Turn::Operation(node), Turn::FollowUp))
            .collect();
    }
}

fn dependencies(needs: &[BTreeSet<String>], creators: &HashMap<String, usize>) -> Dependencies {
    needs.iter().map(|needs| indexes_of(needs, creators)).collect()
}

fn indexes_of(needs: &BTreeSet<String>, creators: &HashMap<String, usize>) -> BTreeSet<usize> {
    needs
        .iter()
        .filter_map(|bulk_id| creators.get(bulk_id))
        .copied()
        .collect()
}

/// The nodes that are in a circle.
fn indexes(circles: &[Option<usize>]) -> Vec<usize> {
    circles
        .iter()
        .enumerate()
        .filter(|(_, circle)| circle.is_some())
        .map(|(index, _)| index)
        .collect()
}

fn resource_type<'a>(types: &[&'a ResourceType], path: &Path) -> Option<&'a ResourceType> {
    types.iter().find(|rt| rt.endpoint == path.endpoint).copied()
}
