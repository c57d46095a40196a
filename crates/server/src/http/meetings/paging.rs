//! Lists page by page: `$top`, `$skiptoken` and `@odata.nextLink`, as OData has them.

use convene_model::MeetingId;
use convene_model::record::Meeting;
use convene_store::MeetingCursor;
use std::collections::BTreeMap;

/// Meetings on a page. Larger: long answers that nobody reads. Smaller: more requests.
const TOP_MAX: u32 = 100;

/// Which page is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// How many at most.
    pub top: u32,
    /// After which meeting; `None` for the first page.
    pub after: Option<MeetingCursor>,
}

impl Page {
    /// Reads the query of a request. Other parameters are ignored.
    ///
    /// # Errors
    /// A sentence on what cannot be used.
    pub fn read(query: &BTreeMap<String, String>) -> Result<Self, String> {
        let top = query.get("$top").map(|text| {
            let top = text.parse().ok().filter(|top| (1..=TOP_MAX).contains(top));
            top.ok_or_else(|| format!("$top must be a number from 1 to {TOP_MAX}."))
        });
        let after = query.get("$skiptoken").map(|text| {
            let why = "This $skiptoken was not made by this server. Follow the @odata.nextLink of an answer as it is.";
            read_token(text).ok_or_else(|| why.to_owned())
        });
        Ok(Self { top: top.transpose()?.unwrap_or(TOP_MAX), after: after.transpose()? })
    }

    /// Cuts off what lies beyond this page; gives the query of the next page, if there is one.
    pub fn cut(&self, meetings: &mut Vec<Meeting>) -> Option<String> {
        let top = self.top as usize;
        if meetings.len() <= top {
            return None;
        }
        meetings.truncate(top);
        let last = MeetingCursor::of(meetings.last()?);
        Some(format!("$top={top}&$skiptoken={}-{}", last.created_at, last.id))
    }
}

/// `<milliseconds>-<meeting id>`: both are safe in a URL as they are.
fn read_token(text: &str) -> Option<MeetingCursor> {
    let (created_at, id) = text.split_once('-')?;
    let readable = !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    let created_at = created_at.parse().ok()?;
    readable.then(|| MeetingCursor { created_at, id: MeetingId(id.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Page, String> {
        Page::read(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_page_is_what_the_query_says() {
        assert_eq!(read(&[]), Ok(Page { top: TOP_MAX, after: None }));
        let after = Some(MeetingCursor { created_at: 17, id: MeetingId("3f".into()) });
        assert_eq!(read(&[("$top", "2"), ("$skiptoken", "17-3f"), ("$orderby", "x")]), Ok(Page { top: 2, after }));
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
