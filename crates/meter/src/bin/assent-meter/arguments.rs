//! What the command line says.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use assent_meter::datasets::Dataset;
use assent_meter::zone::{UnixSeconds, Zone};
use clap::{Args, Parser};

use crate::source::pace::Speed;
use crate::source::serial::Mode;

/// What the program is asked for.
#[derive(Debug)]
pub(crate) enum Errand {
    /// Read a meter.
    Read(Box<Arguments>),
    /// End the pairing.
    Unpair(UnpairArguments),
}

impl Errand {
    /// Reads the command line; ends the program where it is wrong, or asks for help.
    pub(crate) fn parse() -> Self {
        if env::args_os().nth(1).is_some_and(|word| word == "unpair") {
            Self::Unpair(UnpairArguments::parse_from(env::args_os().skip(1)))
        } else {
            Self::Read(Box::new(Arguments::parse()))
        }
    }
}

/// End the pairing: nobody reads this meter any more
#[derive(Debug, Parser)]
#[command(name = "assent-meter unpair")]
pub(crate) struct UnpairArguments {
    /// The folder of the reader, which must not run meanwhile
    #[arg(long, value_name = "DIR", env = "ASSENT_METER_BUFFER")]
    pub(crate) buffer: PathBuf,
}

/// Read a smart meter and hand its readings on
///
/// Readings wait in a folder, under a key that never leaves it, until somebody takes them. With a
/// node they go, sealed, to whoever the household lets read them.
#[derive(Debug, Parser)]
#[command(
    name = "assent-meter",
    version,
    after_help = "`assent-meter unpair --buffer DIR` ends the pairing: nobody reads the meter any more."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) source: SourceArguments,

    /// The folder in which readings wait
    #[arg(long, value_name = "DIR", env = "ASSENT_METER_BUFFER")]
    pub(crate) buffer: PathBuf,

    /// The most that a dataset may take of the disk, in MiB; the oldest readings go first
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..1_000_000))]
    pub(crate) buffer_size: u64,

    /// Seconds after which live readings are surely on the disk; the other datasets always are
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) sync_every: u64,

    /// The datasets to make
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = dataset, default_value = "live,quarter-hours,days")]
    pub(crate) datasets: Vec<Dataset>,

    /// Datasets that go to the node, sealed, though nobody may read them yet: the household can grant later
    /// what was measured before
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = dataset, requires = "node")]
    pub(crate) archive: Vec<Dataset>,

    /// The time zone in which the meter stands
    #[arg(long, value_name = "ZONE", value_parser = zone, default_value = "Europe/Amsterdam")]
    pub(crate) time_zone: Zone,

    /// Print records to standard output, one JSON object a line; without it they wait in the folder
    #[arg(long)]
    pub(crate) print: bool,

    /// The node that relays the readings; a device that is not paired shows a code first
    #[arg(
        long,
        value_name = "URL",
        env = "ASSENT_METER_NODE",
        conflicts_with = "print"
    )]
    pub(crate) node: Option<String>,

    /// What the household sees when it enters the code
    #[arg(
        long,
        value_name = "TEXT",
        env = "ASSENT_METER_LABEL",
        default_value = "Smart meter"
    )]
    pub(crate) label: String,
}

/// Where telegrams come from: exactly one of these.
#[derive(Debug, Args)]
pub(crate) struct SourceArguments {
    /// A serial port, such as /dev/ttyUSB0
    #[arg(long, value_name = "PORT", group = "source", required = true)]
    pub(crate) serial: Option<PathBuf>,

    /// How the port is set: 115200-8n1, 115200-7n1 or 9600-7e1; tried in this order if not said
    #[arg(long, value_name = "MODE", requires = "serial")]
    pub(crate) mode: Option<Mode>,

    /// A socket that gives telegrams, as HOST:PORT
    #[arg(long, value_name = "ADDRESS", group = "source")]
    pub(crate) tcp: Option<String>,

    /// A file of telegrams
    #[arg(long, value_name = "FILE", group = "source")]
    pub(crate) file: Option<PathBuf>,

    /// A household that is made up
    #[arg(long, group = "source")]
    pub(crate) simulate: bool,

    /// Which household is made up
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1,
        requires = "simulate"
    )]
    pub(crate) seed: u64,

    /// When the simulation starts, in seconds since 1970; now if not said
    #[arg(long, value_name = "SECONDS", requires = "simulate", value_parser = clap::value_parser!(i64).range(0..3_124_220_000))]
    pub(crate) start: Option<UnixSeconds>,

    /// End a simulation after so many telegrams
    #[arg(long, value_name = "NUMBER", requires = "simulate")]
    pub(crate) telegrams: Option<u64>,

    /// How many times faster than life a file or a simulation goes, or `max`
    #[arg(long, value_name = "FACTOR", default_value = "1")]
    pub(crate) speed: Speed,
}

impl Arguments {
    /// After how long a record of this dataset is surely on the disk.
    pub(crate) fn sync_after(&self, dataset: Dataset) -> Duration {
        match dataset {
            Dataset::Live => Duration::from_secs(self.sync_every),
            Dataset::QuarterHours | Dataset::Days => Duration::ZERO,
        }
    }
}

fn dataset(name: &str) -> Result<Dataset, String> {
    let named = |dataset: &Dataset| dataset.name() == name;
    let found = Dataset::ALL.into_iter().find(named);
    found.ok_or_else(|| "it is live, quarter-hours or days".to_owned())
}

fn zone(name: &str) -> Result<Zone, String> {
    let known = || Zone::names().collect::<Vec<_>>().join(", ");
    Zone::named(name).ok_or_else(|| format!("known are {}", known()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::{Arguments, UnpairArguments};

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
        UnpairArguments::command().debug_assert();
    }
}
