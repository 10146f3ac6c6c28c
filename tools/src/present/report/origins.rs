//! Digests and tools: which bytes all of it is about, and what made and ran them.

use paratia::report::Document;
use paratia::report::origins::{Digest, Tool};

use super::shown::{self, Cell};

pub(super) fn chapter(document: &Document) -> String {
    let digest = |(index, it): (usize, &Digest)| {
        let at = |field: &str| format!("/digests/{index}/{field}");
        vec![
            Cell::Words(shown::text(&at("what"), &it.what)),
            Cell::Words(shown::code(&at("file"), &it.file)),
            Cell::Number(shown::count(&at("bytes"), it.bytes)),
            Cell::Words(shown::code(&at("sha256"), &it.sha256)),
        ]
    };
    let digests: Vec<_> = document.digests.iter().enumerate().map(digest).collect();
    let tool = |(index, it): (usize, &Tool)| {
        let at = |field: &str| format!("/tools/{index}/{field}");
        vec![
            Cell::Words(shown::text(&at("version"), &it.version)),
            Cell::Words(shown::text(&at("part"), it.part)),
        ]
    };
    let tools: Vec<_> = document.tools.iter().enumerate().map(tool).collect();
    let mut html = "<h3>Files</h3>\n".to_owned();
    html += &shown::table("digests", &["what", "file", "bytes", "SHA-256"], &digests);
    html += "<h3>Programs</h3>\n";
    html + &shown::table("tools", &["version", "part"], &tools)
}
