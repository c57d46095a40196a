//! Text that people type for others to see: hostile until cleaned.

/// `text` made fit to be shown among other people's texts, at most `max` characters long.
///
/// Control characters and the characters that turn the direction of text around (Unicode UAX #9 §2) are removed, so
/// that a name cannot rearrange the line that it stands in; every run of white space becomes one space; ends are
/// trimmed. What has nothing visible becomes the empty string.
pub fn clean_text(text: &str, max: usize) -> String {
    let mut clean = String::new();
    let mut space = false;
    let mut length = 0;
    for character in text.chars() {
        if character.is_whitespace() {
            space = length > 0;
        } else if !is_removed(character) {
            let needed = 1 + usize::from(space);
            if length + needed > max {
                break;
            }
            if space {
                clean.push(' ');
            }
            clean.push(character);
            length += needed;
            space = false;
        }
    }
    if clean.chars().all(is_blank) { String::new() } else { clean }
}

/// Control characters, marks and overrides of direction, and characters that only make equal names differ.
fn is_removed(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' // direction
            | '\u{00ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}') // invisible
}

/// Characters that take part in a text but show nothing alone: joiners, variation selectors, fillers.
fn is_blank(character: char) -> bool {
    character == ' '
        || matches!(character,
            '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::clean_text;

    #[test]
    fn direction_overrides_and_control_characters_are_removed() {
        assert_eq!(clean_text("Anna\u{202e} nimda\u{202c}", 100), "Anna nimda");
        assert_eq!(clean_text("\u{2066}A\u{2069}\u{0007}\u{200b}B\u{200f}\u{0085}", 100), "AB");
    }

    #[test]
    fn white_space_is_one_space_and_none_at_the_ends() {
        assert_eq!(clean_text("  A \t\r\n\u{2028}\u{a0} B  ", 100), "A B");
    }

    #[test]
    fn names_of_every_script_stay_as_they_are() {
        for name in ["Zoë", "محمد", "דנה", "さくら", "नमस्ते", "👩🏽‍⚕️ Dr", "می‌خواهم", "O'Neil-Šmíd"]
        {
            assert_eq!(clean_text(name, 100), name);
        }
    }

    #[test]
    fn long_text_is_cut_between_characters_and_never_ends_in_a_space() {
        assert_eq!(clean_text(&"ü".repeat(500), 100), "ü".repeat(100));
        assert_eq!(clean_text("ab cd", 3), "ab");
        assert_eq!(clean_text("ab", 0), "");
    }

    #[test]
    fn what_shows_nothing_is_empty() {
        for text in ["", "   ", "\u{200d}\u{200d}", "\u{3164} \u{2800}", "\u{202e}\u{feff}", "\u{e0041}"] {
            assert_eq!(clean_text(text, 100), "", "{text:?}");
        }
    }
}
