//! HTML that people send for others' pages to show: hostile until cleaned.

use ammonia::Builder;

/// What may stay of HTML: text with its format, lists, tables, and links to web and mail. Scripts, styles, forms and whatever a page would
/// fetch by itself (images too: they would tell the sender who reads) go. Links lead out with `noopener noreferrer`.
pub(crate) fn clean_html(html: &str) -> String {
    let mut cleaner = Builder::default();
    cleaner
        .rm_tags(["img", "map", "area", "figure", "figcaption"])
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .link_rel(Some("noopener noreferrer"))
        .strip_comments(true);
    cleaner.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::clean_html;

    #[test]
    fn formatted_text_stays() {
        for html in [
            "<p>One <b>two</b> <i>three</i></p>",
            "<ul><li>a</li><li>b</li></ul>",
            "<table><tbody><tr><td>1</td></tr></tbody></table>",
            "Tom &amp; Jerry &lt;3",
            "<blockquote>said</blockquote><pre><code>x</code></pre>",
        ] {
            assert_eq!(clean_html(html), html);
        }
    }

    #[test]
    fn what_runs_or_is_fetched_goes() {
        for (html, clean) in [
            ("<script>alert(1)</script>hi", "hi"),
            ("<img src=x onerror=alert(1)>hi", "hi"),
            ("<b onclick=alert(1)>hi</b>", "<b>hi</b>"),
            ("<style>*{display:none}</style><p style='position:fixed'>hi</p>", "<p>hi</p>"),
            ("<iframe src='https://e.example'></iframe><svg onload=alert(1)>hi</svg>", "hi"),
            ("<form action=/x><input name=y>hi</form>", "hi"),
            ("<!-- a -->hi", "hi"),
        ] {
            assert_eq!(clean_html(html), clean, "{html}");
        }
    }

    #[test]
    fn links_lead_to_the_web_and_to_mail_and_say_nothing_of_where_they_came_from() {
        let rel = "rel=\"noopener noreferrer\"";
        let clean = clean_html("<a href='https://e.example/?a=1' target=_self>x</a>");
        assert_eq!(clean, format!("<a href=\"https://e.example/?a=1\" {rel}>x</a>"));
        for scheme in ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)", "file:///etc/passwd"] {
            assert_eq!(clean_html(&format!("<a href='{scheme}'>x</a>")), format!("<a {rel}>x</a>"), "{scheme}");
        }
    }
}
