//! Which mistakes are planted together, and what then stands at their places.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::{Mutant, read};

/// Mistakes that are planted together: the number of each, its name and itself.
pub type Group<'a> = Vec<(u32, &'a str, &'a Mutant)>;

/// One place of a file, in the order of the file, and the mistakes that are planted there.
struct Place<'a> {
    at: usize,
    old: &'a str,
    mistakes: Vec<(u32, &'a str)>,
}

impl Place<'_> {
    fn overlaps(&self, at: usize, old: &str) -> bool {
        at < self.at + self.old.len() && self.at < at + old.len()
    }

    /// What is to stand there: a statement, or an expression.
    fn text(&self) -> String {
        let of = |(number, new): &(u32, &str)| format!("{number} => {{ {new} }} ");
        let mistakes: String = self.mistakes.iter().map(of).collect();
        let all = format!(
            "match crate::planted::number() {{ {mistakes}_ => {{ {} }} }}",
            self.old
        );
        if self.old.trim_end().ends_with([';', '}']) {
            format!("{all}\n")
        } else {
            format!("({all})")
        }
    }
}

/// Puts all mistakes that have room beside each other into `group`, by file; the rest is left.
pub fn gather<'a>(
    tree: &Path,
    wanted: &mut Vec<(&'a str, &'a Mutant)>,
) -> Result<(Group<'a>, BTreeMap<PathBuf, String>), String> {
    let mut group = Group::new();
    let mut files: BTreeMap<&Path, (String, Vec<Place<'a>>)> = BTreeMap::new();
    let mut left = Vec::new();
    for (name, mutant) in wanted.drain(..) {
        let (text, places) = match files.entry(&mutant.file) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let text = read(&tree.join(&mutant.file))?;
                entry.insert((text, Vec::new()))
            }
        };
        let at = mutant
            .place(text)
            .map_err(|reason| format!("{name}: {reason}"))?;
        let number = u32::try_from(group.len()).unwrap_or(u32::MAX) + 1;
        let mistake = (number, mutant.new.as_str());
        let same = |place: &&mut Place| place.at == at && place.old == mutant.old;
        if let Some(place) = places.iter_mut().find(same) {
            place.mistakes.push(mistake);
        } else if places.iter().any(|place| place.overlaps(at, &mutant.old)) {
            left.push((name, mutant));
            continue;
        } else {
            places.push(Place {
                at,
                old: &mutant.old,
                mistakes: vec![mistake],
            });
        }
        group.push((number, name, mutant));
    }
    *wanted = left;
    let mut texts = BTreeMap::new();
    for (file, (mut text, mut places)) in files {
        places.sort_by_key(|place| core::cmp::Reverse(place.at));
        for place in places {
            text.replace_range(place.at..place.at + place.old.len(), &place.text());
        }
        texts.insert(file.to_path_buf(), text);
    }
    Ok((group, texts))
}
