//! The codec: laws over every dialect, its language, what reading allocates.

#[path = "../common/mod.rs"]
mod common;

#[cfg(feature = "load")]
mod dialects;
mod frame_samples;
#[cfg(feature = "load")]
mod hints;
#[cfg(feature = "load")]
mod language;
mod laws_bounded;
#[cfg(feature = "load")]
mod laws_composites;
#[cfg(feature = "load")]
mod laws_composites_bounded;
mod laws_content;
#[cfg(feature = "derive")]
mod laws_derived;
mod laws_errors;
mod laws_generated;
mod laws_identity;
#[cfg(feature = "load")]
mod laws_masks;
mod laws_messages;
mod laws_rules;
mod laws_secrets;
#[cfg(feature = "load")]
mod laws_secrets_everywhere;
mod laws_typed;
mod laws_values;
#[cfg(feature = "load")]
mod laws_xml;
#[cfg(feature = "load")]
mod postilion;
mod primitives;
mod reads_allocate_nothing;
#[cfg(feature = "derive")]
mod third_bitmap;
mod vectors;
