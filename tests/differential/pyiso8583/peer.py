"""Answers lines of JSON with lines of JSON: messages written and read by pyiso8583.

{"spec": {...}}                            a spec for what follows -> {}
{"values": {"t": ..., "2": ...}}           written -> {"wire": hex} or {"error": ...}
{"wire": hex}                              read -> {"values": {...}} or {"error": ...}
"""

import json
import sys

import iso8583

BITMAPS = ("p", "1")


def answer(question, spec):
    if "values" in question:
        wire, _ = iso8583.encode(dict(question["values"]), spec)
        return {"wire": wire.hex().upper()}
    values, _ = iso8583.decode(bytes.fromhex(question["wire"]), spec)
    return {"values": {key: value for key, value in values.items() if key not in BITMAPS}}


def main():
    spec = None
    # Not the encoding of the machine it runs on.
    sys.stdin.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        question = json.loads(line)
        if "spec" in question:
            spec, given = question["spec"], {}
        else:
            try:
                given = answer(question, spec)
            # An element that the spec does not have is a KeyError.
            except (iso8583.DecodeError, iso8583.EncodeError, KeyError) as error:
                given = {"error": f"{type(error).__name__}: {error}"}
        # ASCII only, so that any standard output can say it.
        print(json.dumps(given))


main()
