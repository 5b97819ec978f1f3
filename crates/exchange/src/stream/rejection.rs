//! Why the stream component refuses, in the order in which it checks.

use crate::rejection::rejections;

rejections! {
    /// A refusal of the stream component.
    StreamRejection {
        /// No such stream.
        StreamUnknown = "stream-unknown", "there is no stream with this id";
        /// The device was unpaired.
        StreamClosed = "stream-closed", "the stream is closed";
        /// The device is not registered, or no longer active.
        DeviceInactive = "device-inactive", "the device is not an active party";
        /// The party is something else.
        NotADevice = "not-a-device", "the party is not a device";
        /// Not signed with the key that speaks for the device, or for the holder where that counts.
        WrongKey = "wrong-key", "the statement is not signed with the key that it needs";
        /// The person's word is not well signed, not fresh, or about something else.
        HoldingUnproven = "holding-unproven",
            "the holder's statement does not say that it holds this stream of this device";
        /// The id is taken.
        StreamIdTaken = "stream-id-taken", "there is a stream with this id";
        /// A device writes one stream at a time.
        DevicePaired = "device-paired", "the device is paired already";
        /// An anchor goes forward.
        AnchorNotLater = "anchor-not-later",
            "an anchor must be of a later record than the one before";
    }
}
