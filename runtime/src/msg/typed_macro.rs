//! What a generated message struct can do, written once.

/// Implements a message struct, given which field of it is which element.
///
/// Generated code calls it; a struct of your own derives `Iso8583` instead.
#[macro_export]
#[doc(hidden)]
macro_rules! typed_message {
    ($name:ident<$lifetime:lifetime>, $mandatory:ty, $mti:literal of $message:ty {
        $($presence:ident $field:ident: $number:literal $element:path,)*
    }) => {
        impl<$lifetime> $name<$lifetime> {
            /// The elements of this message.
            const LISTED: $crate::msg::typed::Listed = $crate::msg::typed::Listed::new(&[$($number),*]);

            /// A message with its mandatory elements and no others.
            #[must_use]
            #[inline]
            pub fn new(mandatory: $mandatory) -> Self {
                Self {
                    mti: const { $crate::msg::typed::message_type($mti) },
                    $($field: $crate::typed_message!(@new $presence mandatory $field),)*
                    unlisted: $crate::Unlisted::NONE,
                }
            }

            /// Writes the message out: one allocation, of the right size.
            ///
            /// # Errors
            ///
            /// A value that does not fit its element.
            #[inline]
            pub fn pack(&self) -> ::core::result::Result<$crate::Bytes, $crate::Error> {
                $crate::msg::typed::pack(&DIALECT, self.mti, self, self.unlisted)
            }

            /// Appends the message to a buffer.
            ///
            /// # Errors
            ///
            /// As `pack`; the buffer then holds a part of the message.
            #[inline]
            pub fn pack_into(&self, out: &mut ::std::vec::Vec<u8>) -> ::core::result::Result<(), $crate::Error> {
                $crate::msg::typed::pack_into(&DIALECT, self.mti, self, self.unlisted, out)
            }
        }

        impl $crate::msg::Outgoing for $name<'_> {
            #[inline]
            fn write(&self, out: &mut ::std::vec::Vec<u8>) -> ::core::result::Result<(), $crate::Error> {
                self.pack_into(out)
            }
        }

        impl $crate::msg::typed::Fields for $name<'_> {
            #[inline(always)]
            fn visit<V: $crate::msg::typed::Visitor>(&self, visitor: &mut V) -> ::core::result::Result<(), V::Error> {
                $($crate::typed_message!(@visit $presence visitor, $element, self.$field)?;)*
                ::core::result::Result::Ok(())
            }
        }

        impl<$lifetime> ::core::convert::TryFrom<&$lifetime $message> for $name<$lifetime> {
            type Error = $crate::Violations;

            /// All that is wrong with the message as one of this type, at once.
            #[inline]
            fn try_from(message: &$lifetime $message) -> ::core::result::Result<Self, $crate::Violations> {
                let mut gather = $crate::msg::typed::Gather::from(message, $mti);
                $(let $field = $crate::typed_message!(@gather $presence gather, $number, message.$field());)*
                gather.finish()?;
                $($crate::typed_message!(@unwrap $presence $field);)*
                ::core::result::Result::Ok(Self {
                    mti: message.mti(),
                    $($field,)*
                    unlisted: $crate::Unlisted::of(message, &Self::LISTED),
                })
            }
        }

        impl<$lifetime> ::core::fmt::Debug for $mandatory {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let mut shown = f.debug_struct(::core::concat!(::core::stringify!($name), "Mandatory"));
                $($crate::typed_message!(@print $presence shown, $element, self.$field);)*
                shown.finish()
            }
        }

        impl ::core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::msg::typed::debug(::core::stringify!($name), self.mti, self, &self.unlisted, f)
            }
        }
    };

    (@print mandatory $shown:ident, $element:path, $value:expr) => {
        $crate::msg::typed::print($element, &$value, &mut $shown);
    };
    (@print optional $shown:ident, $element:path, $value:expr) => {};
    (@new mandatory $from:ident $field:ident) => { $from.$field };
    (@new optional $from:ident $field:ident) => { ::core::option::Option::None };
    (@visit mandatory $visitor:ident, $element:path, $value:expr) => { $visitor.field($element, &$value) };
    (@visit optional $visitor:ident, $element:path, $value:expr) => { $visitor.optional($element, &$value) };
    (@gather mandatory $gather:ident, $number:literal, $value:expr) => { $gather.mandatory($number, $value) };
    (@gather optional $gather:ident, $number:literal, $value:expr) => { $gather.optional($value) };
    // A mandatory element that is not there has been told by `finish`.
    (@unwrap mandatory $value:ident) => {
        let ::core::option::Option::Some($value) = $value else {
            return ::core::result::Result::Err($crate::msg::typed::Gather::unfinished());
        };
    };
    (@unwrap optional $value:ident) => {};
}
