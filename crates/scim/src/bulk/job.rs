//! A bulk request while it is executed: what comes next, what became of what was done, when to stop, and the answer.
//! Executing a step, and deciding who may, is the caller's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{
    BulkRequest, Method, Operation, OperationResult, Path, Refused,
    parse::shown,
    plan::{Plan, Turn, plan},
    reference, response,
};
use crate::{Object, message::error_body, schema::ResourceType};

/// A bulk request that is being executed.
#[derive(Debug)]
pub struct Job {
    operations: Vec<Result<Operation, Refused>>,
    plan: Plan,
    base: String,
    fail_on_errors: Option<u64>,
    next: usize,
    current: Option<(Turn, Path)>,
    /// bulkId to id.
    created: HashMap<String, String>,
    results: BTreeMap<usize, OperationResult>,
    begun: BTreeSet<usize>,
    errors: u64,
}

/// One request to execute and commit on its own. It has no reference left in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The position in the bulk request of the operation that it belongs to, from 0.
    pub index: usize,
    /// What to do.
    pub method: Method,
    /// Where. With an id unless it is a POST.
    pub path: Path,
    /// What an If-Match header would carry.
    pub version: Option<String>,
    /// The body; never for DELETE.
    pub data: Option<Object>,
}

/// How a step went.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A POST created a resource.
    Created {
        /// Its id.
        id: String,
        /// Its version.
        version: Option<String>,
    },
    /// Another step succeeded.
    Done {
        /// The HTTP status: 200 or 204.
        status: u16,
        /// The resource's version.
        version: Option<String>,
    },
    /// The step failed and changed nothing.
    Failed {
        /// The HTTP status.
        status: u16,
        /// The error body.
        response: Value,
    },
}

impl Job {
    /// Plans a job. `types` are the organization's resource types, `base` its SCIM base URL without a slash at the end.
    pub fn new(request: BulkRequest, types: &[&ResourceType], base: &str) -> Self {
        let mut operations = request.operations;
        let plan = plan(&mut operations, types);
        Self {
            operations,
            plan,
            base: base.to_owned(),
            fail_on_errors: request.fail_on_errors,
            next: 0,
            current: None,
            created: HashMap::new(),
            results: BTreeMap::new(),
            begun: BTreeSet::new(),
            errors: 0,
        }
    }

