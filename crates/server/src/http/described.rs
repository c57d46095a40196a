//! Routes that describe themselves: a path and a method stand once, in the handler's `utoipa::path`, and both the router and the
//! OpenAPI document are made of it. So no route can be served in another way than it is described.

use crate::http::error::ApiError;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{Router, middleware};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::path::{HttpMethod, Operation, Paths};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiBuilder, RefOr};

/// What the document says of itself.
const ABOUT: &str = "Identity, rooms and chat have the wire format of Azure Communication Services, meetings that of Microsoft Graph. Where each \
                     of them differs from its model stands in docs/compatibility.md.";

/// How requests of an app's server are signed.
const ACCESS_KEY: &str = "`HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=<base64>`, signed with an access key of the \
                          resource over `<method>\\n<target>\\n<x-ms-date>;<host>;<x-ms-content-sha256>`. `convene connection-string` prints the key.";

/// How back ends come to their tokens.
const APPLICATION_TOKEN: &str =
    "A token of an application, from `/{tenant}/oauth2/v2.0/token`. `convene app create` makes the application.";

/// How clients of chat's real-time notifications show their token.
const SKYPE_TOKEN: &str = "An access token, as clients of chat's real-time notifications send it.";

/// The longest client name in a log, in characters. Larger: longer lines of hostile text. Smaller: versions are cut off.
const CLIENT_NAME_MAX: usize = 80;

/// A router and its description, which grow together.
pub struct Described<S> {
    router: Router<S>,
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
    /// The operations of routes that serve several: by what their paths end in after a colon.
    actions: Arc<RwLock<BTreeMap<String, Arc<str>>>>,
}

impl<S: Clone + Send + Sync + 'static> Default for Described<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Described<S> {
    /// Nothing yet.
    pub fn new() -> Self {
        // The paths of ACS have segments that begin with a colon.
        Self {
            router: Router::new().without_v07_checks(),
            paths: Paths::new(),
            schemas: Vec::new(),
            actions: Arc::default(),
        }
    }

    /// Serves `handler` at the path and with the method of its own description: the `__path_` type that `utoipa::path` puts beside it.
    #[must_use]
    pub fn operation<P, H, T>(self, _description: P, handler: H) -> Self
    where
        P: utoipa::Path + Tags<'static> + SchemaReferences,
        H: Handler<T, S>,
        T: 'static,
    {
        self.serve::<P, H, T>(P::path(), P::operation(), handler)
    }

    /// Serves `handler` as it describes itself, and the same at a second path: `change` makes the second description of the first.
    #[must_use]
    pub fn operation_twice<P, H, T>(
        self,
        _description: P,
        handler: H,
        change: impl FnOnce(String, Operation) -> (String, Operation),
    ) -> Self
    where
        P: utoipa::Path + Tags<'static> + SchemaReferences,
        H: Handler<T, S>,
        T: 'static,
    {
        let (path, operation) = change(P::path(), P::operation());
        self.serve::<P, H, T>(P::path(), P::operation(), handler.clone()).serve::<P, H, T>(path, operation, handler)
    }

    /// Serves at `route` what describes itself as another path: one whose segments end in what a route cannot say.
    #[must_use]
    pub fn operation_at<P, H, T>(self, _description: P, route: &str, handler: H) -> Self
    where
        P: utoipa::Path + Tags<'static> + SchemaReferences,
        H: Handler<T, S>,
        T: 'static,
    {
        self.serve_at::<P, H, T>(route, P::path(), P::operation(), handler)
    }

    /// Describes another operation of a route that is served already by [`operation_at`](Self::operation_at).
    #[must_use]
    pub fn action<P>(mut self, _description: P) -> Self
    where
        P: utoipa::Path + Tags<'static> + SchemaReferences,
    {
        let (path, mut operation) = (P::path(), P::operation());
        operation.tags = Some(P::tags().iter().map(|tag| (*tag).to_owned()).collect());
        P::schemas(&mut self.schemas);
        let name = operation.operation_id.clone().unwrap_or_else(|| path.clone());
        if let Some((_, action)) = path.rsplit_once(':') {
            let mut actions = self.actions.write().unwrap_or_else(PoisonError::into_inner);
            actions.insert(action.to_owned(), name.into());
        }
        self.paths.add_path_operation(&path, P::methods(), operation);
        self
    }

    fn serve<P, H, T>(self, path: String, operation: Operation, handler: H) -> Self
    where
        P: utoipa::Path + Tags<'static> + SchemaReferences,
        H: Handler<T, S>,
        T: 'static,
    {
        self.serve_at::<P, H, T>(&path.clone(), path, operation, handler)
    }

    fn serve_at<P, H, T>(mut self, route: &str, path: String, mut operation: Operation, handler: H) -> Self
    where
        P: utoipa::Path + Tags<'static> + SchemaReferences,
        H: Handler<T, S>,
        T: 'static,
    {
        let tags = P::tags();
        if !tags.is_empty() {
            operation.tags = Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
        }
        P::schemas(&mut self.schemas);
        let name: Arc<str> = operation.operation_id.as_deref().unwrap_or(&path).into();
        for method in P::methods() {
            let name = name.clone();
            let actions = self.actions.clone();
            let told = middleware::from_fn(move |request: Request, next: Next| {
                let action = request.uri().path().rsplit_once(':').map_or("", |(_, action)| action);
                let actions = actions.read().unwrap_or_else(PoisonError::into_inner);
                let name = actions.get(action).unwrap_or(&name).clone();
                drop(actions);
                tell(name, request, next)
            });
            self.router = self.router.route(route, on(filter(&method), handler.clone()).layer(told));
        }
        self.paths.add_path_operation(&path, P::methods(), operation);
        self
    }

    /// Adds all that `other` serves.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        for (path, item) in other.paths.paths {
            match self.paths.paths.get_mut(&path) {
                Some(known) => known.merge_operations(item),
                None => {
                    self.paths.paths.insert(path, item);
                }
            }
        }
        self.schemas.extend(other.schemas);
        self
    }

    /// Changes the router as a whole, for example by a layer.
    #[must_use]
    pub fn map(mut self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self.router = change(self.router);
        self
    }

    /// The router, and the document that describes it (OpenAPI 3.1).
    pub fn into_parts(self) -> (Router<S>, OpenApi) {
        let mut info = Info::new("Convene", env!("CARGO_PKG_VERSION"));
        info.description = Some(ABOUT.to_owned());
        let signed = ApiKey::Header(ApiKeyValue::with_description("Authorization", ACCESS_KEY));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let of_application = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let of_application = of_application.description(Some(APPLICATION_TOKEN)).build();
        let skype = ApiKeyValue::with_description("X-Skypetoken", SKYPE_TOKEN);
        let components = ComponentsBuilder::new()
            .schemas_from_iter(self.schemas)
            .security_scheme("accessKey", SecurityScheme::ApiKey(signed))
            .security_scheme("accessToken", SecurityScheme::Http(bearer))
            .security_scheme("skypeToken", SecurityScheme::ApiKey(ApiKey::Header(skype)))
            .security_scheme("applicationToken", SecurityScheme::Http(of_application))
            .build();
        let document = OpenApiBuilder::new().info(info).paths(self.paths).components(Some(components)).build();
        (self.router.method_not_allowed_fallback(no_such_method), document)
    }
}

