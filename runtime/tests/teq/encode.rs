//! `teq encode`: what it writes and what it refuses.

use crate::{decode, encode, hex, teq};

#[test]
fn fields_in_any_order_from_a_file_too() {
    let json = r#"{ "fields": { "70": "301", "11": "000001" }, "mti": "0800" }"#;
    let expected = format!("{}\n", hex("080080200000000000000400000000000000000001301"));
    assert_eq!(encode(json).out, expected);
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("echo.json");
    std::fs::write(&file, json).unwrap();
    let run = teq(&["encode", "--spec", "iso87-a", file.to_str().unwrap()], "");
    assert_eq!((run.code, run.out), (0, expected.clone()));
    let run = teq(&["encode", "--spec", "iso87-a", "--frame", "length2", "-"], json);
    assert_eq!((run.code, run.out), (0, format!("002D{expected}")));
}

#[test]
fn short_text_is_padded_as_the_spec_says() {
    let run = encode(r#"{"mti":"0200","fields":{"41":"T1"}}"#);
    assert_eq!(run.out.trim_end(), hex("02000000000000800000T1      "), "{}", run.err);
}

#[test]
fn wrong_input_is_refused_and_says_where() {
    let table = [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "is not a message"),
        (r#"{"mti":"0200"}"#, "is not a message"),
        (r#"{"fields":{}}"#, "is not a message"),
        (r#"{"mti":"0200","fields":{},"more":1}"#, "is not a message"),
        (r#"{"mti":"0200","fields":{"4":2500}}"#, "is not a message"),
        (r#"{"mti":"0200","fields":{"4":"1","4":"2"}}"#, "4 is given twice"),
        (r#"{"mti":"200","fields":{}}"#, "mti at byte 0"),
        (r#"{"mti":"0200","fields":{"65":"1"}}"#, "65"),
        (r#"{"mti":"0200","fields":{"200":"1"}}"#, "200"),
        (r#"{"mti":"0200","fields":{"11":"000001","4.1":"1"}}"#, "4.1: the path names nothing"),
        (r#"{"mti":"0200","fields":{"11":"1234567"}}"#, "11 (System trace audit number)"),
        (r#"{"mti":"0200","fields":{"11":"12345A"}}"#, "11 (System trace audit number)"),
        (r#"{"mti":"0200","fields":{"52":"0123"}}"#, "52"),
        (r#"{"mti":"0200","fields":{"55.9F26":"01234567890ABCDX"}}"#, "55.9F26"),
        (r#"{"mti":"0200","fields":{"55.DF01#2":"00"}}"#, "55.DF01"),
    ];
    for (input, part) in table {
        let run = encode(input);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{input}");
        assert!(run.err.starts_with("error: ") && run.err.contains(part), "{input}: {}", run.err);
    }
}

#[test]
fn what_was_decoded_masked_is_not_encoded() {
    let wires = [
        hex(["0200", "4000000000000000", "13", "4012345678909"].concat()),
        hex(["0200", "0000000020000000", "20", "40123456=28122010000"].concat()),
        hex(["0200", "0000000000001000", "0123456789ABCDEF"].concat()),
        [&hex("02000000000000000200014"), "9F26081122334455667788", "DF0100"].concat(),
    ];
    for wire in wires {
        let masked = decode(&wire, &["--json"]);
        assert_eq!((masked.code, masked.err.as_str()), (0, ""), "{}", masked.out);
        let run = encode(&masked.out);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{}", masked.out);
        assert!(run.err.contains("masked value; decode with --reveal"), "{}", run.err);
        let revealed = decode(&wire, &["--json", "--reveal"]);
        assert_eq!(encode(&revealed.out).out.trim_end(), wire);
    }
    // The report of a refused message is no message.
    assert_eq!(encode(&decode("3032", &["--json"]).out).code, 1);
}
