//! A run as one page that needs nothing else: the plan above, what ran below, consoles beside. The drawing is
//! made by a script on the page, from the data in it; the tables are there without.

mod data;
mod tables;

use std::fmt::Write as _;

use paratia::trace::Timeline;

use super::page::{self, escaped};
use super::plan;

/// What this page looks like beside every page, and what it does.
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page.
pub(crate) fn page(timeline: &Timeline) -> String {
    let choice = &timeline.choice;
    let title = format!("{} on {}: a run", choice.name, choice.board.name);
    let mut page = page::begin(&title, STYLE);
    let _ = writeln!(
        page,
        "<p>{}. {}</p>",
        escaped(choice.system.summary),
        tables::known(timeline)
    );
    page += "<h2>The plan of a frame</h2>\n";
    page += &plan::schedule(choice);
    page += "<div id=\"run\">\n<section>\n<h2>What ran</h2>\n";
    page += CONTROLS;
    page += "</section>\n<aside>\n<h2>Consoles</h2>\n";
    page += &tables::consoles(timeline);
    page += "</aside>\n</div>\n<h2>What happened</h2>\n";
    page += &tables::happened(timeline);
    page += "<h2>In numbers</h2>\n";
    page += &tables::numbers(timeline);
    let _ = writeln!(
        page,
        "<script type=\"application/json\" id=\"data\">{}</script>\n<script>\n{SCRIPT}</script>",
        data::json(timeline)
    );
    page + page::END
}

/// What the reader works the drawing with. It is shown by the script, without which it would do nothing.
const CONTROLS: &str = "<noscript><p>The drawing needs the page's own script; all else is here \
                        without.</p></noscript>\n\
<div id=\"controls\" hidden>\n\
<button id=\"in\" title=\"closer (+)\">+</button>\n<button id=\"out\" title=\"farther (-)\">&minus;</button>\n\
<button id=\"back\" title=\"earlier (left)\">&larr;</button>\n\
<button id=\"on\" title=\"later (right)\">&rarr;</button>\n\
<button id=\"frame\" title=\"one frame (1)\">frame</button>\n<button id=\"all\" title=\"all of it (0)\">all</button>\n\
<button id=\"next\" title=\"the next fault, verdict or start (f)\">next event</button>\n</div>\n\
<div id=\"overview\"></div>\n<p id=\"view\" aria-live=\"polite\"></p>\n\
<div id=\"drawing\" tabindex=\"0\" role=\"img\" aria-label=\"who ran when\"></div>\n\
<p id=\"detail\">A click on a bar or a mark tells what it is.</p>\n\
<p id=\"help\" hidden>Wheel or + and &minus;: closer, farther; drag or arrows: earlier, later; f: the next event. \
Triangles: faults, verdicts, starts; strokes: other events. Pale: by the plan alone; half pale: with the plan's end.</p>\n";

#[cfg(test)]
mod tests;
