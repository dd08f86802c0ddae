//! Where XML documents end.

use super::*;

#[test]
fn documents_end_with_their_root_element() {
    let documents = [
        "<isomsg/>",
        "<isomsg></isomsg>",
        "<a b='/>'/>",
        "<?xml version=\"1.0\"?><isomsg><field id=\"0\" value=\"0800\"/></isomsg>",
        "<isomsg>\n<!-- </isomsg> -- > --->\n</isomsg >",
        "<!-- first --><isomsg><isomsg id=\"127\"><field id='2' value='a>b'/></isomsg></isomsg>",
        "<a><![CDATA[ </a> ]] > ]]]></a>",
        "<a>text 'with \"quotes\" > &lt;</a>",
    ];
    for document in documents {
        let wire = format!("\r\n {document}{document}\n\n{document}\t");
        let messages = bodies(framing("xml"), &[wire.as_bytes()]);
        assert_eq!(messages, [document.as_bytes(); 3], "{document}");
        assert_eq!(bodies(framing("xml"), &wire.as_bytes().chunks(1).collect::<Vec<_>>()), messages);
    }
}

#[test]
fn what_is_no_document() {
    for wire in
        ["</a>", "<1>", "< a>", "<>", "<!DOCTYPE a []><a/>", "<![CDATA[x]]>", "<a><!x></a>", "<a/>text", "<a><!-x></a>"]
    {
        let (_, end) = decoded(framing("xml"), &[wire.as_bytes()]);
        assert_eq!(end, Err(Error::Document), "{wire}");
    }
    for wire in ["<a", "<a>", "<a><b></b>", "<a><!-- </a>", "<a b='/>", "<a/", "<a></a", "<?xml"] {
        let (frames, end) = decoded(framing("xml"), &[wire.as_bytes()]);
        assert_eq!(
            (frames.len(), end),
            (0, Err(Error::Truncated { needed: wire.len() + 1, left: wire.len() })),
            "{wire}"
        );
    }
}

#[test]
fn one_line_feed_behind_a_document() {
    for body in ["<a/>", "<a/>\n"] {
        assert_eq!(framed(&framing("xml"), &[body.into()]), b"<a/>\n");
    }
}

/// White space costs no memory, however much of it comes.
#[test]
fn white_space_is_dropped() {
    let mut decoder = Decoder::new(framing("xml,max=10"));
    for _ in 0..100 {
        decoder.extend(&[b' '; 1000]);
        assert_eq!(decoder.decode(), Ok(None));
        assert!(decoder.is_empty());
    }
    decoder.extend(b"<a/>");
    assert!(decoder.decode().unwrap().is_some());
    assert_eq!(decoder.position(), 100_004);
}
