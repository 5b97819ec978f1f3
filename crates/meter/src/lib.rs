//! P1 telegrams of smart meters: DSMR 2.2 to 5, Belgian e-MUCS, and their relatives elsewhere.
//!
//! Bytes become telegrams ([`frame`]), telegrams become typed objects ([`telegram`]), and objects
//! become readings under the names that consents use ([`concepts`]). Amounts are an integer and a
//! scale, exactly as printed. What is not understood is kept as it was printed; a damaged line
//! costs that line, never the telegram.
//!
//! With the feature `zones`, [`zone`] knows when it was at a meter's local time, [`datasets`] makes
//! quarter-hours and days out of telegrams, and [`household`] simulates a meter.
//!
//! This library never opens a port or a file, reads no clock, uses no float, and puts nothing that a
//! meter printed into an error text.
//!
//! ```
//! use assent_meter::{Framer, Telegram};
//!
//! let mut input: &[u8] = b"/ABC5EXAMPLE\r\n\r\n1-0:1.7.0(00.244*kW)\r\n!7E9D\r\n";
//! let mut framer = Framer::new();
//! while let Some(frame) = framer.read(&mut input) {
//!     let telegram = Telegram::parse(&frame?);
//!     let readings = serde_json::to_string(&telegram.readings())?;
//!     assert_eq!(
//!         readings,
//!         r#"[{"obis":"1-0:1.7.0","concept":"power_delivered","value":"0.244","unit":"kW"}]"#,
//!     );
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod codes;
pub mod concepts;
mod crc;
#[cfg(feature = "zones")]
pub mod datasets;
pub mod frame;
#[cfg(feature = "zones")]
pub mod household;
pub mod obis;
pub mod quantity;
pub mod telegram;
pub mod time;
#[cfg(feature = "zones")]
pub mod zone;

pub use frame::{Frame, Framer};
pub use telegram::Telegram;
