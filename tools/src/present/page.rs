//! What pages share that need nothing else: no other file, no network. They fit a phone's width and a sheet of
//! paper.

/// What every page looks like; dark where its reader has it so, without backgrounds on paper.
const STYLE: &str = "
:root{color-scheme:light dark;--line:#8888}
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.2rem .6rem .2rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
td.n{text-align:right;font-variant-numeric:tabular-nums}
code,td.a{font-family:ui-monospace,monospace;font-size:.85em}
svg{display:block;width:100%;min-width:44rem;height:auto}
svg text{font:12px system-ui,sans-serif;fill:currentColor}
svg .in{fill:#111}
@media print{body{max-width:none;font-size:10pt}.wide{overflow:visible}svg{min-width:0}h2{break-after:avoid}}
";

/// A page up to its first words; `style` is what it has beside every page's.
pub(super) fn begin(title: &str, style: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )
}

/// A page's end.
pub(super) const END: &str = "</body>\n</html>\n";

/// A colour for each partition, the same everywhere on a page: by steps of the golden angle, so that
/// neighbours differ however many there are.
pub(super) fn colour(index: usize) -> String {
    format!("hsl({} 60% 72%)", index * 137 % 360)
}

/// Nanoseconds as `2.05 ms`.
pub(super) fn milliseconds(ns: u64) -> String {
    let text = format!("{}.{:06}", ns / 1_000_000, ns % 1_000_000);
    format!("{} ms", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Text that isn't taken for tags (HTML, 13.1.4).
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Every tag that opens closes, in turn. A script's text is none.
    pub(in crate::present) fn assert_balanced(page: &str) {
        let mut open = Vec::new();
        let mut rest = page;
        while let Some((_, after)) = rest.split_once('<') {
            let (tag, after) = after.split_once('>').expect("a tag ends");
            rest = after;
            let name: String = tag
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name), "before {after:.60}");
            } else if name == "script" {
                rest = rest.split_once("</script>").expect("a script ends").1;
            } else if !tag.ends_with('/') && !matches!(name.as_str(), "meta" | "") {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }

    #[test]
    fn text_is_no_tag() {
        assert_eq!(escaped("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
        assert_eq!(milliseconds(2_050_000), "2.05 ms");
        assert_eq!(milliseconds(20_000_000), "20 ms");
        assert_eq!(milliseconds(0), "0 ms");
    }
}
