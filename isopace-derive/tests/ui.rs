//! What does not compile, and what the compiler says of it: one topic a file, the words in the `.stderr` beside it.
//! `TRYBUILD=overwrite` writes them anew.

#[test]
fn mistakes_are_told_in_the_words_of_the_spec() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.pass("tests/pass/*.rs");
}
