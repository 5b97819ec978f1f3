//! The relay: what devices publish, who reads it, and who does not.

mod attacks;
mod bucket;
mod known_issues;
mod life;
mod reading;
mod relay;
mod resolution;
mod retention;
mod scene;
mod standing;
mod uplink;
mod uploads;
