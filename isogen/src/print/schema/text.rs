//! What an editor shows beside each key.

pub(super) const DOCUMENT: &str = "An ISO 8583 dialect: which elements a message may have, how each stands on the wire, what its values mean, who may \
     see them, and which elements each message has.";

pub(super) const SPEC: &str = "What the dialect is called, and which one it extends.";
pub(super) const SPEC_NAME: &str = "Name in kebab case: `iso87-a`. Names the generated module.";
pub(super) const SPEC_TITLE: &str = "One line for people: `ISO 8583:1987, ASCII`.";
pub(super) const SPEC_DOC: &str = "Longer description, Markdown.";
pub(super) const SPEC_EXTENDS: &str = "Another spec to start from: a file beside this one (`iso87-a` is `iso87-a.toml`), else a shipped spec; or a relative \
     path that ends in `.toml`. Tables merge key by key, lists are replaced whole.";

pub(super) const WIRE: &str =
    "How things stand on the wire unless a field says otherwise. A spec that extends nothing states all but `policy`.";
pub(super) const WIRE_MTI: &str = "How the four digits of the message type indicator stand on the wire.";
pub(super) const WIRE_BITMAP: &str = "The bitmaps after the message type: `{ encoding = \"hex\", maps = 2 }`.";
pub(super) const BITMAP_ENCODING: &str = "How each bitmap is written.";
pub(super) const BITMAP_MAPS: &str = "How many there may be, of 64 bits each: 1 to 3.";
pub(super) const BITMAP_THIRD: &str = "Where the third of three stands.";
pub(super) const DIGITS: &str = "How classes `n`, `x+n` and `z` are written. Packed digits say what an odd count leaves over: \
     `{ encoding = \"bcd\", pad = \"left\", nibble = \"0\" }`.";
pub(super) const TEXT: &str = "How classes of letters are written.";
pub(super) const BINARY: &str = "How class `b` is written.";
pub(super) const POLICY: &str = "How strictly content is held to its class and padding. Lengths are never lenient.";

pub(super) const BCD: &str = "Packed digits, two a byte.";
pub(super) const BCD_PAD: &str = "Side of the nibble that an odd count leaves over.";
pub(super) const BCD_NIBBLE: &str = "What is in it: one hex digit.";

pub(super) const LENGTH: &str = "How length prefixes are written. The dots of each format say how wide.";
pub(super) const OWN_LENGTH: &str = "What is different in the length prefix of this field.";
pub(super) const LENGTH_ENCODING: &str = "How the prefix is written.";
pub(super) const LENGTH_COUNTS: &str = "What it counts. The two differ for packed digits and for hex.";
pub(super) const LENGTH_INCLUSIVE: &str = "Whether it counts its own bytes too.";
pub(super) const LENGTH_WIDTH: &str =
    "Width of the prefix where the dots of the format do not say it: digits, or bytes of a binary prefix.";

pub(super) const FIELDS: &str =
    "Data elements 2 to 192, each `[field.N]`. 65 is no element: its bit announces the third bitmap.";
pub(super) const CHILDREN: &str =
    "What is inside: positions from 1, bits, tags or names, as `composite` says. Same keys as a field.";
pub(super) const NAME: &str = "Name for people: `Primary account number`.";
pub(super) const FORMAT: &str = "Class and length in the standard's notation: `n 6` six digits, `n..19` a prefix of two digits and up to 19, \
     `ans...999` a prefix of three, `b 8` eight bytes, `x+n 8` a sign and eight digits, `ans *` what is left.";
pub(super) const TYPE: &str =
    "What the value means: decides the Rust type. By default by class; `code` where `values` are listed.";
pub(super) const SENSITIVE: &str = "Who may see it. By default `pan` for type pan, `sad` for tracks and PIN blocks, `opaque` for class b, else `clear`.";
pub(super) const IDENT: &str = "Name in code, snake case. By default `name` in snake case.";
pub(super) const DOC: &str = "For whoever uses it, Markdown.";
pub(super) const MIN: &str = "Fewest units of a field of variable length.";
pub(super) const ENCODING: &str = "How this content is written, where it is not as `[wire]` says.";
pub(super) const PAD: &str = "What fills a short value of fixed length. By default `n` and `x+n` have zeros on the left, other text blanks on the right.";
pub(super) const PAD_SIDE: &str = "Where the filler stands.";
pub(super) const PAD_FILL: &str = "The filler.";
pub(super) const VALUES: &str = "Known codes and what they mean: `\"51\" = \"not sufficient funds\"`. The set is open: others are kept and forwarded.";
pub(super) const VALUE_MEANING: &str = "What the value means.";
pub(super) const VALUE_IDENT: &str = "Name in code, upper snake case. By default made from the meaning.";
pub(super) const COMPOSITE: &str =
    "How what is inside is laid out. Its other keys change the defaults of everything inside.";
pub(super) const COMPOSITE_KIND: &str = "Layout of the children.";
pub(super) const COMPOSITE_BITMAP: &str = "The bitmap before the children, for kind `bitmap` alone.";
pub(super) const COMPOSITE_TAG: &str =
    "How every tag is written, for kinds `tlv` and `ltv`: `{ encoding = \"ascii\", width = 2 }`.";
pub(super) const TAG_ENCODING: &str = "What tags are made of.";
pub(super) const TAG_WIDTH: &str =
    "How wide every tag is: characters, digits (`bcd`, an even count) or bytes (`binary`, at most 4).";
pub(super) const COMPOSITE_LENGTH: &str = "For kinds `tlv` and `ltv` the length of each object: `{ encoding = \"ascii\", width = 3 }`. For other kinds how length \
     prefixes of the children are written.";
pub(super) const OBJECT_WIDTH: &str = "Width of the length of an object: digits, or bytes of a binary number.";
pub(super) const COVERS: &str =
    "What the length of an object counts. By default `value` for `tlv` and `tag-value` for `ltv`.";
pub(super) const MOST: &str = "Most groups, for kind `repeat`. By default as many as fit.";
pub(super) const UNKNOWN: &str = "What happens to children that are not declared, for kinds with tags or names.";
pub(super) const XML: &str = "Whether content that begins with `<` is XML instead. Children are then known by `xml`.";
pub(super) const XML_NAME: &str = "Name of the XML element, where the composite that it stands in says `xml = true`.";
pub(super) const CORRELATION: &str = "What pairs a response with its request, beside version, class and function of the message type: lists of elements in \
     order of preference. The first one of which both messages have every element decides.";
pub(super) const CORRELATION_DEFAULT: &str =
    "For every class without a list of its own. By default `[[11, 41], [11]]`.";
pub(super) const CORRELATION_CLASS: &str = "For messages of this class.";
pub(super) const REMOVE: &str = "`true` takes out what the extended spec has here; then no other key stands beside it.";

pub(super) const MESSAGES: &str = "Messages, each `[message.NAME]` with a name in kebab case: `financial-request`.";
pub(super) const MTI: &str = "Message type indicator, four digits. Its repeat (`0201`) is the same message sent again.";
pub(super) const MANDATORY: &str = "Elements that are always there.";
pub(super) const CONDITIONAL: &str = "Elements whose presence depends on others or on the transaction.";
pub(super) const OPTIONAL: &str = "Elements that may be there.";
pub(super) const REPLY: &str = "How the message is answered.";
pub(super) const REPLY_MESSAGE: &str = "Name of the answering message.";
pub(super) const REPLY_ECHO: &str = "Elements copied into the answer as they stand; both messages list them.";
