/// What a terminal sends.
pub struct Inquiry<'a> {
    pub rest: Unlisted<'a>,
    pub cryptogram: Option<[u8; 8]>,
    pub issuer_application_data: &'a [u8],
    pub stan: Stan,
    pub pan: Option<Pan<'a>>,
    pub mti: Mti,
}
const _: () = {
    const __ELEMENT_2: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "2",
    );
    const _: () = ::isopace::msg::derived::defined(&iso87a::DIALECT, "", "2");
    const _: () = ::isopace::msg::derived::fits(
        &iso87a::DIALECT,
        "2",
        <Pan<'static> as ::isopace::msg::derived::Value<'static>>::SHAPE,
        "Pan",
        true,
    );
    const __ELEMENT_11: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "11",
    );
    const _: () = ::isopace::msg::derived::defined(&iso87a::DIALECT, "", "11");
    const _: () = ::isopace::msg::derived::fits(
        &iso87a::DIALECT,
        "11",
        <Stan as ::isopace::msg::derived::Value<'static>>::SHAPE,
        "Stan",
        false,
    );
    const __ELEMENT_55: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "55",
    );
    const __ELEMENT_55_9F10: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "55.9F10",
    );
    const _: () = ::isopace::msg::derived::defined(&iso87a::DIALECT, "", "55.9F10");
    const _: () = ::isopace::msg::derived::fits(
        &iso87a::DIALECT,
        "55.9F10",
        <&'static [u8] as ::isopace::msg::derived::Value<'static>>::SHAPE,
        "&[u8]",
        true,
    );
    const __ELEMENT_55_9F26: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "55.9F26",
    );
    const _: () = ::isopace::msg::derived::defined(&iso87a::DIALECT, "", "55.9F26");
    const _: () = ::isopace::msg::derived::fits(
        &iso87a::DIALECT,
        "55.9F26",
        <[u8; 8] as ::isopace::msg::derived::Value<'static>>::SHAPE,
        "[u8; 8]",
        false,
    );
    struct __Inside55<'__members, 'a>(&'__members Inquiry<'a>);
    impl<'__members, 'a> ::isopace::msg::derived::Members
    for __Inside55<'__members, 'a> {
        #[inline(always)]
        fn walk<W: ::isopace::msg::derived::Walker>(
            &self,
            __walker: &mut W,
        ) -> ::core::result::Result<(), W::Error> {
            ::isopace::msg::derived::mandatory(
                &self.0.issuer_application_data,
                __ELEMENT_55_9F10,
                __walker,
            )?;
            ::isopace::msg::derived::optional(
                &self.0.cryptogram,
                __ELEMENT_55_9F26,
                __walker,
            )?;
            ::core::result::Result::Ok(())
        }
    }
    /// The elements that the struct names.
    const __NUMBERS: &[u8] = &[2u8, 11u8, 55u8];
    const __LISTED: ::isopace::msg::typed::Listed = ::isopace::msg::typed::Listed::new(
        __NUMBERS,
    );
    const _: () = ::isopace::msg::derived::complete(&iso87a::DIALECT, "0600", __NUMBERS);
    impl<'a> Inquiry<'a> {
        /// The message type; its repeat is read as well.
        pub const MTI: ::isopace::types::Mti = ::isopace::msg::typed::message_type(
            "0600",
        );
        /// Writes the message out: one allocation, of the right size.
        ///
        /// # Errors
        ///
        /// A value that does not fit its element.
        pub fn pack(
            &self,
        ) -> ::core::result::Result<::isopace::Bytes, ::isopace::Error> {
            ::isopace::msg::derived::pack(&iso87a::DIALECT, self.mti, self, self.rest)
        }
        /// Appends the message to a buffer.
        ///
        /// # Errors
        ///
        /// As `pack`; the buffer then holds a part of the message.
        pub fn pack_into(
            &self,
            out: &mut ::std::vec::Vec<u8>,
        ) -> ::core::result::Result<(), ::isopace::Error> {
            ::isopace::msg::derived::pack_into(
                &iso87a::DIALECT,
                self.mti,
                self,
                self.rest,
                out,
            )
        }
    }
    #[automatically_derived]
    impl<'a> ::isopace::msg::Outgoing for Inquiry<'a> {
        fn write(
            &self,
            out: &mut ::std::vec::Vec<u8>,
        ) -> ::core::result::Result<(), ::isopace::Error> {
            self.pack_into(out)
        }
    }
    #[automatically_derived]
    impl<'a> ::isopace::msg::derived::Members for Inquiry<'a> {
        #[inline(always)]
        fn walk<W: ::isopace::msg::derived::Walker>(
            &self,
            __walker: &mut W,
        ) -> ::core::result::Result<(), W::Error> {
            ::isopace::msg::derived::optional(&self.pan, __ELEMENT_2, __walker)?;
            ::isopace::msg::derived::mandatory(&self.stan, __ELEMENT_11, __walker)?;
            ::isopace::msg::derived::group(&__Inside55(self), __ELEMENT_55, __walker)?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'a> ::isopace::msg::typed::Fields for Inquiry<'a> {
        #[inline(always)]
        fn visit<V: ::isopace::msg::typed::Visitor>(
            &self,
            visitor: &mut V,
        ) -> ::core::result::Result<(), V::Error> {
            ::isopace::msg::derived::visit(self, visitor)
        }
    }
    #[automatically_derived]
    impl<'a> ::core::convert::TryFrom<&'a iso87a::Message> for Inquiry<'a> {
        type Error = ::isopace::Violations;
        /// All that is wrong with the message as one of this type, at once.
        fn try_from(
            __message: &'a iso87a::Message,
        ) -> ::core::result::Result<Self, ::isopace::Violations> {
            let __message: &'a ::isopace::Message = __message;
            let mut __gather = ::isopace::msg::derived::Gather::of(__message, Self::MTI);
            let __field_pan = __gather.optional::<Pan<'a>>(&__message, __ELEMENT_2);
            let __field_stan = __gather.mandatory::<Stan>(&__message, __ELEMENT_11);
            let __opened_55 = __gather.open(&__message, __ELEMENT_55);
            let __field_issuer_application_data = __gather
                .mandatory::<&'a [u8]>(&__opened_55.long(), __ELEMENT_55_9F10);
            let __field_cryptogram = __gather
                .optional::<[u8; 8]>(&__opened_55.short(), __ELEMENT_55_9F26);
            __gather.finish()?;
            let ::core::option::Option::Some(__field_stan) = __field_stan else {
                return ::core::result::Result::Err(
                    ::isopace::msg::derived::Gather::unfinished(),
                );
            };
            let ::core::option::Option::Some(__field_issuer_application_data) = __field_issuer_application_data
            else {
                return ::core::result::Result::Err(
                    ::isopace::msg::derived::Gather::unfinished(),
                );
            };
            ::core::result::Result::Ok(Self {
                mti: __message.mti(),
                pan: __field_pan,
                stan: __field_stan,
                issuer_application_data: __field_issuer_application_data,
                cryptogram: __field_cryptogram,
                rest: ::isopace::Unlisted::of(__message, &__LISTED),
            })
        }
    }
};