    /// What to do next; `None` at the end. The step before must have been reported with [`Job::finish`], else it counts
    /// as not processed.
    ///
    /// An operation that refers to a resource that was not created fails by itself, as does one that was refused. After
    /// as many failures as failOnErrors allows no further operation begins; only what is missing of a resource that was
    /// created is still added.
    #[expect(
        clippy::should_implement_trait,
        reason = "the caller reports each step before the next"
    )]
    pub fn next(&mut self) -> Option<Step> {
        loop {
            let turn = *self.plan.turns.get(self.next)?;
            self.next += 1;
            self.current = None;
            let step = match turn {
                Turn::Operation(_) if self.is_stopped() => None,
                Turn::Operation(index) => self.operation(index),
                Turn::FollowUp(index) => self.follow_up(index),
            };
            if let Some(step) = step {
                self.current = Some((turn, step.path.clone()));
                return Some(step);
            }
        }
    }

    /// Reports how the step went that [`Job::next`] gave.
    pub fn finish(&mut self, outcome: Outcome) {
        let Some((turn, path)) = self.current.take() else {
            return;
        };
        match (turn, outcome) {
            (Turn::Operation(index), Outcome::Created { id, version }) => {
                let location = format!("{}{}/{id}", self.base, path.endpoint);
                if let Some(Ok(Operation {
                    bulk_id: Some(bulk_id),
                    ..
                })) = self.operations.get(index)
                {
                    self.created.insert(bulk_id.clone(), id);
                }
                self.record(index, 201, version, Some(location), None);
            }
            (Turn::Operation(index), Outcome::Done { status, version }) => {
                let location = self.location(&path);
                self.record(index, status, version, location, None);
            }
            (Turn::Operation(index), Outcome::Failed { status, response }) => {
                let location = self.location(&path);
                self.record(index, status, None, location, Some(response));
            }
            (Turn::FollowUp(index), Outcome::Created { version, .. } | Outcome::Done { version, .. }) => {
                if let Some(result) = self.results.get_mut(&index)
                    && version.is_some()
                {
                    result.version = version;
                }
            }
            (Turn::FollowUp(index), Outcome::Failed { status, mut response }) => {
                if let Some(Value::String(detail)) = response.get_mut("detail") {
                    *detail = format!("The resource was created without what refers to others: {detail}");
                }
                self.incomplete(index, status, response);
            }
        }
    }

    /// The operations that were refused without becoming a step, so far: their position, what becomes of each, and where
    /// it would have gone, if that could be read.
    pub fn refused(&self) -> impl Iterator<Item = (usize, &OperationResult, Option<&Path>)> {
        self.results
            .iter()
            .filter(|(index, _)| !self.begun.contains(index))
            .map(|(index, result)| {
                let operation = self
                    .operations
                    .get(*index)
                    .and_then(|operation| operation.as_ref().ok());
                (*index, result, operation.map(|operation| &operation.path))
            })
    }

    /// The body of the answer, which HTTP answers with 200: a result for each operation that was processed.
    pub fn response(self) -> Value {
        response(self.results.into_values().collect())
    }

    fn is_stopped(&self) -> bool {
        self.fail_on_errors.is_some_and(|limit| self.errors >= limit)
    }

    fn operation(&mut self, index: usize) -> Option<Step> {
        if let Some(refusal) = self.plan.refusals.remove(&index) {
            let body = error_body(refusal.status, refusal.scim_type, &refusal.detail);
            self.record(
                index,
                refusal.status,
                None,
                self.known_location(index),
                Some(body),
            );
            return None;
        }
        if let Some(missing) = self.plan.needs.get(index).and_then(|needs| self.missing(needs)) {
            let detail =
                format!("bulkId:{missing} was not created, and this operation refers to it: see its result.");
            let body = error_body(409, None, &detail);
            self.record(index, 409, None, self.known_location(index), Some(body));
            return None;
        }
        let operation = self.operations.get_mut(index)?.as_mut().ok()?;
        reference::resolve(operation, &self.created);
        self.begun.insert(index);
        Some(Step {
            index,
            method: operation.method,
            path: operation.path.clone(),
            version: operation.version.take(),
            data: operation.data.take(),
        })
    }

    fn follow_up(&mut self, index: usize) -> Option<Step> {
        let follow_up = self.plan.follow_ups.remove(&index)?;
        let Ok(Operation {
            path,
            bulk_id: Some(bulk_id),
            ..
        }) = self.operations.get(index)?
        else {
            return None;
        };
        // Not created: its own result says why.
        let id = self.created.get(bulk_id)?.clone();
        let endpoint = path.endpoint.clone();
        if let Some(missing) = self.missing(&follow_up.needs) {
            let detail = format!(
                "The resource was created without what refers to bulkId:{missing}, which was not created: see its result."
            );
            self.incomplete(index, 409, error_body(409, None, &detail));
            return None;
        }
        let mut operation = Operation {
            method: Method::Patch,
            bulk_id: None,
            version: None,
            path: Path {
                endpoint,
                id: Some(id),
            },
            data: Some(follow_up.data?),
        };
        reference::resolve(&mut operation, &self.created);
        Some(Step {
            index,
            method: operation.method,
            path: operation.path,
            version: None,
            data: operation.data,
        })
    }

    fn missing(&self, needs: &BTreeSet<String>) -> Option<String> {
        needs
            .iter()
            .find(|bulk_id| !self.created.contains_key(*bulk_id))
            .map(|bulk_id| shown(bulk_id))
    }

    /// Where the operation goes, if that is a resource that may exist.
    fn known_location(&self, index: usize) -> Option<String> {
        let Some(Ok(operation)) = self.operations.get(index) else {
            return None;
        };
        let mut path = operation.path.clone();
        if let Some(id) = &path.id
            && let Some(bulk_id) = reference::referred(id)
        {
            path.id = Some(self.created.get(bulk_id)?.clone());
        }
        self.location(&path)
    }

    fn location(&self, path: &Path) -> Option<String> {
        path.id.as_ref().map(|_| format!("{}{path}", self.base))
    }

    fn record(
        &mut self,
        index: usize,
        status: u16,
        version: Option<String>,
        location: Option<String>,
        response: Option<Value>,
    ) {
        let (method, bulk_id) = match self.operations.get(index) {
            Some(Ok(operation)) => (operation.method.as_str().to_owned(), operation.bulk_id.clone()),
            Some(Err(refused)) => (refused.method.clone(), refused.bulk_id.clone()),
            None => return,
        };
        self.errors += u64::from(response.is_some());
        let result = OperationResult {
            method,
            bulk_id,
            version,
            location,
            status,
            response,
        };
        self.results.insert(index, result);
    }

    /// A resource that was created and lacks what the follow-up should have added: its operation failed.
    fn incomplete(&mut self, index: usize, status: u16, response: Value) {
        if let Some(result) = self.results.get_mut(&index) {
            result.status = status;
            result.response = Some(response);
            self.errors += 1;
        }
    }
}

#[cfg(test)]
impl Job {
    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }
}
