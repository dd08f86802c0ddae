//! Words of configuration files that are near to known ones.

/// The known word nearest to a mistyped one, as the end of a sentence; nothing when none is near.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    // A word far longer than any of ours is not mistyped.
    if word.len() > 40 {
        return String::new();
    }
    let allowed = (word.chars().count() / 3).max(1);
    let near = known.into_iter().map(|candidate| (strsim::osa_distance(word, candidate), candidate));
    let nearest = near.filter(|(distance, _)| *distance <= allowed).min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, candidate)| format!("; did you mean `{candidate}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered_and_far_ones_are_not() {
        let known = ["delay", "drop", "duplicate"];
        assert_eq!(did_you_mean("dealy", known), "; did you mean `delay`?");
        assert_eq!(did_you_mean("dplicate", known), "; did you mean `duplicate`?");
        assert_eq!(did_you_mean("hold", known), "");
    }
}
