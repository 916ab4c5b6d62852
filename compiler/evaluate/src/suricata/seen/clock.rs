//! When was something said?

use std::time::Duration;

use packets::Side;

use super::super::traffic::Packet;

/// The packets of a flow, asked for times.
pub(super) struct Clock<'p> {
    pub(super) packets: &'p [Packet],
}

impl Clock<'_> {
    /// When a side had said so many bytes.
    pub(super) fn after(&self, from: Side, bytes: usize) -> Option<Duration> {
        let mut said = 0_usize;
        let mut own = self.packets.iter().filter(|packet| packet.from == from && !packet.payload.is_empty());
        own.find_map(|packet| {
            said += packet.payload.len();
            (said >= bytes).then_some(packet.at)
        })
    }
}
