// Answers lines of JSON with lines of JSON: messages written and read by the iso_8583 of npm.
//
// {"form": "hex" or "binary", "values": {"0": ..., "2": ...}}   written -> {"wire": hex} or {"error": ...}
// {"form": "hex" or "binary", "wire": hex}                      read -> {"values": {...}} or {"error": ...}
//
// The first argument is the folder it is installed in.
'use strict';

const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const Message = createRequire(path.join(path.resolve(process.argv[2]), 'peer.js'))('iso_8583');

// That its bitmaps stand as hex is said by the format of element 1 to write, and by a setting to read.
const FORMATS = { hex: { 1: { ContentType: 'an', Label: 'Bitmap', LenType: 'fixed', MaxLen: 32 } }, binary: {} };
const SETTINGS = { hex: { lenHeader: false, bitmapEncoding: 'utf8' }, binary: { lenHeader: false } };
// No element is required; what it takes without this is a list of its own.
const REQUIRED = path.join(__dirname, 'required.json');

function answer({ form, values, wire }) {
  if (values) {
    const written = new Message(values, FORMATS[form], REQUIRED).getRawMessage();
    return Buffer.isBuffer(written) ? { wire: written.toString('hex').toUpperCase() } : { error: String(written.error) };
  }
  const read = new Message().getIsoJSON(Buffer.from(wire, 'hex'), SETTINGS[form]);
  return read.error ? { error: String(read.error) } : { values: read };
}

const lines = fs.readFileSync(0, 'utf8').split('\n').filter((line) => line);
const answers = lines.map((line) => {
  try {
    return answer(JSON.parse(line));
  } catch (error) {
    return { error: String(error) };
  }
});
fs.writeFileSync(1, answers.map((given) => JSON.stringify(given) + '\n').join(''));
