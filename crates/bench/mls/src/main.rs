//! What it costs in MLS to remove one member of a group in which one member writes and all others only
//! read: `assent-bench-mls SUITE MEMBERS`, with `x25519` or `xwing`, prints
//! `{"bytes":…,"cpu_micros":…}`.
//!
//! Readers of a meter never commit, so the tree above their leaves stays blank, and a removal
//! encrypts to each of them. The commit is what everybody has to be sent.

#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::env;
use std::error::Error;
use std::time::Duration;

use openmls::prelude::{
    BasicCredential, Ciphersuite, CredentialWithKey, KeyPackage, LeafNodeIndex, MlsGroup,
    MlsGroupCreateConfig,
};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;
use rustix::time::{ClockId, clock_gettime};

/// How often the removal is measured, each time of another member.
const ROUNDS: u32 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let suite = match arguments.next().as_deref() {
        Some("x25519") => Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
        Some("xwing") => Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519,
        _ => return Err("the first argument is x25519 or xwing".into()),
    };
    let members = arguments.next().ok_or("the second argument is a number")?;
    let mut group = Group::of(suite, members.parse()?)?;
    let (mut bytes, mut used) = (0, Vec::new());
    for round in 1..=ROUNDS {
        let begin = cpu();
        bytes = group.remove(LeafNodeIndex::new(round))?;
        used.push(cpu().saturating_sub(begin));
    }
    used.sort_unstable();
    let micros = used[used.len() / 2].as_micros();
    println!(
        "{}",
        serde_json::json!({"bytes": bytes, "cpu_micros": micros})
    );
    Ok(())
}

/// A group and the member who writes.
struct Group {
    provider: OpenMlsRustCrypto,
    signer: SignatureKeyPair,
    group: MlsGroup,
}

impl Group {
    fn of(suite: Ciphersuite, members: usize) -> Result<Self, Box<dyn Error>> {
        let provider = OpenMlsRustCrypto::default();
        let (signer, credential) = member(suite, "meter")?;
        let config = MlsGroupCreateConfig::builder().ciphersuite(suite).build();
        let mut group = MlsGroup::new(&provider, &signer, &config, credential)?;
        let mut packages = Vec::with_capacity(members);
        for number in 0..members {
            // Each has keys of its own; one store for all of them changes nothing for the writer.
            let (signer, credential) = member(suite, &format!("reader {number}"))?;
            let package = KeyPackage::builder().build(suite, &provider, &signer, credential)?;
            packages.push(package.key_package().clone());
        }
        let _ = group.add_members(&provider, &signer, &packages)?;
        group.merge_pending_commit(&provider)?;
        Ok(Self {
            provider,
            signer,
            group,
        })
    }

    /// Removes a member, and says how long the commit is.
    fn remove(&mut self, leaf: LeafNodeIndex) -> Result<usize, Box<dyn Error>> {
        let (commit, _, _) = self
            .group
            .remove_members(&self.provider, &self.signer, &[leaf])?;
        self.group.merge_pending_commit(&self.provider)?;
        Ok(commit.to_bytes()?.len())
    }
}

fn member(
    suite: Ciphersuite,
    name: &str,
) -> Result<(SignatureKeyPair, CredentialWithKey), Box<dyn Error>> {
    let signer = SignatureKeyPair::new(suite.signature_algorithm())?;
    let credential = CredentialWithKey {
        credential: BasicCredential::new(name.into()).into(),
        signature_key: signer.to_public_vec().into(),
    };
    Ok((signer, credential))
}

/// User and system time of all threads so far: the library encrypts on several.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap_or_default(),
        time.tv_nsec.try_into().unwrap_or_default(),
    )
}
