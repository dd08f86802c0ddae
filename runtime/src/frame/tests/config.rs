//! Framings as tables.

use super::*;

fn table(json: &str) -> Result<Framing, String> {
    let config: Config = serde_json::from_str(json).map_err(|error| error.to_string())?;
    Framing::try_from(&config).map_err(|error| error.to_string())
}

#[test]
fn tables_say_what_text_says() {
    let cases = [
        (r#"{"length": "length2"}"#, "length2"),
        (
            r#"{"length": "ascii4-inclusive", "header-text": "ISO", "max": 4096}"#,
            "ascii4-inclusive,header=49534F,max=4096",
        ),
        (
            r#"{"length": "length2", "before": "D04A", "after": "0000", "tpdu": "6000010002", "trailer": "03", "keep-alive": "answer"}"#,
            "length2,before=D04A,after=0000,tpdu=6000010002,trailer=03,keep-alive=answer",
        ),
    ];
    for (json, text) in cases {
        assert_eq!(table(json), Ok(framing(text)), "{json}");
    }
    for json in [
        "{}",
        r#"{"length": "length9"}"#,
        r#"{"length": "length2", "tpdu": "60"}"#,
        r#"{"length": "length2", "size": 4}"#,
        r#"{"length": "length2", "header": "41", "tpdu": "6000010002"}"#,
        r#"{"length": "length2", "max": -1}"#,
    ] {
        assert!(table(json).is_err(), "{json}");
    }
}
