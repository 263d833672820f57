//! The `OpenAPI` description of the admin API: made of the table of routes, the constants beside the handlers and the types
//! that answers are written from, so that it says what the code does.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header::CACHE_CONTROL};
use serde_json::{Map, Value, json};
use utoipa::{ToSchema, openapi::RefOr};

use super::{Answer, Handler, Http, error::Problem, page, reply, table::ENDPOINTS};

/// Adds a type, and what it is made of, to the named schemas; the answer refers to it.
pub(super) type Shape = fn(&mut Map<String, Value>) -> Value;

/// The shape of a type.
pub(super) fn shape<T: ToSchema>(schemas: &mut Map<String, Value>) -> Value {
    let mut parts = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut parts);
    for (name, schema) in parts {
        let schema: RefOr<_> = schema;
        schemas.insert(name, serde_json::to_value(schema).unwrap_or_default());
    }
    json!({"$ref": format!("#/components/schemas/{}", T::name())})
}

/// The shape of a request's body: it has no members but those that are described.
pub(super) fn body<T: ToSchema>(schemas: &mut Map<String, Value>) -> Value {
    let reference = shape::<T>(schemas);
    if let Some(schema) = schemas.get_mut(T::name().as_ref()).and_then(Value::as_object_mut) {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    reference
}

/// An object of which only SCIM says what it has.
pub(super) fn resource(_: &mut Map<String, Value>) -> Value {
    json!({
        "type": "object",
        "required": ["schemas", "id", "meta"],
        "properties": {
            "schemas": {"type": "array", "items": {"type": "string"}},
            "id": {"type": "string", "format": "uuid"},
            "meta": {"type": "object"},
        },
        "description": "The resource as SCIM shows it (RFC 7643)."
    })
}

/// A parameter of a query.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) schema: fn() -> Value,
}

/// What a route does, for people and programs that read about it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a trait of its own of a route"
)]
pub(super) struct Doc {
    /// A name for it that never changes.
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    query: &'static [Parameter],
    request: Option<Shape>,
    status: u16,
    answer: Option<Shape>,
    refusals: &'static [u16],
    is_list: bool,
    is_keyed: bool,
    is_conditional: bool,
    is_tagged: bool,
    media_types: &'static [&'static str],
}

impl Doc {
    /// Something that is read.
    pub(super) const fn get(
        id: &'static str,
        tag: &'static str,
        summary: &'static str,
        answer: Shape,
    ) -> Self {
        Self {
            id,
            tag,
            summary,
            query: &[],
            request: None,
            status: 200,
            answer: Some(answer),
            refusals: &[],
            is_list: false,
            is_keyed: false,
            is_conditional: false,
            is_tagged: false,
            media_types: &[reply::JSON],
        }
    }

    /// A list, page by page, of items of this shape.
    pub(super) const fn list(
        id: &'static str,
        tag: &'static str,
        summary: &'static str,
        item: Shape,
    ) -> Self {
        Self {
            is_list: true,
            ..Self::get(id, tag, summary, item)
        }
    }

    /// Something that is done, with nothing to show.
    pub(super) const fn act(id: &'static str, tag: &'static str, summary: &'static str) -> Self {
        Self {
            status: 204,
            answer: None,
            ..Self::get(id, tag, summary, resource)
        }
    }

    /// Something that is created, once for each key.
    pub(super) const fn creation(
        id: &'static str,
        tag: &'static str,
        summary: &'static str,
        request: Shape,
        answer: Shape,
    ) -> Self {
        Self {
            status: 201,
            request: Some(request),
            is_keyed: true,
            ..Self::get(id, tag, summary, answer)
        }
    }

    /// Something that is changed to what a body says.
    pub(super) const fn change(
        id: &'static str,
        tag: &'static str,
        summary: &'static str,
        request: Shape,
        answer: Shape,
    ) -> Self {
        Self {
            request: Some(request),
            ..Self::get(id, tag, summary, answer)
        }
    }

    /// The answer has an entity tag.
    pub(super) const fn tagged(self) -> Self {
        Self {
            is_tagged: true,
            ..self
        }
    }

    /// `If-Match` is looked at.
    pub(super) const fn conditional(self) -> Self {
        Self {
            is_conditional: true,
            ..self.tagged()
        }
    }

    /// The answer is in one of these forms, and not JSON.
    pub(super) const fn in_forms(self, media_types: &'static [&'static str]) -> Self {
        Self { media_types, ..self }
    }

    /// It can be created again at will.
    pub(super) const fn unkeyed(self) -> Self {
        Self {
            is_keyed: false,
            ..self
        }
    }

    /// With these parameters.
    pub(super) const fn with_query(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    /// It may be refused with these, besides those that follow from what it is.
    pub(super) const fn or(self, refusals: &'static [u16]) -> Self {
        Self { refusals, ..self }
    }

    /// Every status that it can be answered with but the good one.
    fn refused_with(&self, handler: Handler, has_places: bool) -> Vec<u16> {
        let mut statuses: Vec<u16> = self.refusals.to_vec();
        statuses.extend(match handler {
            Handler::Open(_) => &[][..],
            Handler::Known(_) => &[401],
            Handler::Operator(_) => &[401, 403],
            Handler::Org(_) | Handler::OperatorInOrg(_) | Handler::OperatorOfOrg(_) => &[401, 403, 404],
        });
        if !(matches!(handler, Handler::Open(_)) && self.request.is_none()) {
            statuses.extend([429, 500, 503]);
        }
        if has_places {
            statuses.push(404);
        }
        if self.is_list || !self.query.is_empty() {
            statuses.push(400);
        }
        if self.request.is_some() {
            statuses.extend([400, 408, 413, 415]);
        }
        if self.is_keyed {
            statuses.extend([409, 422]);
        }
        if self.is_conditional {
            statuses.push(412);
        }
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }
}

