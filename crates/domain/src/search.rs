//! Lists of users, of groups, and of both together (RFC 7644 §3.4.2): which part is asked for, by position or by
//! cursor. What matches, and in which order, is said in `db::search`.

#[cfg(test)]
#[path = "search_tests/mod.rs"]
mod tests;

use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_scim::{filter::Filter, sort::Sort};

use crate::{
    Error, Org, Page, Query, Resource, RootQuery, UniqueIdentifier, Window,
    cursor::{Binding, Position},
    db::{
        self, Conn,
        search::{Kind, Part, Place, Scope},
        types::Key,
    },
    user::{manager, membership},
};

/// The part of a list that is asked for.
#[derive(Debug)]
struct Wish {
    after: Option<(Kind, Place)>,
    skip: u64,
    count: u64,
    total: Option<u64>,
    by_cursor: bool,
}

impl Wish {
    /// How many resources are read: one more says whether there is another page.
    fn take(&self) -> u64 {
        if self.by_cursor && self.count > 0 {
            self.count + 1
        } else {
            self.count
        }
    }
}

/// The resources that were found, the first ones of those that are wanted.
struct Found {
    resources: Vec<(Kind, Place, Resource)>,
    total: u64,
}

impl Org {
    /// A page of the users and groups that match.
    ///
    /// A search that no index narrows and that reads too much is refused as `tooMany`; so is one that is sorted and
    /// matches too much.
    pub async fn search(&self, query: RootQuery) -> Result<Page<Resource>, Error> {
        let question = [("User", query.users.as_ref()), ("Group", query.groups.as_ref())];
        let binding = self.binding(&question, query.sort.as_ref());
        let wish = self.wish(&binding, &query.window)?;
        let scope = self.scope(query.base);
        let (org, memberships) = (self.id, query.memberships);
        let filters = [(Kind::User, query.users), (Kind::Group, query.groups)];
        let sort = query.sort;
        self.page(binding, &query.window, wish, move |tx, wish| {
            let found = match &sort {
                None => one_after_the_other(tx, &scope, &filters, wish),
                Some(sort) => merged(tx, &scope, &filters, sort, wish),
            }?;
            with_memberships(tx, org, found, memberships)
        })
        .await
    }

    /// A page of one resource type.
    pub(crate) async fn list(&self, kind: Kind, query: Query) -> Result<Page<Resource>, Error> {
        let name = match kind {
            Kind::User => "User",
            Kind::Group => "Group",
        };
        let binding = self.binding(&[(name, query.filter.as_ref())], query.sort.as_ref());
        let wish = self.wish(&binding, &query.window)?;
        let scope = self.scope(query.base);
        let (org, memberships) = (self.id, query.memberships);
        let (filter, sort) = (query.filter, query.sort);
        self.page(binding, &query.window, wish, move |tx, wish| {
            let part = Part {
                filter: filter.as_ref(),
                sort: sort.as_ref(),
                after: wish.after.as_ref().map(|(_, place)| place),
                skip: wish.skip,
                take: wish.take(),
                total: wish.total,
            };
            let listed = scope.list(tx, kind, part)?;
            let found = Found {
                resources: listed
                    .resources
                    .into_iter()
                    .map(|(place, resource)| (kind, place, resource))
                    .collect(),
                total: listed.total,
            };
            with_memberships(tx, org, found, memberships)
        })
        .await
    }

    async fn page(
        &self,
        binding: Binding,
        window: &Window,
        wish: Wish,
        find: impl Fn(&mut Conn, &Wish) -> Result<Found, Error> + Send + 'static,
    ) -> Result<Page<Resource>, Error> {
        let (count, by_cursor) = (wish.count, wish.by_cursor);
        let mut found = self.shared.db.read(move |tx| find(tx, &wish)).await?;
        let count_here = usize::try_from(count).map_err(Error::internal)?;
        let has_more = by_cursor && count > 0 && found.resources.len() > count_here;
        found.resources.truncate(count_here);
        let last = found.resources.last().filter(|_| has_more);
        let next_cursor = last.map(|(kind, place, _)| {
            let position = Position {
                kind: *kind,
                place: place.clone(),
                total: found.total,
                count,
                expires: self.cursor_expires(),
            };
            binding.seal(&self.shared.peppers, &position)
        });
        Ok(Page {
            total: found.total,
            start_index: window.start_index(),
            resources: found
                .resources
                .into_iter()
                .map(|(.., resource)| resource)
                .collect(),
            next_cursor,
            previous_cursor: None,
        })
    }

    pub(crate) fn scope(&self, base: String) -> Scope {
        Scope {
            org: Key(*self.id.as_uuid()),
            domain: self.domain.clone(),
            types: self.types.effective.clone(),
            base,
            by_email: self.settings.unique_identifier == UniqueIdentifier::Email,
            limits: self.shared.db.limits().clone(),
        }
    }

    /// Until when a cursor holds that is given out now, in milliseconds.
    pub(crate) fn cursor_expires(&self) -> i64 {
        self.shared
            .sources
            .now()
            .saturating_add(self.cursor_life())
            .map_or(i64::MAX, jiff::Timestamp::as_millisecond)
    }

