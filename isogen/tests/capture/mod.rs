//! Writes captures and has tshark read them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// TCP segments of one connection.
#[derive(Default)]
pub(crate) struct Capture {
    bytes: Vec<u8>,
    sequence: u32,
    seconds: u32,
}

impl Capture {
    /// No segment yet. The format is that of libpcap, each packet IP without a link layer (`LINKTYPE_RAW`, 101).
    pub(crate) fn new() -> Self {
        let mut bytes = Vec::new();
        for word in [0xA1B2_C3D4_u32, 0x0002_0004, 0, 0, 65_535, 101] {
            bytes.extend(word.to_be_bytes());
        }
        Capture { bytes, sequence: 1, seconds: 0 }
    }

    /// One segment to a port.
    pub(crate) fn segment(&mut self, port: u16, payload: &[u8]) {
        let length = u16::try_from(40 + payload.len()).unwrap();
        let mut packet = vec![0x45, 0];
        packet.extend(length.to_be_bytes());
        packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        packet.extend(40_000_u16.to_be_bytes());
        packet.extend(port.to_be_bytes());
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(1_u32.to_be_bytes());
        // Five words of header, PSH and ACK, a window; no checksum, which tshark does not ask for.
        packet.extend([0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0]);
        packet.extend(payload);
        self.sequence += u32::try_from(payload.len()).unwrap();
        self.seconds += 1;
        for word in [self.seconds, 0, packet.len() as u32, packet.len() as u32] {
            self.bytes.extend(word.to_be_bytes());
        }
        self.bytes.extend(packet);
    }

    /// One message behind a length header of two bytes.
    pub(crate) fn message(&mut self, port: u16, message: &[u8]) {
        self.segment(port, &framed(message));
    }
}

/// A message behind a length header of two bytes.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let mut payload = u16::try_from(message.len()).unwrap().to_be_bytes().to_vec();
    payload.extend(message);
    payload
}

/// What tshark made of a capture.
pub(crate) struct Read {
    /// The layer of the dialect of each packet that has one.
    pub(crate) layers: Vec<Value>,
    script: PathBuf,
    file: PathBuf,
}

impl Read {
    /// Everything it prints for people.
    pub(crate) fn text(&self) -> String {
        run(&self.script, &self.file, &["-V"])
    }
}

/// Whether tshark is there. Says loudly when it is not.
pub(crate) fn tshark() -> bool {
    let there = Command::new("tshark").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("\n*** SKIPPED: there is no tshark (apt-get install tshark), the dissector is not tried ***\n");
        let required = std::env::var_os("REQUIRE_TSHARK").is_some();
        assert!(!required, "tshark is needed where tests must not be skipped");
    }
    there
}

/// Reads a capture with a dissector.
pub(crate) fn read(name: &str, capture: &Capture, source: &str, layer: &str) -> Read {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dissector");
    std::fs::create_dir_all(&folder).unwrap();
    let (script, file) = (folder.join(format!("{name}.lua")), folder.join(format!("{name}.pcap")));
    std::fs::write(&script, source).unwrap();
    std::fs::write(&file, &capture.bytes).unwrap();
    let json = run(&script, &file, &["-T", "json", "--no-duplicate-keys", "-J", layer]);
    let packets: Vec<Value> = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    let layers = packets.iter().filter_map(|packet| packet.pointer("/_source/layers")?.get(layer).cloned()).collect();
    Read { layers, script, file }
}

fn run(script: &Path, file: &Path, arguments: &[&str]) -> String {
    let output = Command::new("tshark")
        .arg("-X")
        .arg(format!("lua_script:{}", script.display()))
        .arg("-r")
        .arg(file)
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    for said in [&*errors, &text] {
        for wrong in ["Lua Error", "lua_script", "attempt to", "stack traceback"] {
            assert!(!said.contains(wrong), "{said}");
        }
    }
    text
}

/// Every value of a layer by its name, in order.
pub(crate) fn values(layer: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(layer, &mut found);
    found
}

fn collect(node: &Value, found: &mut Vec<(String, String)>) {
    for (key, value) in node.as_object().into_iter().flatten() {
        let each = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for one in each {
            match one {
                Value::String(text) => found.push((key.clone(), text)),
                other => collect(&other, found),
            }
        }
    }
}
