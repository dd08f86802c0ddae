//! Values of open sets: response codes, transaction types and the like.

/// Declares the type of an open set of codes: values that are known by name, and room for those that are not.
///
/// `: 2` takes exactly two characters, `: 1..=4` one to four. The characters are printable ASCII, and any of them are kept. The
/// type is `Copy` and its constants work as patterns. Attributes (`#[doc]` and others) may stand before the type and before
/// each value; every value is documented with its code and meaning anyway.
///
/// ```
/// isopace::codes! {
///     /// Data element 39.
///     pub struct ResponseCode: 2 {
///         APPROVED = "00" => "approved",
///         NOT_SUFFICIENT_FUNDS = "51" => "not sufficient funds",
///     }
/// }
///
/// let code = ResponseCode::new("51")?;
/// assert!(matches!(code, ResponseCode::NOT_SUFFICIENT_FUNDS));
/// assert_eq!(code.meaning(), Some("not sufficient funds"));
/// assert_eq!(format!("{code} {code:?}"), r#"51 ResponseCode("51", not sufficient funds)"#);
/// assert!(!ResponseCode::new("ZZ")?.is_known());
/// # Ok::<(), isopace::types::ValueError>(())
/// ```
///
/// A value that does not fit the set does not compile:
///
/// ```compile_fail
/// isopace::codes! { pub struct ResponseCode: 2 { APPROVED = "000" => "approved" } }
/// let code = ResponseCode::APPROVED;
/// ```
#[macro_export]
macro_rules! codes {
    ($(#[$attribute:meta])* $access:vis struct $name:ident: $min:literal ..= $max:literal { $($values:tt)* }) => {
        $crate::codes!(@set [$(#[$attribute])* $access] $name $min $max $($values)*);
    };
    ($(#[$attribute:meta])* $access:vis struct $name:ident: $length:literal { $($values:tt)* }) => {
        $crate::codes!(@set [$(#[$attribute])* $access] $name $length $length $($values)*);
    };
    (@set [$(#[$attribute:meta])* $access:vis] $name:ident $min:literal $max:literal
        $($(#[$value_attribute:meta])* $constant:ident = $code:literal => $meaning:literal),* $(,)?
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $access struct $name($crate::types::Code<$max>);

        #[allow(dead_code)]
        impl $name {
            $(
                #[doc = ::core::concat!("`", $code, "`: ", $meaning, ".")]
                $(#[$value_attribute])*
                $access const $constant: Self = Self($crate::types::Code::constant::<$min>($code));
            )*

            /// The values that have names: code and meaning.
            $access const KNOWN: &'static [(&'static str, &'static str)] = &[$(($code, $meaning)),*];

            /// A value given as text, known or not.
            ///
            /// # Errors
            ///
            /// Another length, or a character that is not printable ASCII.
            #[inline]
            $access fn new(text: &str) -> ::core::result::Result<Self, $crate::types::ValueError> {
                Self::from_chars(text.as_bytes())
            }

            /// Reads ASCII characters, known or not.
            ///
            /// # Errors
            ///
            /// Another length, or a character that is not printable ASCII.
            #[inline]
            $access fn from_chars(bytes: &[u8]) -> ::core::result::Result<Self, $crate::types::ValueError> {
                $crate::types::Code::from_chars::<$min>(bytes).map(Self)
            }

            /// The characters.
            #[inline]
            #[must_use]
            $access fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// What the value means. `None` when it is not known.
            #[must_use]
            $access fn meaning(&self) -> ::core::option::Option<&'static str> {
                self.0.meaning(Self::KNOWN)
            }

            /// Whether the value has a name.
            #[must_use]
            $access fn is_known(&self) -> bool {
                self.meaning().is_some()
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                self.0.debug(::core::stringify!($name), Self::KNOWN, f)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::types::ValueError;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::msg::Decode<'_> for $name {
            const HOLDS: $crate::msg::Holds = $crate::msg::Holds::code($max);

            #[inline(always)]
            fn decode(raw: $crate::wire::Raw<'_>) -> ::core::result::Result<Self, $crate::wire::Fault> {
                raw.with_chars::<$max, _>(Self::from_chars)
            }
        }

        impl $crate::msg::Code for $name {}

        impl $crate::msg::Encode for $name {
            #[inline(always)]
            fn units(&self, _: &$crate::wire::Rule) -> usize {
                self.0.as_bytes().len()
            }

            #[inline(always)]
            fn encode<O: $crate::wire::Buffer>(
                &self,
                body: $crate::wire::Body<'_, O>,
            ) -> ::core::result::Result<(), $crate::wire::Fault> {
                body.chars(self.0.as_bytes())
            }
        }

        impl ::core::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::core::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::types::{Code, ValueError, digits};

    crate::codes! {
        /// Two characters.
        #[derive(Default)]
        pub(crate) struct Fixed: 2 {
            APPROVED = "00" => "approved",
            /// More about it.
            NOT_SUFFICIENT_FUNDS = "51" => "not sufficient funds",
        }
    }

    crate::codes! {
        struct Variable: 1..=4 { ONE = "1" => "one", FOUR = "four" => "4" }
    }

    crate::codes! {
        struct Nameless: 3 {}
    }

    impl Default for Code<2> {
        fn default() -> Self {
            Fixed::APPROVED.0
        }
    }

    #[test]
    fn constants_are_patterns() {
        let name = |code| match code {
            Fixed::APPROVED => "approved",
            Fixed::NOT_SUFFICIENT_FUNDS => "funds",
            _ => "other",
        };
        assert_eq!(name(Fixed::new("00").unwrap()), "approved");
        assert_eq!(name(Fixed::new("51").unwrap()), "funds");
        assert_eq!(name(Fixed::new("ZZ").unwrap()), "other");
        assert_eq!(Fixed::default(), Fixed::APPROVED);
    }

    #[test]
    fn known_and_unknown() {
        let known = Fixed::new("51").unwrap();
        assert_eq!((known.meaning(), known.is_known()), (Some("not sufficient funds"), true));
        assert_eq!(format!("{known} {known:?}"), r#"51 Fixed("51", not sufficient funds)"#);
        let unknown: Fixed = "Z ".parse().unwrap();
        assert_eq!((unknown.meaning(), unknown.is_known()), (None, false));
        assert_eq!(format!("{unknown} {unknown:?}"), r#"Z  Fixed("Z ")"#);
        assert_eq!(unknown, "Z ");
        assert_eq!(*"Z ", *unknown.as_str());
        assert_eq!(Fixed::KNOWN, [("00", "approved"), ("51", "not sufficient funds")]);
        assert!(Nameless::KNOWN.is_empty() && !Nameless::new("abc").unwrap().is_known());
    }

    #[test]
    fn lengths() {
        for text in ["1", "four", "12", "   "] {
            assert_eq!(Variable::new(text).unwrap().as_str(), text);
        }
        assert_eq!(Variable::new("").unwrap_err(), ValueError::length(1, 4, 0));
        assert_eq!(Variable::new("12345").unwrap_err(), ValueError::length(1, 4, 5));
        assert_eq!(Fixed::new("1").unwrap_err(), ValueError::length(2, 2, 1));
        assert_eq!(Fixed::new("123").unwrap_err(), ValueError::length(2, 2, 3));
        assert_eq!(Variable::from_chars(&[b'1'; 300]).unwrap_err(), ValueError::length(1, 4, 300));
        assert!(Variable::ONE == "1" && Variable::FOUR.meaning() == Some("4"));
    }

    #[test]
    fn orders_as_text() {
        let mut texts = vec!["1", "10", "9", "1 ", "a", "Z", "100", "four"];
        let mut codes: Vec<Variable> = texts.iter().map(|text| Variable::new(text).unwrap()).collect();
        texts.sort_unstable();
        codes.sort_unstable();
        assert!(codes.iter().map(Variable::as_str).eq(texts));
    }

    #[test]
    fn every_character() {
        for byte in 0..=u8::MAX {
            for place in 0..2 {
                let mut bytes = *b"00";
                bytes[place] = byte;
                let printable = (0x20..=0x7E).contains(&byte);
                match Fixed::from_chars(&bytes) {
                    Ok(code) => assert!(printable && code.as_str().as_bytes() == bytes),
                    Err(error) => {
                        assert!(!printable);
                        assert_eq!(error, ValueError::character(place, digits::PRINTABLE));
                    }
                }
            }
        }
    }
}