    pub(crate) fn binding(&self, question: &[(&str, Option<&Filter>)], sort: Option<&Sort>) -> Binding {
        Binding::new(self.id, &self.domain, question, sort)
    }

    fn wish(&self, binding: &Binding, window: &Window) -> Result<Wish, Error> {
        let count = window.count();
        let mut wish = Wish {
            after: None,
            skip: window.start_index() - 1,
            count,
            total: None,
            by_cursor: false,
        };
        if let Window::Cursor { cursor, .. } = window {
            wish.by_cursor = true;
            if let Some(cursor) = cursor {
                let now = self.shared.sources.now().as_millisecond();
                let position = binding.open(&self.shared.peppers, cursor, count, now)?;
                wish.after = Some((position.kind, position.place));
                wish.total = Some(position.total);
            }
        }
        Ok(wish)
    }
}

/// Users, then groups, each in the order of their ids.
fn one_after_the_other(
    tx: &mut Conn,
    scope: &Scope,
    filters: &[(Kind, Option<Filter>); 2],
    wish: &Wish,
) -> Result<Found, Error> {
    let mut resources = Vec::new();
    let mut total = 0;
    for (kind, filter) in filters {
        let (is_past, after) = match &wish.after {
            Some((at, place)) if at == kind => (false, Some(place)),
            Some((at, _)) => (at > kind, None),
            None => (false, None),
        };
        if is_past {
            continue;
        }
        let take = wish.take() - u64::try_from(resources.len()).map_err(Error::internal)?;
        let part = Part {
            filter: filter.as_ref(),
            sort: None,
            after,
            skip: wish.skip.saturating_sub(total),
            take,
            // The whole list's is known; this part's is not asked for.
            total: wish.total,
        };
        let listed = scope.list(tx, *kind, part)?;
        total += listed.total;
        resources.extend(
            listed
                .resources
                .into_iter()
                .map(|(place, resource)| (*kind, place, resource)),
        );
    }
    Ok(Found {
        resources,
        total: wish.total.unwrap_or(total),
    })
}

/// Users and groups in one order.
fn merged(
    tx: &mut Conn,
    scope: &Scope,
    filters: &[(Kind, Option<Filter>); 2],
    sort: &Sort,
    wish: &Wish,
) -> Result<Found, Error> {
    let mut all: Vec<(Kind, Place)> = Vec::new();
    let mut total = 0;
    for (kind, filter) in filters {
        let part = Part {
            filter: filter.as_ref(),
            sort: Some(sort),
            after: wish.after.as_ref().map(|(_, place)| place),
            skip: wish.skip,
            take: wish.take(),
            total: wish.total,
        };
        let (places, matches) = scope.places(tx, *kind, part)?;
        total += matches;
        all.extend(places.into_iter().map(|place| (*kind, place)));
    }
    all.sort_by(|(_, a), (_, b)| a.compare(b, sort.descending));
    let skip = usize::try_from(wish.skip).unwrap_or(usize::MAX);
    let take = usize::try_from(wish.take()).unwrap_or(usize::MAX);
    let page: Vec<(Kind, Place)> = all.into_iter().skip(skip).take(take).collect();
    let mut loaded = Vec::with_capacity(page.len());
    for kind in [Kind::User, Kind::Group] {
        let ids: Vec<Uuid> = page
            .iter()
            .filter(|(of, _)| *of == kind)
            .map(|(_, place)| place.id)
            .collect();
        loaded.extend(scope.load(tx, kind, &ids)?);
    }
    let mut loaded: std::collections::HashMap<Uuid, Resource> = loaded
        .into_iter()
        .map(|resource| (resource.id(), resource))
        .collect();
    let resources = page
        .into_iter()
        .filter_map(|(kind, place)| {
            let resource = loaded.remove(&place.id)?;
            Some((kind, place, resource))
        })
        .collect();
    Ok(Found {
        resources,
        total: wish.total.unwrap_or(total),
    })
}

/// The same, with managers, and with memberships where they are asked for.
fn with_memberships(tx: &mut Conn, org: OrgId, found: Found, memberships: bool) -> Result<Found, Error> {
    let mut users = Vec::new();
    let mut resources = Vec::with_capacity(found.resources.len());
    for (kind, place, resource) in found.resources {
        match resource {
            Resource::User(user) => {
                users.push(user);
                resources.push((kind, place, None));
            }
            Resource::Group(mut group) => {
                if memberships {
                    group.members = Some(db::members::list(tx, org, group.id)?);
                }
                resources.push((kind, place, Some(Resource::Group(group))));
            }
        }
    }
    if memberships {
        membership::load(tx, org, &mut users)?;
    }
    manager::load(tx, org, &mut users)?;
    let mut users = users.into_iter().map(Resource::User);
    let resources = resources
        .into_iter()
        .filter_map(|(kind, place, resource)| Some((kind, place, resource.or_else(|| users.next())?)))
        .collect();
    Ok(Found {
        resources,
        total: found.total,
    })
}
