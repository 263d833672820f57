//! Everything that an organization owns, as lines of JSON, for leaving or for keeping. It is made page by page, however
//! much there is.

use serde_json::Value;
use wicketgate_auth::OrgId;
use wicketgate_scim::Object;

use crate::{
    Error, Owner,
    db::{
        self,
        export::{After, SECTIONS},
    },
    event::{Counts, EventKind, object, unchanged},
    org::OrgShared,
};

/// The version of the file's form.
const FORMAT: i64 = 1;

/// How many lines an export has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportCounts {
    /// All lines, the first and the last one included.
    pub lines: u64,
    /// Those of each type, in the order of the file.
    pub by_type: Vec<(&'static str, u64)>,
    /// Whether nothing of the organization changed while they were read: the file then shows one moment.
    pub unchanged: bool,
}

/// What is next.
#[derive(Debug)]
enum Next {
    First,
    Page(usize, Option<After>),
    End,
}

/// An export that has begun. It belongs to no request, so that it can be streamed.
#[derive(Debug)]
pub struct Export {
    shared: OrgShared,
    org: OrgId,
    first: Object,
    begun_at: i64,
    next: Option<Next>,
    counts: ExportCounts,
}

impl Owner<'_> {
    /// Begins to export everything that the organization owns. The audit log says so, whether or not it is read to the
    /// end. Needs a recent sign-in.
    pub async fn export(&self) -> Result<Export, Error> {
        let org = self.org;
        org.require_fresh()?;
        let event = org.event(EventKind::OrgExported, None, unchanged([]));
        let (id, origin) = (org.id, org.origin());
        let at = origin.at;
        let (organization, begun_at) = org
            .shared
            .db
            .write(move |tx| {
                let organization = db::orgs::get(tx, id)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                Ok((organization, db::export::event_seq(tx, id)?))
            })
            .await?;
        let first = object([
            ("type", "organization".into()),
            ("formatVersion", FORMAT.into()),
            ("id", organization.id.to_string().into()),
            ("name", organization.name.as_str().into()),
            ("createdAt", format!("{:.3}", organization.created).into()),
            ("exportedAt", format!("{at:.3}").into()),
            ("eventSeq", begun_at.into()),
            ("settings", Value::Object(organization.settings.shown())),
        ]);
        Ok(Export {
            shared: org.shared.clone(),
            org: id,
            first,
            begun_at,
            next: Some(Next::First),
            counts: ExportCounts {
                lines: 0,
                by_type: SECTIONS.iter().map(|section| (section.name, 0)).collect(),
                unchanged: false,
            },
        })
    }
}

impl Export {
    /// The next lines, each with a line feed at its end. `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        loop {
            let lines = match &self.next {
                None => return Ok(None),
                Some(Next::First) => {
                    self.next = Some(Next::Page(0, None));
                    vec![std::mem::take(&mut self.first)]
                }
                Some(Next::Page(number, after)) => {
                    let (number, after) = (*number, after.clone());
                    self.page(number, after).await?
                }
                Some(Next::End) => vec![self.end().await?],
            };
            if lines.is_empty() {
                continue;
            }
            self.counts.lines += lines.len() as u64;
            let mut text = String::new();
            for line in lines {
                text.push_str(&Value::Object(line).to_string());
                text.push('\n');
            }
            return Ok(Some(text));
        }
    }

    async fn page(&mut self, number: usize, after: Option<After>) -> Result<Vec<Object>, Error> {
        let Some(section) = SECTIONS.get(number) else {
            self.next = Some(Next::End);
            return Ok(Vec::new());
        };
        let org = self.org;
        let (lines, after) = self
            .shared
            .db
            .read(move |tx| db::export::page(tx, org, section, after.as_ref()))
            .await?;
        if let Some((_, count)) = self.counts.by_type.get_mut(number) {
            *count += lines.len() as u64;
        }
        self.next = Some(match after {
            Some(after) => Next::Page(number, Some(after)),
            None => Next::Page(number + 1, None),
        });
        Ok(lines)
    }

    /// The last line: a file without it was cut off.
    async fn end(&mut self) -> Result<Object, Error> {
        let org = self.org;
        let seq = self
            .shared
            .db
            .read(move |tx| db::export::event_seq(tx, org))
            .await?;
        self.counts.unchanged = seq == self.begun_at;
        self.next = None;
        let counts = self.counts.by_type.iter();
        Ok(object([
            ("type", "end".into()),
            (
                "counts",
                counts
                    .map(|(name, count)| ((*name).to_owned(), Value::from(*count)))
                    .collect::<Object>()
                    .into(),
            ),
            ("lines", (self.counts.lines + 1).into()),
            ("eventSeq", seq.into()),
            ("unchanged", self.counts.unchanged.into()),
        ]))
    }

    /// Writes down that the export was made, when all lines are where they belong: the operator may then delete the
    /// organization. Refused before the last line was read.
    pub async fn finish(self) -> Result<ExportCounts, Error> {
        if self.next.is_some() {
            return Err(Error::refused("export", "read all lines first"));
        }
        let (org, at) = (self.org, self.shared.sources.now());
        self.shared
            .db
            .write(move |tx| db::orgs::set_exported(tx, org, at))
            .await?;
        Ok(self.counts)
    }
}
