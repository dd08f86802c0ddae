//! A capture of messages over TCP, in the format of libpcap.

/// The port on this side; the dissector is told of it.
pub(crate) const PORT: u16 = 5000;

/// One packet for each message, all of one connection. A message stands behind its length in two bytes; the packets are
/// IP without a link layer (`LINKTYPE_RAW`, 101).
pub(crate) fn capture<'a>(messages: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xA1B2_C3D4_u32, 0x0002_0004, 0, 0, u32::from(u16::MAX), 101] {
        file.extend(word.to_be_bytes());
    }
    let mut sequence = 1_u32;
    for (second, message) in (1_u32..).zip(messages) {
        let packet = packet(sequence, message);
        for word in [second, 0, packet.len() as u32, packet.len() as u32] {
            file.extend(word.to_be_bytes());
        }
        sequence = sequence.wrapping_add(message.len() as u32 + 2);
        file.extend(packet);
    }
    file
}

fn packet(sequence: u32, message: &[u8]) -> Vec<u8> {
    let whole = u16::try_from(20 + 20 + 2 + message.len()).expect("messages of the tests fit into one packet");
    let mut packet = vec![0x45, 0];
    packet.extend(whole.to_be_bytes());
    // Do not fragment; TCP; no checksums, which tshark does not ask for.
    packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    packet.extend(40_000_u16.to_be_bytes());
    packet.extend(PORT.to_be_bytes());
    packet.extend(sequence.to_be_bytes());
    packet.extend(1_u32.to_be_bytes());
    // Five words of header, PSH and ACK, a window.
    packet.extend([0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0]);
    packet.extend((message.len() as u16).to_be_bytes());
    packet.extend(message);
    packet
}
