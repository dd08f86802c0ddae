//! What the four digits of a message type indicator mean, one by one.

/// Declares what a digit may mean, and the two ways between digit and meaning.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $digit:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A digit that the standard keeps for later use.
            Reserved(u8),
        }

        impl $name {
            /// What `digit` means.
            #[inline]
            pub(crate) const fn from_digit(digit: u8) -> Self {
                match digit {
                    $($digit => Self::$variant,)*
                    other => Self::Reserved(other),
                }
            }

            /// The digit, 0 to 9.
            #[inline]
            #[must_use]
            pub const fn digit(self) -> u8 {
                match self {
                    $(Self::$variant => $digit,)*
                    Self::Reserved(digit) => digit,
                }
            }
        }
    };
}

part! {
    /// First digit: the edition of ISO 8583 that the message follows.
    Version {
        /// `0`: ISO 8583:1987.
        V1987 = 0,
        /// `1`: ISO 8583:1993.
        V1993 = 1,
        /// `2`: ISO 8583:2003.
        V2003 = 2,
        /// `8`: national use.
        National = 8,
        /// `9`: private use.
        Private = 9,
    }
}

part! {
    /// Second digit: what the message is about.
    MessageClass {
        /// `1`: authorization: may the amount be spent? Nothing is posted.
        Authorization = 1,
        /// `2`: financial: the amount is posted.
        Financial = 2,
        /// `3`: file action: records of a file are changed.
        FileAction = 3,
        /// `4`: reversal or chargeback: an earlier message is undone.
        Reversal = 4,
        /// `5`: reconciliation: totals are compared.
        Reconciliation = 5,
        /// `6`: administrative.
        Administrative = 6,
        /// `7`: fee collection.
        FeeCollection = 7,
        /// `8`: network management: sign-on, key change, echo.
        NetworkManagement = 8,
    }
}

part! {
    /// Third digit: what the message does.
    Function {
        /// `0`: request: please do, and answer.
        Request = 0,
        /// `1`: answer to a request.
        RequestResponse = 1,
        /// `2`: advice: was done, please take note and answer.
        Advice = 2,
        /// `3`: answer to an advice.
        AdviceResponse = 3,
        /// `4`: notification: was done. Not answered, but for ISO 8583:2003.
        Notification = 4,
        /// `5`: answer to a notification (ISO 8583:2003).
        NotificationAcknowledgement = 5,
        /// `6`: instruction (ISO 8583:2003).
        Instruction = 6,
        /// `7`: answer to an instruction (ISO 8583:2003).
        InstructionAcknowledgement = 7,
    }
}

part! {
    /// Fourth digit: who sent it first, and whether this is a repeat.
    Origin {
        /// `0`: acquirer.
        Acquirer = 0,
        /// `1`: acquirer, repeated.
        AcquirerRepeat = 1,
        /// `2`: issuer. In ISO 8583:1987 dialects also the acquirer's completion (0202).
        Issuer = 2,
        /// `3`: issuer, repeated.
        IssuerRepeat = 3,
        /// `4`: other.
        Other = 4,
        /// `5`: other, repeated.
        OtherRepeat = 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_back() {
        for digit in 0..10 {
            assert_eq!(Version::from_digit(digit).digit(), digit);
            assert_eq!(MessageClass::from_digit(digit).digit(), digit);
            assert_eq!(Function::from_digit(digit).digit(), digit);
            assert_eq!(Origin::from_digit(digit).digit(), digit);
        }
        assert_eq!(Version::from_digit(7), Version::Reserved(7));
        assert_eq!(MessageClass::from_digit(0), MessageClass::Reserved(0));
        assert_eq!(Function::from_digit(8), Function::Reserved(8));
        assert_eq!(Origin::from_digit(6), Origin::Reserved(6));
    }
}
