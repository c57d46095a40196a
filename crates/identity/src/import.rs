//! Lists of users that come from elsewhere, with the raw ids that they have there: one user a line, an id or `id,displayName`.

use crate::user::clean_display_name;
use convene_model::{IdentifierKind, RawId, WallMs, record::User};

/// A line that is no user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct ImportError {
    /// Which, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Reads the whole list. Empty lines and a heading `id` or `id,displayName` are left out; a name may stand in double quotes, in which
/// `""` is a quote (RFC 4180 §2).
///
/// # Errors
/// [`ImportError`] for the first line that is no user of an app or of the organization.
pub fn read_import(text: &str, now: WallMs) -> Result<Vec<User>, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut users = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let (id, name) = line.split_once(',').unwrap_or((line, ""));
        let id = id.trim();
        if line.trim().is_empty() || (at == 0 && id.eq_ignore_ascii_case("id")) {
            continue;
        }
        let wrong = |why: String| ImportError { line: at + 1, why };
        let id = RawId::parse(id).map_err(|error| wrong(format!("{id:?} is {error}")))?;
        if id.kind() == IdentifierKind::Visitor {
            return Err(wrong(format!("{id} is an anonymous guest, who comes with a join link; leave it out")));
        }
        let name = read_name(name.trim()).ok_or_else(|| wrong("the name's quotes do not match".to_owned()))?;
        let display_name = Some(clean_display_name(&name)).filter(|name| !name.is_empty());
        users.push(User { id, display_name, generation: 0, created_at: now });
    }
    Ok(users)
}

fn read_name(text: &str) -> Option<String> {
    let Some(quoted) = text.strip_prefix('"') else { return Some(text.to_owned()) };
    let inner = quoted.strip_suffix('"')?;
    let without_pairs = inner.replace("\"\"", "");
    (!without_pairs.contains('"')).then(|| inner.replace("\"\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, Option<String>)>, ImportError> {
        let users = read_import(text, 7)?;
        assert!(users.iter().all(|user| user.created_at == 7 && user.generation == 0));
        Ok(users.into_iter().map(|user| (user.id.as_str().to_owned(), user.display_name)).collect())
    }

    #[test]
    fn ids_and_names_are_read_line_by_line() {
        let text = "\u{feff}id,displayName\r\n8:acs:r_1\r\n\n 8:acs:r_2 , Ada L. \n8:orgid:3,\"Lovelace, \"\"Ada\"\"\"\n8:acs:r_4,\n";
        let expected = [
            ("8:acs:r_1", None),
            ("8:acs:r_2", Some("Ada L.")),
            ("8:orgid:3", Some("Lovelace, \"Ada\"")),
            ("8:acs:r_4", None),
        ];
        let expected = expected.map(|(id, name)| (id.to_owned(), name.map(str::to_owned)));
        assert_eq!(read(text), Ok(expected.to_vec()));
        assert_eq!(read(""), Ok(Vec::new()));
    }

    #[test]
    fn the_first_wrong_line_is_named() {
        for (text, line, why) in [
            ("8:acs:r_1\nsomebody", 2, "expected 8:acs:"),
            ("8:teamsvisitor:1", 1, "anonymous guest"),
            ("8:acs:r_1\n\n8:acs:r_2,\"open", 3, "quotes"),
            ("8:acs:r_2,\"a\"b\"", 1, "quotes"),
            ("8:acs:r_1\nid", 2, "expected 8:acs:"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.line == line && error.why.contains(why), "{text}: {error}");
        }
    }
}
