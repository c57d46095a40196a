//! Reading the JSON bodies of requests, member by member, so that a refusal names what is wrong.

use serde_json::{Map, Value};

/// What a refusal of a body can say.
pub(crate) trait BodyRefused: Sized {
    /// The body is no JSON object; says why.
    fn not_json(why: String) -> Self;
    /// A property that may not be set, or not to this; says what it may be, without a final stop.
    fn bad(property: &str, why: String) -> Self;
}

/// The body as an object.
pub(crate) fn object<E: BodyRefused>(json: &[u8]) -> Result<Map<String, Value>, E> {
    match serde_json::from_slice(json) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(E::not_json("it is no object".to_owned())),
        Err(error) => Err(E::not_json(error.to_string())),
    }
}

/// A member, if something is said about it.
pub(crate) fn member<'a, T, E: BodyRefused>(
    body: &'a Map<String, Value>,
    name: &str,
    expected: &str,
    read: impl FnOnce(&'a Value) -> Option<T>,
) -> Result<Option<T>, E> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value).map(Some).ok_or_else(|| E::bad(name, format!("use {expected}"))),
    }
}
