//! Lists page by page: `$top`, `$skiptoken` and `@odata.nextLink`, as OData has them.

use super::options::Options;
use crate::http::error::ApiError;
use convene_model::WallMs;

/// Where a list goes on: after the entry of this time and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its time.
    pub at: WallMs,
    /// Its id.
    pub id: String,
}

/// Which page is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// How many at most.
    pub top: u32,
    /// After which entry; `None` for the first page.
    pub after: Option<After>,
}

impl Page {
    /// Reads the options of a request; `top_max` are as many as there are on a page at most, and without `$top`.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] says what cannot be used.
    pub fn read(options: &Options, top_max: u32) -> Result<Self, ApiError> {
        let top = options.get("top").map(|text| {
            let top = text.parse().ok().filter(|top| (1..=top_max).contains(top));
            top.ok_or_else(|| ApiError::BadRequest(format!("$top must be a number from 1 to {top_max}.")))
        });
        let after = options.get("skiptoken").map(|text| {
            let why = "This $skiptoken was not made by this server. Follow the @odata.nextLink of an answer as it is.";
            read_token(text).ok_or_else(|| ApiError::BadRequest(why.to_owned()))
        });
        Ok(Self { top: top.transpose()?.unwrap_or(top_max), after: after.transpose()? })
    }

    /// Cuts off what lies beyond this page; gives the query of the next page, if there is one. `after` says where an entry stands.
    pub fn cut<T>(&self, entries: &mut Vec<T>, options: &Options, after: impl Fn(&T) -> After) -> Option<String> {
        let top = self.top as usize;
        if entries.len() <= top {
            return None;
        }
        entries.truncate(top);
        let After { at, id } = after(entries.last()?);
        // Names of properties are letters, checked before.
        let select =
            options.get("select").map(|names| format!("&$select={}", names.replace(' ', ""))).unwrap_or_default();
        Some(format!("$top={top}&$skiptoken={at}-{id}{select}"))
    }
}

/// `<milliseconds>-<id>`: both are safe in a URL as they are.
fn read_token(text: &str) -> Option<After> {
    let (at, id) = text.split_once('-')?;
    let readable = !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let at = at.parse().ok()?;
    readable.then(|| After { at, id: id.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn options(pairs: &[(&str, &str)]) -> Options {
        let query: BTreeMap<String, String> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Options::read(&query, &["top", "skiptoken", "select"]).expect("known options")
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Page, String> {
        Page::read(&options(pairs), 100).map_err(|error| match error {
            ApiError::BadRequest(message) => message,
            other => panic!("another error: {other:?}"),
        })
    }

    #[test]
    fn a_page_is_what_the_query_says() {
        assert_eq!(read(&[]), Ok(Page { top: 100, after: None }));
        let after = Some(After { at: 17, id: "3f-4a".into() });
        assert_eq!(read(&[("$top", "2"), ("$skiptoken", "17-3f-4a")]), Ok(Page { top: 2, after }));
    }

    #[test]
    fn the_next_page_begins_after_the_last_entry_and_selects_the_same() {
        let page = read(&[("$top", "2")]).unwrap();
        let after = |id: &i64| After { at: 10 * id, id: id.to_string() };
        let select = options(&[("$select", "id, subject")]);
        let mut entries = vec![1, 2, 3];
        let next = page.cut(&mut entries, &select, after);
        assert_eq!((entries.clone(), next.as_deref()), (vec![1, 2], Some("$top=2&$skiptoken=20-2&$select=id,subject")));
        assert_eq!(page.cut(&mut entries, &select, after), None);
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        for top in ["0", "101", "-1", "x", ""] {
            assert!(read(&[("$top", top)]).unwrap_err().contains("from 1 to 100"), "{top}");
        }
        for token in ["", "17", "17-", "x-3f", "17-3f' OR 1", "-17-3f"] {
            assert!(read(&[("$skiptoken", token)]).unwrap_err().contains("nextLink"), "{token}");
        }
    }
}
