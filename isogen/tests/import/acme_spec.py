"""An invented spec, as pyiso8583 takes it."""

import copy

from iso8583.specs import default_ascii

acme: dict = {
    "h": {"data_enc": "ascii", "len_enc": "ascii", "len_type": 0, "max_len": 12, "desc": "Message header"},
    "t": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 2, "desc": "Message type"},
    "p": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 8, "desc": "Bitmap, primary"},
    "1": {"data_enc": "ascii", "len_enc": "ascii", "len_type": 0, "max_len": 16, "desc": "Bitmap, secondary"},
    # Two BCD digits a byte, the filler is ours to give.
    "2": {"data_enc": "b", "len_enc": "bcd", "len_type": 1, "max_len": 10, "desc": "Primary Account " "Number (PAN)"},
    "3": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 3, "desc": "Processing code"},
    "4": {"data_enc": "ascii", "len_enc": "ascii", "len_type": 0, "max_len": 12, "desc": "Amount, transaction"},
    "7": {'data_enc': 'ascii', 'len_enc': 'ascii', 'len_type': 0, 'max_len': 10, 'desc': 'Transmission date, time'},
    "11": {"data_enc": "ascii", "len_enc": "ascii", "len_type": 0, "max_len": 6, "desc": "System trace audit number"},
    "22": {"data_enc": "b", "len_enc": "b", "len_type": 0, "max_len": 3, "len_count": "nibbles", "left_pad": "0",
           "desc": "Point of service entry mode"},
    "32": {"data_enc": "b", "len_enc": "b", "len_type": 1, "max_len": 11, "len_count": "nibbles", "right_pad": "F",
           "desc": "Acquiring institution"},
    "35": {"data_enc": "b", "len_enc": "bcd", "len_type": 1, "max_len": 19, "desc": "Track 2 data"},
    "41": {"data_enc": "cp500", "len_enc": "cp500", "len_type": 0, "max_len": 8, "desc": "Terminal"},
    "42": {"data_enc": "koi8-r", "len_enc": "ascii", "len_type": 0, "max_len": 15, "desc": "Merchant"},
    "43": {"data_enc": "latin-1", "len_enc": "ascii", "len_type": 2, "max_len": 120, "desc": "Name and location"},
    "44": {"data_enc": "utf-8", "len_enc": "ascii", "len_type": 2, "max_len": 60, "desc": "Caf\u00e9"},
    "46": {"data_enc": "ascii", "len_enc": "ascii", "len_type": 2, "max_len": 40, "len_count": "nibbles"},
    "47": {"data_enc": ENCODING, "len_enc": "ascii", "len_type": 2, "max_len": 40, "desc": "Computed"},
    "52": {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 8, "desc": "PIN data"},
    "55": {"data_enc": "b", "len_enc": "ascii", "len_type": 3, "max_len": 999, "desc": "Chip data"},
    "60": {"data_enc": "ascii", "len_enc": "ascii", "len_type": 3, "max_len": 2 * 100, "desc": "Multiplied"},
    "61": {"data_enc": "ascii", "len_enc": "ascii", "len_type": 3, "max_len": 999, "desc": None, "owner": "acme"},
}

acme["70"] = {"data_enc": "ascii", "len_enc": "ascii", "len_type": 0, "max_len": 3, "desc": "Network code"}
acme["61"]["max_len"] = 512
other = {"t": {}}
acme.update(default_ascii)