/// A path of ours with another method.
async fn no_such_method(method: Method) -> ApiError {
    ApiError::NoSuchMethod(method)
}

/// One line at debug for each request: `RUST_LOG=info,convene::requests=debug` shows which client asks for what.
async fn tell(operation: Arc<str>, request: Request, next: Next) -> Response {
    let client = client_of(request.headers());
    let response = next.run(request).await;
    tracing::debug!(target: "convene::requests", %operation, status = response.status().as_u16(), %client, "answered");
    response
}

/// The client library with its version, as those of Azure and of Microsoft Graph name themselves; `-` for others.
fn client_of(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let named = text("user-agent").filter(|agent| agent.starts_with("azsdk-")).or_else(|| text("sdkversion"));
    let first = named.and_then(|named| named.split([' ', ',']).next()).unwrap_or("-");
    let plain = |c: &char| c.is_ascii_alphanumeric() || "-._/".contains(*c);
    first.chars().filter(plain).take(CLIENT_NAME_MAX).collect()
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use crate::http::described;
    use convene_store::SqliteStore;
    use std::collections::BTreeMap;

    #[test]
    fn no_two_schemas_have_one_name() {
        let mut known = BTreeMap::new();
        for (name, schema) in described::<SqliteStore>().schemas {
            let schema = serde_json::to_string(&schema).expect("a schema");
            let former = known.insert(name.clone(), schema.clone()).unwrap_or(schema.clone());
            assert!(former == schema, "two schemas are called {name}: use #[schema(as = …)]");
        }
        assert!(known.contains_key("ErrorAnswer"));
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_says_who_may_ask() {
        let (_, document) = described::<SqliteStore>().into_parts();
        let json = serde_json::to_value(&document).expect("a document");
        let mut names = Vec::new();
        for (path, item) in json["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("operations") {
                names.push(operation["operationId"].as_str().expect("an id").to_owned());
                let open = ["/healthz", "/readyz", "/.well-known/jwks.json", "/api/visitors", "/push/key"]
                    .contains(&path.as_str())
                    || path == "/events/subscriptions/{id}/validate"
                    || path.starts_with("/{tenant}/");
                assert_eq!(operation.get("security").is_none(), open, "{method} {path}");
            }
        }
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "{names:?}");
    }
}
