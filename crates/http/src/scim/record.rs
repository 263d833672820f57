//! What the provisioning log gets of one request: the one place where its facts come together. What may be kept of them
//! the domain decides.

use std::{cell::RefCell, rc::Rc, thread, time::Instant};

use wicketgate_domain::{Deleted, Entry, Failure, Named, Org, Page, Written};
use wicketgate_scim::{Object, filter::Filter, resource::Rewrite};

use super::{error::Told, query::Parameters};
use crate::{request_id::RequestId, route};

/// What is answered where a client went away before it was.
const CLIENT_WENT_AWAY: u16 = 499;

/// One request, or one operation of a bulk request. It is handed in when it is answered, and also where it never is:
/// its client went away, or a defect ended it.
pub(crate) struct Record {
    org: Rc<Org>,
    entry: RefCell<Option<Entry>>,
    started: Instant,
    id: RequestId,
}

impl Record {
    /// Begins with what a request says first, before its route is known.
    pub(super) fn new(org: &Rc<Org>, method: &str, id: RequestId, started: Instant) -> Self {
        Self {
            org: Rc::clone(org),
            entry: RefCell::new(Some(Entry::new(method, Entry::NO_ROUTE))),
            started,
            id,
        }
    }

    /// Begins with an operation of a bulk request. `template` is its route, as that of a request of its own.
    pub(super) fn operation(&self, index: usize, is_follow_up: bool, method: &str, template: &str) -> Self {
        let record = Self::new(&self.org, method, self.id, Instant::now());
        record.matched(method, template);
        record.with(|_, entry| entry.operation(index, is_follow_up));
        record
    }

    fn with(&self, note: impl FnOnce(&Org, &mut Entry)) {
        if let Some(entry) = self.entry.borrow_mut().as_mut() {
            note(&self.org, entry);
        }
    }

    /// The request is for this route.
    pub(super) fn matched(&self, method: &str, template: &str) {
        let route = template.strip_prefix(route::SCIM_BASE).unwrap_or(Entry::NO_ROUTE);
        self.with(|_, entry| *entry = Entry::new(method, route));
    }

    /// It is about the resource of this id.
    pub(super) fn about(&self, id: &str) {
        if !id.is_empty() {
            self.with(|_, entry| entry.about(id));
        }
    }

    /// It sent a body, which was read.
    pub(super) fn sent(&self, body: &Object) {
        self.with(|org, entry| entry.sent(org, body));
    }

    /// It sent so many bytes, which are no JSON.
    pub(super) fn sent_unreadable(&self, bytes: usize) {
        self.with(|org, entry| entry.sent_unreadable(org, bytes));
    }

    /// It sent a text that may come back in a detail.
    pub(super) fn hide(&self, text: &str) {
        self.with(|_, entry| entry.hide(text));
    }

    /// Nothing that it sent may come back in a detail.
    pub(super) fn hide_all(&self) {
        self.with(|_, entry| entry.hide_all());
    }

    /// It looks for resources.
    pub(super) fn asked(&self, filter: Option<&Filter>) {
        if let Some(filter) = filter {
            self.with(|org, entry| entry.asked(org, filter));
        }
    }

    /// It looks for resources in these words.
    pub(super) fn asked_in_words(&self, parameters: &Parameters) {
        if let Some(text) = parameters.filter_text() {
            self.with(|org, entry| entry.asked_in_words(org, text));
        }
    }

    /// What was found.
    pub(super) fn found<T: Named>(&self, page: &Page<T>) {
        self.with(|_, entry| entry.found(page));
    }

    /// How much was found.
    pub(super) fn found_many(&self, total: u64) {
        self.with(|_, entry| entry.found_many(total));
    }

    /// A resource was written. Which deviations from the RFC were understood is logged for the operator as well: the
    /// names of attributes say enough there, values are people's.
    pub(super) fn wrote<T: Named>(&self, written: &Written<T>) {
        for Rewrite { rule, attribute } in &written.rewrites {
            tracing::info!(org.id = %self.org.id(), request.id = %self.id, %rule, attribute, "rewritten");
        }
        self.with(|_, entry| entry.wrote(written));
    }

    /// A resource was deleted.
    pub(super) fn deleted(&self, deleted: &Deleted) {
        self.with(|_, entry| entry.deleted(&deleted.name));
    }

    /// It was refused. The texts of its query may come back in what it was told.
    pub(super) fn failed(&self, failure: &Failure, told: &Told, query: Option<&Parameters>) {
        if let Some(query) = query {
            self.asked_in_words(query);
            query.other_texts().for_each(|text| self.hide(text));
        }
        self.with(|_, entry| entry.failed(failure, told.scim_type, &told.detail));
    }

    /// An operation was refused before it began, and was told this.
    pub(super) fn refused(&self, status: u16, scim_type: Option<&str>, detail: &str) {
        let failure = Failure::of_status(status, scim_type);
        self.with(|_, entry| entry.failed_as(&failure, scim_type, detail));
    }

    /// It was answered: nothing more becomes known.
    pub(super) fn answered(&self, status: u16) {
        if let Some(entry) = self.entry.borrow_mut().take() {
            self.org.log(entry.answered(status, self.started.elapsed()));
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let (failure, status) = if thread::panicking() {
            (Failure::Internal, 500)
        } else {
            (Failure::Abandoned, CLIENT_WENT_AWAY)
        };
        self.with(|_, entry| entry.ended(&failure));
        self.answered(status);
    }
}
