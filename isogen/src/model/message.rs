//! A message of the dialect: which elements it has and how it is answered.

/// One message type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Name in kebab case: `financial-request`.
    pub name: String,
    /// Longer description, Markdown, possibly empty.
    pub doc: String,
    /// Message type indicator, four digits. The repeat of it (last digit one higher) is the same message sent again.
    pub mti: String,
    /// Elements that are always there, ascending.
    pub mandatory: Vec<u16>,
    /// Elements whose presence depends on others or on the transaction, ascending.
    pub conditional: Vec<u16>,
    /// Elements that may be there, ascending.
    pub optional: Vec<u16>,
    /// The answer, when there is one.
    pub reply: Option<Reply>,
}

/// How a message is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Name of the answering message.
    pub message: String,
    /// Elements copied from the request as they stand, ascending.
    pub echo: Vec<u16>,
}

/// What pairs a response with its request, beside version, class and function of their types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlation {
    /// Class of messages it holds for, the second digit of their type (1 to 8); `None` for all without a rule of
    /// their own.
    pub class: Option<u8>,
    /// Sets of elements in order of preference: the first one of which both messages have every element decides.
    pub alternatives: Vec<Vec<u16>>,
}
