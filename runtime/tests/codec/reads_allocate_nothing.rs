//! Reading takes no memory of the heap, in no encoding: not ASCII alone, where values are borrowed, but packed digits and
//! EBCDIC too, which must be converted.

use isopace::Edit;
use isopace::dialects::{iso87a, iso87b, iso87c};

const PURCHASE: [(&str, &str); 18] = [
    ("2", "4012345678909"),
    ("3", "000000"),
    ("4", "000000002500"),
    ("7", "1120072155"),
    ("11", "123456"),
    ("12", "072155"),
    ("13", "1120"),
    ("14", "2812"),
    ("18", "5411"),
    ("22", "051"),
    ("25", "00"),
    ("32", "99001"),
    ("35", "4012345678909=2812201123456789"),
    ("37", "000000123456"),
    ("41", "TERM0001"),
    ("42", "MERCHANT01"),
    ("43", "ACME SUPERMARKET 0042  SPRINGFIELD"),
    ("49", "840"),
];

macro_rules! reads {
    ($dialect:ident) => {{
        let mut edit = Edit::build(&$dialect::DIALECT);
        edit.mti("0200");
        for (path, value) in PURCHASE {
            edit.set_leaf(path, value);
        }
        let message = $dialect::Message::parse(edit.finish().unwrap()).unwrap();
        let read = || {
            let secrets = (message.pan().unwrap().unwrap(), message.track2().unwrap().unwrap());
            assert_eq!(secrets.0.expose(), "4012345678909");
            assert_eq!(secrets.1.expose(), "4012345678909=2812201123456789");
            assert_eq!(message.amount().unwrap().unwrap().minor_units(), 2500);
            assert_eq!(message.stan().unwrap().unwrap().get(), 123_456);
            assert_eq!(message.merchant_type().unwrap().unwrap(), "5411");
            assert_eq!(message.pos_entry_mode().unwrap().unwrap(), "051");
            assert_eq!(message.acquiring_institution().unwrap().unwrap(), "99001");
            assert_eq!(message.rrn().unwrap().unwrap(), "000000123456");
            assert_eq!(message.terminal_id().unwrap().unwrap(), "TERM0001");
            assert_eq!(message.card_acceptor_id().unwrap().unwrap(), "MERCHANT01");
            let name = message.card_acceptor_name_location().unwrap().unwrap();
            assert_eq!(name, "ACME SUPERMARKET 0042  SPRINGFIELD");
            assert_eq!(message.currency().unwrap().unwrap().numeric(), 840);
            assert!(
                message.processing_code().unwrap().is_some() && message.transmission_date_time().unwrap().is_some()
            );
            assert!(message.local_time().unwrap().is_some() && message.local_date().unwrap().is_some());
            assert!(message.expiration_date().unwrap().is_some() && message.pos_condition_code().unwrap().is_some());
        };
        read();
        let counted = allocation_counter::measure(read);
        assert_eq!(counted.count_total, 0, "{}", $dialect::DIALECT.name());
    }};
}

#[test]
fn a_purchase_in_three_encodings() {
    reads!(iso87a);
    reads!(iso87b);
    reads!(iso87c);
}
