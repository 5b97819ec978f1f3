//! `/v1/log`.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::ledger::EntryView;

use super::{ClientError, NodeClient};

/// Names a tile of the log, spelled as C2SP tlog-tiles has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePath {
    /// The level, from 0.
    pub level: u8,
    /// The position on it, from 0.
    pub index: u64,
    /// The number of hashes where the tile is not full.
    pub width: Option<u8>,
}

impl TilePath {
    /// Below `v1/log/tile/`: the level, then the index in groups of three digits, all but the
    /// last with an `x` before, then `.p/` and the width of a partial tile.
    fn spelled(self) -> String {
        let mut groups = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1000);
            rest /= 1000;
        }
        let partial = self
            .width
            .map(|width| format!(".p/{width}"))
            .unwrap_or_default();
        format!("{}/{groups}{partial}", self.level)
    }
}

impl NodeClient {
    /// The newest checkpoint, a signed note.
    pub async fn checkpoint(&self) -> Result<String, ClientError> {
        self.get_text("v1/log/checkpoint").await
    }

    /// A tile of the log: hashes of 32 bytes each.
    pub async fn tile(&self, tile: TilePath) -> Result<Vec<u8>, ClientError> {
        self.get_bytes(&format!("v1/log/tile/{}", tile.spelled()))
            .await
    }

    /// An entry of the log with its proof.
    pub async fn entry(&self, index: u64) -> Result<EntryView, ClientError> {
        self.get(&format!("v1/log/entries/{index}")).await
    }
}
