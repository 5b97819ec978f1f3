//! The service as a whole: what its pages and its readers share.

use std::sync::Arc;

use assent_meter::zone::Zone;
use assent_model::description::ServiceDescription;
use assent_model::ids::ServiceId;

use crate::household::Record;
use crate::households::{Household, Households};
use crate::provider::Provider;
use crate::reading;
use crate::reading::relay::Relay;

/// The service.
pub struct Insights {
    /// The organisation.
    pub provider: Arc<Provider>,
    /// What it says about this service.
    pub service: ServiceDescription,
    /// Where the readings come from.
    pub source: ServiceId,
    /// What that service calls itself.
    pub source_name: String,
    /// Everybody who uses it.
    pub households: Households,
    /// Where streams are read.
    pub relay: Arc<dyn Relay>,
    /// Where the meters stand.
    pub zone: Zone,
}

impl Insights {
    /// Changes what is kept of a household, keeps it, and tells whoever looks. That the data directory
    /// fails is logged: what was changed holds until the end of the process.
    pub fn change<T>(&self, household: &Household, change: impl FnOnce(&mut Record) -> T) -> T {
        let outcome = household.change(change);
        self.keep(household);
        outcome
    }

    /// Keeps a household as it is now; whether it is.
    pub fn keep(&self, household: &Household) -> bool {
        let kept = self.households.keep(household);
        if let Err(error) = &kept {
            let error: &dyn std::error::Error = error;
            tracing::error!(error, "a household is not kept");
        }
        kept.is_ok()
    }

    /// Goes on with every household that has a consent, after a restart.
    pub fn resume(self: &Arc<Self>) {
        for household in self.households.all() {
            if household.record().access.is_some() {
                self.read(household);
            }
        }
    }

    /// Reads for a household from now on, until its consent is over.
    pub fn read(self: &Arc<Self>, household: Arc<Household>) {
        tokio::spawn(reading::keep_reading(Arc::clone(self), household));
    }

    /// Keeps everybody, before the process ends.
    pub fn keep_all(&self) {
        for household in self.households.all() {
            self.keep(&household);
        }
    }
}
