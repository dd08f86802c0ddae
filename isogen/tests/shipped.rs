//! The shipped specs load without errors and without warnings.

#[test]
fn every_shipped_spec_is_clean() {
    for name in isogen::shipped::names() {
        let text = isogen::shipped::text(name).unwrap_or_default();
        match isogen::load_str(name, text) {
            Ok(loaded) => {
                assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
                assert_eq!(loaded.spec.name, *name);
                assert!(loaded.spec.fields.len() > 100);
            }
            Err(errors) => panic!("{errors}"),
        }
    }
}