/// The parameters of every list.
const PAGING: &[Parameter] = &[
    Parameter {
        name: page::LIMIT,
        description: "How many items to answer at most.",
        schema: || json!({"type": "integer", "minimum": 1, "maximum": page::MOST, "default": page::USUAL}),
    },
    Parameter {
        name: page::CURSOR,
        description: "The nextCursor of the page before. The other parameters must be the same.",
        schema: || json!({"type": "string"}),
    },
];

pub(super) const SHOW: Doc = Doc::get(
    "getOpenApi",
    "About",
    "This description.",
    |_| json!({"type": "object"}),
);

/// `GET /admin/v1/openapi.json`.
pub(super) async fn show(http: Http) -> Answer {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());
    // Nothing of the request is needed: it says nothing about an organization.
    drop(http);
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(reply::JSON)
        .body(TEXT.as_str()))
}

/// The description.
pub(crate) fn document() -> Value {
    let mut schemas = Map::new();
    let mut paths = Map::new();
    let problem = shape::<Problem>(&mut schemas);
    for endpoint in ENDPOINTS {
        let operation = operation(
            endpoint.path,
            endpoint.handler,
            endpoint.doc,
            &problem,
            &mut schemas,
        );
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.method.to_ascii_lowercase(), operation);
        }
    }
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Wicketgate admin API",
            "version": "1",
            "description": "What an organization's owners and the installation's operators do by script.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The installation's public URL."}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a session that POST /admin/v1/sessions began, or a personal access \
                                    token or access token of a service user with the role Org Owner.",
                },
            },
        },
    })
}

fn operation(
    path: &str,
    handler: Handler,
    doc: &Doc,
    problem: &Value,
    schemas: &mut Map<String, Value>,
) -> Value {
    let places: Vec<&str> = path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .collect();
    let mut parameters: Vec<Value> = places
        .iter()
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    let paging = if doc.is_list { PAGING } else { &[] };
    for Parameter {
        name,
        description,
        schema,
    } in paging.iter().chain(doc.query)
    {
        parameters.push(json!({"name": name, "in": "query", "description": description, "schema": schema()}));
    }
    if doc.is_keyed {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "1 to 255 printable characters. Whoever sends the same request with the same key again within \
                            24 hours gets the same answer, \
                            and nothing is created twice.",
            "schema": {"type": "string"},
        }));
    }
    if doc.is_conditional {
        parameters.push(json!({
            "name": "If-Match",
            "in": "header",
            "description": "The ETag of what the change is meant for.",
            "schema": {"type": "string"},
        }));
    }
    let mut responses = Map::new();
    responses.insert(doc.status.to_string(), answered(doc, schemas));
    for status in doc.refused_with(handler, !places.is_empty()) {
        responses.insert(status.to_string(), refused(status, problem));
    }
    responses.sort_keys();
    let mut operation = json!({
        "operationId": doc.id,
        "tags": [doc.tag],
        "summary": doc.summary,
        "responses": responses,
    });
    if let Some(operation) = operation.as_object_mut() {
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(parameters));
        }
        if let Some(request) = doc.request {
            let content = json!({reply::JSON: {"schema": request(schemas)}});
            operation.insert(
                "requestBody".to_owned(),
                json!({"required": true, "content": content}),
            );
        }
        if matches!(handler, Handler::Open(_)) {
            operation.insert("security".to_owned(), json!([]));
        }
    }
    operation
}

fn answered(doc: &Doc, schemas: &mut Map<String, Value>) -> Value {
    let description = match doc.status {
        201 => "Created.",
        204 => "Done.",
        _ => "What was asked for.",
    };
    let mut answer = json!({"description": description});
    let Some(members) = answer.as_object_mut() else {
        return answer;
    };
    if let Some(shape) = doc.answer {
        let mut schema = shape(schemas);
        if doc.is_list {
            schema = json!({
                "type": "object",
                "required": ["items", "nextCursor"],
                "properties": {
                    "items": {"type": "array", "items": schema},
                    "nextCursor": {
                        "type": ["string", "null"],
                        "description": "What leads on to the next page; null on the last one.",
                    },
                },
            });
        }
        let content: Map<String, Value> = doc
            .media_types
            .iter()
            .map(|media_type| ((*media_type).to_owned(), json!({"schema": schema})))
            .collect();
        members.insert("content".to_owned(), Value::Object(content));
    }
    if doc.is_tagged {
        let header = json!({"description": "Names this state.", "schema": {"type": "string"}});
        members.insert("headers".to_owned(), json!({"ETag": header}));
    }
    answer
}

fn refused(status: u16, problem: &Value) -> Value {
    let description = match status {
        400 => "The request is refused: each field with what it must be.",
        401 => "No valid credential.",
        403 => "Another role, or a recent sign-in, is needed.",
        404 => "Not found, or not visible to the credential.",
        408 => "The body did not arrive in time.",
        409 => "It contradicts what is there, or the same request is being carried out.",
        412 => "It has changed meanwhile.",
        413 => "The body is too large.",
        415 => "The body is of another media type.",
        422 => "The Idempotency-Key stands for another request.",
        429 => "Too many requests, or too many attempts.",
        503 => "The database does not answer.",
        _ => "The gateway failed.",
    };
    let mut answer = json!({
        "description": description,
        "content": {"application/problem+json": {"schema": problem}},
    });
    let header = match status {
        401 => Some("WWW-Authenticate"),
        429 | 503 => Some("Retry-After"),
        _ => None,
    };
    if let (Some(name), Some(members)) = (header, answer.as_object_mut()) {
        members.insert(
            "headers".to_owned(),
            json!({name: {"schema": {"type": "string"}}}),
        );
    }
    answer
}
