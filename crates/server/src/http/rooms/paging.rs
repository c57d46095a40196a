//! Lists page by page. A page's link has only letters, digits and dashes in what it adds to the query: the published clients agree on
//! the signature of no other (docs/compatibility.md).

use crate::http::error::ApiError;
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use convene_directory::parse_room_id;
use convene_model::RawId;
use convene_model::record::Room;
use convene_store::RoomCursor;

/// Rooms, or participants, on a page. Larger: long answers. Smaller: more requests.
pub const PAGE: usize = 50;

/// Where a page begins, as `after` in the query.
pub trait Cursor: Sized {
    /// Reads it.
    fn read(text: &str) -> Option<Self>;
    /// Writes it, in letters, digits, `-` and `_`.
    fn write(&self) -> String;
}

impl Cursor for RoomCursor {
    fn read(text: &str) -> Option<Self> {
        let (created_at, id) = text.split_once('-')?;
        Some(Self { created_at: created_at.parse().ok()?, id: parse_room_id(id).ok()? })
    }

    fn write(&self) -> String {
        format!("{}-{}", self.created_at, self.id)
    }
}

impl Cursor for RawId {
    fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        RawId::parse(std::str::from_utf8(&bytes).ok()?).ok()
    }

    fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.as_str())
    }
}

/// The cursor of a request, if it names one.
///
/// # Errors
/// [`ApiError::Told`] for one that this server did not make.
pub fn cursor<C: Cursor>(after: Option<&String>) -> Result<Option<C>, ApiError> {
    let read = |text: &String| {
        C::read(text).ok_or_else(|| ApiError::Told {
            status: StatusCode::BAD_REQUEST,
            code: "BadRequest",
            message: "This page was not made by this server. Follow the nextLink of an answer as it is.".to_owned(),
            target: Some("after".to_owned()),
        })
    };
    after.map(read).transpose()
}

/// Cuts off what lies beyond a page; gives where the next one begins, if there is one.
pub fn cut(rooms: &mut Vec<Room>) -> Option<RoomCursor> {
    if rooms.len() <= PAGE {
        return None;
    }
    rooms.truncate(PAGE);
    rooms.last().map(RoomCursor::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use convene_model::RoomId;

    #[test]
    fn a_cursor_is_read_back_and_needs_no_encoding() {
        let safe = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        let of_room = RoomCursor { created_at: 1_790_000_000_123, id: RoomId("99199690362660524".into()) };
        let of_user = RawId::communication_user("11aa-22", "33bb-44?".trim_end_matches('?'));
        assert!(safe(&of_room.write()) && safe(&of_user.write()));
        assert_eq!(RoomCursor::read(&of_room.write()), Some(of_room));
        assert_eq!(RawId::read(&of_user.write()), Some(of_user));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "17", "17-", "x-99199690362660524", "17-9919", "-17-99199690362660524", "17-9919969036266052ä"]
        {
            assert!(cursor::<RoomCursor>(Some(&text.to_owned())).is_err(), "{text}");
        }
        for text in ["", "8:acs:r_u", "ODphY3M", "%41"] {
            assert!(cursor::<RawId>(Some(&text.to_owned())).is_err(), "{text}");
        }
    }
}
