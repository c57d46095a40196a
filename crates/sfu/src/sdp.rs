//! What is changed in the library's answers.

/// Puts the payload types of RED (RFC 2198) behind those that they carry: browsers send by the first, and voices are to come plain. They are
/// sent twice only where that is of use.
pub fn redundancy_last(answer: &str) -> String {
    let (mut lines, mut media_line): (Vec<String>, usize) = (vec![], 0);
    for line in answer.split_inclusive('\n') {
        if line.starts_with("m=") {
            media_line = lines.len();
        }
        if let Some(payload_type) = redundant_type(line)
            && let Some(media) = lines.get_mut(media_line)
        {
            let moved = format!(" {payload_type}");
            let end = media.trim_end().len();
            let mut words: Vec<&str> = media[..end].split(' ').collect();
            // Before the types are kind, port and protocol.
            if let Some(at) = words.iter().skip(3).position(|word| *word == payload_type) {
                words.remove(at + 3);
                *media = words.join(" ") + &moved + &media[end..];
            }
        }
        lines.push(line.to_string());
    }
    lines.concat()
}

/// The payload type that a line maps to RED.
fn redundant_type(line: &str) -> Option<&str> {
    let (payload_type, name) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
    name.to_ascii_lowercase().starts_with("red/").then_some(payload_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn red_is_named_last_in_its_own_media_line_and_nothing_else_changes() {
        let answer = "v=0\r\ns=-\r\nm=audio 63 UDP/TLS/RTP/SAVPF 63 111\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n\
            a=rtpmap:111 opus/48000/2\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\n\
            m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 RED/48000/2\r\n";
        let expected = answer.replace("SAVPF 63 111\r\n", "SAVPF 111 63\r\n");
        assert_eq!(redundancy_last(answer), expected);
        assert_eq!(redundancy_last(&expected), expected);
    }

    #[test]
    fn an_answer_without_red_stays_as_it_is() {
        for answer in ["", "v=0\r\n", "a=rtpmap:63 red/48000/2\r\n", "m=audio 9 X 111\r\na=rtpmap:111 opus/48000/2"] {
            assert_eq!(redundancy_last(answer), answer);
        }
    }
}
