//! The figures as a picture: for each, a bar for Paratia, one for Xen and one for the best of the
//! others, on a logarithmic scale.

use std::fmt::Write as _;

use super::Measurement;
use super::figures::Unit;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 300.0;
const RIGHT: f64 = 110.0;
const TOP: f64 = 92.0;
const BAR: f64 = 13.0;
const GAP: f64 = 16.0;
const BOTTOM: f64 = 34.0;

const PARATIA: &str = "#0f766e";
const XEN: &str = "#c2703d";
const OTHER: &str = "#b8b2a7";
const AIM: &str = "#1c1917";

/// A bar: its value, its colour and what stands behind it.
type Bar = (u64, &'static str, String);

/// The picture, as SVG.
#[must_use]
pub fn svg(rows: &[Measurement]) -> String {
    let shown: Vec<(&Measurement, Vec<Bar>)> = rows
        .iter()
        .filter(|row| row.figure.unit == Unit::Instructions)
        .map(|row| (row, bars(row)))
        .filter(|(_, bars)| bars.len() > 1)
        .collect();
    let most = shown
        .iter()
        .flat_map(|(_, bars)| bars.iter().map(|bar| bar.0))
        .max();
    let scale = Scale::to(most.unwrap_or(1));
    let heights = shown.iter().map(|(_, bars)| height(bars.len()));
    let bottom = TOP + heights.sum::<f64>();

    let mut text = head(bottom + BOTTOM);
    grid(&mut text, &scale, bottom);
    let mut at = TOP;
    for (row, bars) in &shown {
        group(&mut text, &scale, at, row, bars);
        at += height(bars.len());
    }
    text += "</svg>\n";
    text
}

#[allow(clippy::cast_precision_loss, reason = "a handful of bars")]
fn height(bars: usize) -> f64 {
    bars as f64 * BAR + GAP
}

fn bars(row: &Measurement) -> Vec<Bar> {
    let Some(paratia) = row.paratia else {
        return Vec::new();
    };
    let mut all = vec![(paratia, PARATIA, grouped(paratia))];
    if let Some(xen) = row.xen {
        all.push((xen, XEN, grouped(xen)));
    }
    if let Some((name, best)) = row.figure.measured_once.iter().min_by_key(|(_, it)| *it) {
        all.push((*best, OTHER, format!("{} {name}", grouped(*best))));
    }
    all
}

/// A logarithmic scale from 1.
struct Scale {
    decades: u32,
}

impl Scale {
    fn to(most: u64) -> Self {
        Self {
            decades: most.max(2).ilog10() + 1,
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a place in a picture")]
    fn place(&self, value: u64) -> f64 {
        let share = (value.max(1) as f64).log10() / f64::from(self.decades);
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }
}

fn head(height: f64) -> String {
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"Helvetica, Arial, sans-serif\" \
         font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fdfcfa\"/>\n\
         <text x=\"24\" y=\"34\" font-size=\"19\" font-weight=\"bold\" fill=\"#1c1917\">\
         What a hypervisor costs, in instructions</text>\n"
    );
    let mut x = 24.0;
    for (colour, name, width) in [
        (PARATIA, "Paratia", 74.0),
        (XEN, "Xen 4.17", 84.0),
        (OTHER, "best of the others, measured once", 244.0),
    ] {
        line(
            &mut text,
            &format!(
                "<rect x=\"{x}\" y=\"50\" width=\"11\" height=\"11\" rx=\"2\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"60\" fill=\"#57534e\">{name}</text>",
                x + 17.0
            ),
        );
        x += width;
    }
    line(
        &mut text,
        &format!(
            "<path d=\"M{x} 49v13\" stroke=\"{AIM}\" stroke-width=\"2\"/>\
         <text x=\"{}\" y=\"60\" fill=\"#57534e\">Paratia's aim</text>",
            x + 8.0
        ),
    );
    text
}

fn grid(text: &mut String, scale: &Scale, bottom: f64) {
    for decade in 0..=scale.decades {
        let value = 10_u64.pow(decade);
        let x = scale.place(value);
        line(
            text,
            &format!(
                "<path d=\"M{x:.1} {}V{bottom:.1}\" stroke=\"#e7e2da\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#a8a29e\">{}</text>",
                TOP - 8.0,
                bottom + 18.0,
                grouped(value)
            ),
        );
    }
}

fn group(text: &mut String, scale: &Scale, top: f64, row: &Measurement, bars: &[Bar]) {
    let middle = top + (height(bars.len()) - GAP) / 2.0 + 4.0;
    line(
        text,
        &format!(
            "<text x=\"{}\" y=\"{middle:.1}\" text-anchor=\"end\" fill=\"#1c1917\">{}</text>",
            LEFT - 12.0,
            row.figure.title.trim_start_matches("- ")
        ),
    );
    let aim = row.budget.as_ref().map(|budget| scale.place(budget.aim()));
    let mut y = top;
    for (value, colour, label) in bars {
        let end = scale.place(*value);
        // Behind the mark of the aim, which stands at Paratia's bar.
        let behind = aim
            .filter(|_| *colour == PARATIA)
            .map_or(end, |aim| end.max(aim));
        line(
            text,
            &format!(
                "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{}\" rx=\"2\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"11\" fill=\"#57534e\">{label}</text>",
                (end - LEFT).max(1.5),
                BAR - 2.0,
                behind.max(LEFT + 1.5) + 5.0,
                y + BAR - 4.0
            ),
        );
        y += BAR;
    }
    if let Some(x) = aim {
        line(
            text,
            &format!(
                "<path d=\"M{x:.1} {:.1}v{}\" stroke=\"{AIM}\" stroke-width=\"2\"/>",
                top - 1.0,
                BAR
            ),
        );
    }
}

fn line(text: &mut String, element: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{element}");
}

/// `12 345`.
#[must_use]
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}
