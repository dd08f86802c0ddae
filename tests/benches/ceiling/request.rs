//! A financial request as a struct: of just the elements of one shape, and of all that it may have.

use bytes::Bytes;

use super::index::{Index, bit};
use super::kind::{
    Amount, An, AnLll, Ans, AnsLl, AnsLll, Code, Currency, Digits, DigitsLl, Hex, Kind, MonthDay, MonthDayTime, NsLl,
    Pan, Signed, Stan, Time, Track1, Track2, YearMonth, ZLll,
};

macro_rules! request {
    ($(#[$doc:meta])* $name:ident { $($presence:ident $field:ident: $number:literal $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone)]
        #[allow(missing_docs, reason = "the names say it")]
        pub struct $name<'a> {
            $(pub $field: request!(@type $presence $kind),)*
        }

        impl<'a> $name<'a> {
            /// From an indexed message; with `PROVEN` its characters have been looked at.
            #[inline]
            #[must_use]
            pub fn read<const PROVEN: bool>(wire: &'a [u8], index: &Index) -> Option<Self> {
                const ALL: u128 = $(request!(@mandatory $presence $number))|*;
                if index.bits & ALL != ALL || !matches!(wire, [b'0', b'2', b'0', b'0' | b'1', ..]) {
                    return None;
                }
                Some(Self { $($field: request!(@read $presence wire, index, $number, $kind),)* })
            }

            /// Appends the message.
            #[inline]
            #[must_use]
            pub fn pack_into(&self, out: &mut Vec<u8>) -> Option<()> {
                let mut bits: u128 = const { $(request!(@mandatory $presence $number))|* };
                let mut size = 4 + 16;
                $(request!(@size $presence self.$field, $number, $kind, bits, size);)*
                size += if bits as u64 == 0 { 0 } else { 16 };
                out.reserve_exact(size);
                out.extend_from_slice(b"0200");
                super::splice::bitmaps(bits, out);
                $(request!(@write $presence self.$field, $kind, out);)*
                Some(())
            }

            /// The message in a buffer of its own.
            #[inline]
            #[must_use]
            pub fn pack(&self) -> Option<Bytes> {
                let mut out = Vec::new();
                self.pack_into(&mut out)?;
                Some(Bytes::from(out))
            }
        }
    };
    (@type mandatory $kind:ty) => { <$kind as Kind>::Value<'a> };
    (@type optional $kind:ty) => { Option<<$kind as Kind>::Value<'a>> };
    (@mandatory mandatory $number:literal) => { bit($number) };
    (@mandatory optional $number:literal) => { 0 };
    (@read mandatory $wire:ident, $index:ident, $number:literal, $kind:ty) => {
        <$kind as Kind>::read::<PROVEN>($wire, $index.spans[$number])?
    };
    (@read optional $wire:ident, $index:ident, $number:literal, $kind:ty) => {
        if $index.has($number) { Some(<$kind as Kind>::read::<PROVEN>($wire, $index.spans[$number])?) } else { None }
    };
    (@size mandatory $value:expr, $number:literal, $kind:ty, $bits:ident, $size:ident) => {
        $size += <$kind as Kind>::size(&$value);
    };
    (@size optional $value:expr, $number:literal, $kind:ty, $bits:ident, $size:ident) => {
        if let Some(value) = &$value {
            $bits |= bit($number);
            $size += <$kind as Kind>::size(value);
        }
    };
    (@write mandatory $value:expr, $kind:ty, $out:ident) => { <$kind as Kind>::write(&$value, $out)?; };
    (@write optional $value:expr, $kind:ty, $out:ident) => {
        if let Some(value) = &$value {
            <$kind as Kind>::write(value, $out)?;
        }
    };
}

request! {
    /// Of the eighteen elements of one shape and no others.
    Narrow {
        mandatory pan: 2 Pan,
        mandatory processing_code: 3 Code<6>,
        mandatory amount: 4 Amount<12>,
        mandatory transmission_date_time: 7 MonthDayTime,
        mandatory stan: 11 Stan,
        mandatory local_time: 12 Time,
        mandatory local_date: 13 MonthDay,
        optional expiration_date: 14 YearMonth,
        optional merchant_type: 18 Digits<4>,
        mandatory pos_entry_mode: 22 Digits<3>,
        mandatory pos_condition_code: 25 Code<2>,
        optional acquiring_institution: 32 DigitsLl<11>,
        optional track2: 35 Track2,
        optional rrn: 37 An<12>,
        mandatory terminal_id: 41 Ans<8>,
        mandatory card_acceptor_id: 42 Ans<15>,
        optional card_acceptor_name_location: 43 Ans<40>,
        mandatory currency: 49 Currency,
    }
}

request! {
    /// Of all elements that a financial request may have, but for the chip data.
    Wide {
        mandatory pan: 2 Pan,
        mandatory processing_code: 3 Code<6>,
        mandatory amount: 4 Amount<12>,
        optional settlement_amount: 5 Amount<12>,
        optional billing_amount: 6 Amount<12>,
        mandatory transmission_date_time: 7 MonthDayTime,
        optional settlement_conversion_rate: 9 Digits<8>,
        optional billing_conversion_rate: 10 Digits<8>,
        mandatory stan: 11 Stan,
        mandatory local_time: 12 Time,
        mandatory local_date: 13 MonthDay,
        optional expiration_date: 14 YearMonth,
        optional settlement_date: 15 MonthDay,
        optional conversion_date: 16 MonthDay,
        optional capture_date: 17 MonthDay,
        optional merchant_type: 18 Digits<4>,
        optional acquiring_country: 19 Digits<3>,
        optional pan_extended_country: 20 Digits<3>,
        optional forwarding_country: 21 Digits<3>,
        mandatory pos_entry_mode: 22 Digits<3>,
        optional card_sequence_number: 23 Digits<3>,
        optional network_international_identifier: 24 Digits<3>,
        mandatory pos_condition_code: 25 Code<2>,
        optional pin_capture_code: 26 Digits<2>,
        optional transaction_fee: 28 Signed,
        optional transaction_processing_fee: 30 Signed,
        optional acquiring_institution: 32 DigitsLl<11>,
        optional forwarding_institution: 33 DigitsLl<11>,
        optional pan_extended: 34 NsLl<28>,
        optional track2: 35 Track2,
        optional track3: 36 ZLll<104>,
        optional rrn: 37 An<12>,
        optional service_code: 40 An<3>,
        mandatory terminal_id: 41 Ans<8>,
        mandatory card_acceptor_id: 42 Ans<15>,
        optional card_acceptor_name_location: 43 Ans<40>,
        optional track1: 45 Track1,
        optional additional_data_iso: 46 AnsLll<999>,
        optional additional_data_national: 47 AnsLll<999>,
        optional additional_data_private: 48 AnsLll<999>,
        mandatory currency: 49 Currency,
        optional settlement_currency: 50 Currency,
        optional billing_currency: 51 Currency,
        optional pin_data: 52 Hex,
        optional security_control: 53 Digits<16>,
        optional additional_amounts: 54 AnLll<120>,
        optional reserved_private_60: 60 AnsLll<999>,
        optional reserved_private_61: 61 AnsLll<999>,
        optional reserved_private_62: 62 AnsLll<999>,
        optional reserved_private_63: 63 AnsLll<999>,
        optional mac: 64 Hex,
        optional payee: 98 Ans<25>,
        optional receiving_institution: 100 DigitsLl<11>,
        optional account_1: 102 AnsLl<28>,
        optional account_2: 103 AnsLl<28>,
        optional mac_2: 128 Hex,
    }
}
