//! Query options of OData: which of them a request has, and that it has no others.

use crate::http::error::ApiError;
use serde_json::Value;
use std::collections::BTreeMap;

/// Options that OData knows. Others' parameters are for other programs and are passed over, as in OData.
const KNOWN: [&str; 10] =
    ["select", "expand", "filter", "orderby", "top", "skip", "skiptoken", "count", "search", "format"];

/// What a request asks for, by the option's name without its `$`.
#[derive(Debug, PartialEq, Eq)]
pub struct Options(BTreeMap<&'static str, String>);

impl Options {
    /// Takes the options of a query; the `$` may be left out, as in Graph.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] names an option that is not among `supported`.
    pub fn read(query: &BTreeMap<String, String>, supported: &[&str]) -> Result<Self, ApiError> {
        let mut options = BTreeMap::new();
        for (name, value) in query {
            let bare = name.strip_prefix('$').unwrap_or(name);
            match KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(bare)) {
                Some(known) if supported.contains(&known) => {
                    options.insert(known, value.clone());
                }
                None if !name.starts_with('$') => {}
                Some(_) | None => {
                    let usable: Vec<String> = supported.iter().map(|name| format!("${name}")).collect();
                    let what = if usable.is_empty() { "none".to_owned() } else { usable.join(", ") };
                    return Err(ApiError::BadRequest(format!(
                        "The query option ${bare} is not supported here. Leave it out; what can be used is: {what}."
                    )));
                }
            }
        }
        Ok(Self(options))
    }

    /// The option's value, if it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether `$expand` asks for this one relationship.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] if it asks for another.
    pub fn expands(&self, relationship: &str) -> Result<bool, ApiError> {
        match self.get("expand") {
            None => Ok(false),
            Some(name) if name == relationship => Ok(true),
            Some(_) => Err(ApiError::BadRequest(format!("$expand can be {relationship} here, and nothing else."))),
        }
    }

    /// Leaves of an object what `$select` names; all of it without one. `optional` are names that it may have.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] names a property that there is not.
    pub fn selected(&self, mut object: Value, optional: &[&str]) -> Result<Value, ApiError> {
        let Some(names) = self.get("select") else { return Ok(object) };
        let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if let Value::Object(members) = &mut object {
            if let Some(unknown) = names.iter().find(|name| !members.contains_key(**name) && !optional.contains(*name))
            {
                return Err(ApiError::BadRequest(format!(
                    "$select names {unknown:?}, and there is no such property. Check its spelling, and the case of its letters."
                )));
            }
            if !names.is_empty() {
                members.retain(|name, _| names.contains(&name.as_str()));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(pairs: &[(&str, &str)], supported: &[&str]) -> Result<Options, String> {
        let query = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Options::read(&query, supported).map_err(said)
    }

    fn said(error: ApiError) -> String {
        match error {
            ApiError::BadRequest(message) => message,
            other => panic!("another error: {other:?}"),
        }
    }

    #[test]
    fn options_are_taken_with_and_without_their_sign_and_others_parameters_are_passed_over() {
        let options = read(&[("$top", "2"), ("Filter", "x"), ("cache", "no")], &["top", "filter"]).unwrap();
        assert_eq!((options.get("top"), options.get("filter"), options.get("cache")), (Some("2"), Some("x"), None));
    }

    #[test]
    fn an_option_that_is_not_supported_is_named_with_those_that_are() {
        for name in ["$orderby", "$count", "search", "$nonsense"] {
            let refused = read(&[(name, "x")], &["top", "select"]).unwrap_err();
            assert!(refused.contains(name.trim_start_matches('$')) && refused.contains("$top, $select"), "{refused}");
        }
        assert!(read(&[("$top", "1")], &[]).unwrap_err().ends_with("is: none."));
    }

    #[test]
    fn select_leaves_what_it_names_and_refuses_what_there_is_not() {
        let object = json!({ "id": 1, "subject": "x" });
        let select = |names: &str, optional: &[&str]| {
            read(&[("$select", names)], &["select"]).unwrap().selected(object.clone(), optional).map_err(said)
        };
        assert_eq!(select("id", &[]), Ok(json!({ "id": 1 })));
        assert_eq!(select("subject, id", &[]), Ok(object.clone()));
        assert_eq!(select("id,externalId", &["externalId"]), Ok(json!({ "id": 1 })));
        assert_eq!(select("", &[]), Ok(object.clone()));
        assert!(select("Id", &[]).unwrap_err().contains("\"Id\""));
    }

    #[test]
    fn one_relationship_can_be_expanded_and_no_other() {
        let expands =
            |name: &str| read(&[("$expand", name)], &["expand"]).unwrap().expands("attendanceRecords").map_err(said);
        assert_eq!(expands("attendanceRecords"), Ok(true));
        assert!(expands("recordings").unwrap_err().contains("attendanceRecords"));
        assert_eq!(read(&[], &[]).unwrap().expands("x").map_err(said), Ok(false));
    }
}
