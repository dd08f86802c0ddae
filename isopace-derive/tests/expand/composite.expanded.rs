/// What a reversal says of the message that it reverses.
pub struct Original {
    pub stan: Stan,
    pub mti: String,
    pub sent_at: Option<String>,
}
const _: () = {
    const __ELEMENT_90_1: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "90.1",
    );
    const _: () = ::isopace::msg::derived::defined(&iso87a::DIALECT, "90", "90.1");
    const _: () = ::isopace::msg::derived::fits(
        &iso87a::DIALECT,
        "90.1",
        <String as ::isopace::msg::derived::Value<'static>>::SHAPE,
        "String",
        false,
    );
    const __ELEMENT_90_2: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "90.2",
    );
    const _: () = ::isopace::msg::derived::defined(&iso87a::DIALECT, "90", "90.2");
    const _: () = ::isopace::msg::derived::fits(
        &iso87a::DIALECT,
        "90.2",
        <Stan as ::isopace::msg::derived::Value<'static>>::SHAPE,
        "Stan",
        false,
    );
    const __ELEMENT_90_3: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "90.3",
    );
    const _: () = ::isopace::msg::derived::defined(&iso87a::DIALECT, "90", "90.3");
    const _: () = ::isopace::msg::derived::fits(
        &iso87a::DIALECT,
        "90.3",
        <String as ::isopace::msg::derived::Value<'static>>::SHAPE,
        "String",
        false,
    );
    const __ELEMENT_90: &::isopace::msg::Field = ::isopace::msg::derived::field(
        &iso87a::DIALECT,
        "90",
    );
    const _: () = ::isopace::msg::derived::composite(&iso87a::DIALECT, "90");
    #[automatically_derived]
    impl ::isopace::msg::derived::Members for Original {
        #[inline(always)]
        fn walk<W: ::isopace::msg::derived::Walker>(
            &self,
            __walker: &mut W,
        ) -> ::core::result::Result<(), W::Error> {
            ::isopace::msg::derived::mandatory(&self.mti, __ELEMENT_90_1, __walker)?;
            ::isopace::msg::derived::mandatory(&self.stan, __ELEMENT_90_2, __walker)?;
            ::isopace::msg::derived::optional(&self.sent_at, __ELEMENT_90_3, __walker)?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'__message> ::isopace::msg::derived::Inner<'__message> for Original {
        fn gather(
            __inside: &::isopace::msg::derived::Inside<'__message>,
            __gather: &mut ::isopace::msg::derived::Gather,
        ) -> ::core::option::Option<Self> {
            let __field_mti = __gather.mandatory::<String>(__inside, __ELEMENT_90_1);
            let __field_stan = __gather.mandatory::<Stan>(__inside, __ELEMENT_90_2);
            let __field_sent_at = __gather.optional::<String>(__inside, __ELEMENT_90_3);
            ::core::option::Option::Some(Self {
                mti: __field_mti?,
                stan: __field_stan?,
                sent_at: __field_sent_at,
            })
        }
    }
    #[automatically_derived]
    impl<'__message> ::core::convert::TryFrom<&'__message ::isopace::msg::View<'_>>
    for Original {
        type Error = ::isopace::Violations;
        /// All that is wrong with the inside, at once.
        fn try_from(
            view: &'__message ::isopace::msg::View<'_>,
        ) -> ::core::result::Result<Self, ::isopace::Violations> {
            ::isopace::msg::derived::from_view(view, __PATH)
        }
    }
    #[automatically_derived]
    impl<'__message> ::isopace::msg::derived::Value<'__message> for Original {
        const SHAPE: ::isopace::msg::derived::Shape = ::isopace::msg::derived::Shape::Inside {
            dialect: iso87a::DIALECT.name(),
            path: "90",
        };
        fn read<S: ::isopace::msg::derived::Source<'__message>>(
            source: &S,
            field: &'static ::isopace::msg::Field,
            gather: &mut ::isopace::msg::derived::Gather,
        ) -> ::isopace::msg::derived::Read<Self> {
            ::isopace::msg::derived::read_owned(source, field, gather)
        }
        fn walk<W: ::isopace::msg::derived::Walker>(
            &self,
            field: &'static ::isopace::msg::Field,
            walker: &mut W,
        ) -> ::core::result::Result<(), W::Error> {
            walker.inside(field, self)
        }
    }
    #[automatically_derived]
    impl ::isopace::msg::Encode for Original {
        fn units(&self, _: &::isopace::wire::Rule) -> usize {
            ::isopace::msg::derived::units(__ELEMENT_90, self)
        }
        fn encode<O: ::isopace::wire::Buffer>(
            &self,
            body: ::isopace::wire::Body<'_, O>,
        ) -> ::core::result::Result<(), ::isopace::wire::Fault> {
            ::isopace::msg::derived::encode(__ELEMENT_90, self, body)
        }
    }
    const __PATH: ::isopace::Path = ::isopace::Path::element(90u8);
};
