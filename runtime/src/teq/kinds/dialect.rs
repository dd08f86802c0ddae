//! The dialect and the framing that a descriptor names.

use crate::frame::Framing;
use crate::load;
use crate::mistyped::did_you_mean;
use crate::msg::Dialect;
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// Without a word about it.
const USUAL: &str = "iso87-a";
const USUAL_FRAMING: &str = "length2";

/// Profiles of Isopace that are not shipped here.
const ELSEWHERE: [&str; 4] = ["visa-base1", "mastercard", "coralpay", "zone"];

/// `dialect`: a shipped name, or the path of a spec; `packager` is another word for it.
pub(crate) fn dialect(
    descriptor: &Descriptor,
    dialect: Option<&str>,
    packager: Option<&str>,
) -> Result<&'static Dialect, DescriptorError> {
    let (key, name) = one_of(descriptor, ("dialect", dialect), ("packager", packager))?.unwrap_or(("dialect", USUAL));
    if let Ok(dialect) = load::shipped(name) {
        return Ok(dialect);
    }
    if name.ends_with(".toml") {
        // All that is wrong with the spec, with its own lines.
        let path = descriptor.file(name);
        let loaded = load::file_and_sources(&path);
        let (dialect, files) = loaded.map_err(|error| descriptor.error(key, format!("\n{error}")))?;
        // Those that it extends.
        for file in files.into_iter().filter(|file| *file != path) {
            _ = descriptor.file(std::path::absolute(&file).unwrap_or(file));
        }
        return Ok(dialect);
    }
    let shipped = load::shipped_names();
    let meant = did_you_mean(name, shipped.iter().copied());
    let more = match meant.as_str() {
        _ if ELSEWHERE.contains(&name) => {
            "; its spec is not public: write yours as a .toml file and give its path here"
        }
        "" => "; your own is given as the path of its .toml file",
        meant => meant,
    };
    let known = shipped.join(", ");
    Err(descriptor.error(key, format!("no shipped dialect is called `{name}`{more} (shipped are {known})")))
}

/// `framing`: the text of a framing; `framer` is another word for it.
pub(crate) fn framing(
    descriptor: &Descriptor,
    framing: Option<&str>,
    framer: Option<&str>,
) -> Result<Framing, DescriptorError> {
    let (key, text) =
        one_of(descriptor, ("framing", framing), ("framer", framer))?.unwrap_or(("framing", USUAL_FRAMING));
    text.parse().map_err(|error| descriptor.error(key, error))
}

/// The one that is given of two words for the same thing.
fn one_of<'a>(
    descriptor: &Descriptor,
    ours: (&'static str, Option<&'a str>),
    theirs: (&'static str, Option<&'a str>),
) -> Result<Option<(&'static str, &'a str)>, DescriptorError> {
    match (ours, theirs) {
        ((key, Some(value)), (_, None)) | ((_, None), (key, Some(value))) => Ok(Some((key, value))),
        ((key, Some(_)), (other, Some(_))) => {
            Err(descriptor.error(other, format!("this is another word for `{key}`; give one of them")))
        }
        _ => Ok(None),
    }
}
