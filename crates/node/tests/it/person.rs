//! People with a mailbox.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use assent_api::v1::accounts::AddPseudonym;
use assent_api::v1::contacts::{
    AskContact, CodeSent, ConfirmContact, DirectoryEntry, DirectoryParty, LookUp, LookUpAnswer,
};
use assent_client::http::NodeClient;
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_crypto::{base64url, domains, sealing};
use assent_model::ids::PartyId;
use assent_model::records::Custody;
use assent_model::records::account::AccountPseudonym;
use assent_model::records::identity::PartyKind;

use crate::calls::{Answered, Calls};
use crate::world::World;

/// A registered person.
pub(crate) struct Person {
    pub(crate) keys: PartyKeys,
}

impl Person {
    /// A new person, registered.
    pub(crate) async fn enter(world: &World) -> Self {
        let keys = PartyKeys::generate();
        let client = NodeClient::new(&world.url("/")).unwrap();
        client
            .enrol(
                &world.signer(),
                &keys,
                PartyKind::Person,
                Custody::Independent,
            )
            .await
            .unwrap();
        Self { keys }
    }

    pub(crate) fn party(&self) -> PartyId {
        self.keys.party_id()
    }

    pub(crate) fn calls(&self, world: &World) -> Calls<'_> {
        Calls::by(world, &self.keys)
    }

    /// Asks for a code to an address.
    pub(crate) async fn ask(&self, world: &World, email: &str) -> Answered {
        let body = AskContact {
            email: email.into(),
            language: "en".parse().unwrap(),
        };
        self.calls(world).post("/v1/contacts", &body).await
    }

    /// Hands a code back.
    pub(crate) async fn hand_back(&self, world: &World, code: &str) -> Answered {
        let body = ConfirmContact { code: code.into() };
        self.calls(world)
            .post("/v1/contacts/confirmations", &body)
            .await
    }

    /// Asks for a code, reads the mailbox and hands the code back.
    pub(crate) async fn confirm(&self, world: &World, mailbox: &mut Mailbox) {
        let sent = self.ask(world, mailbox.address).await;
        let _: CodeSent = sent.json();
        let code = mailbox.code(world).await;
        let confirmed = self.hand_back(world, &code).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    }

    /// Looks an address up, and opens the answer.
    pub(crate) async fn look_up(&self, world: &World, email: &str) -> Option<DirectoryParty> {
        let answer: LookUpAnswer = self.sealed_look_up(world, email).await.json();
        self.open(&answer).party
    }

    pub(crate) async fn sealed_look_up(&self, world: &World, email: &str) -> Answered {
        let body = LookUp {
            email: email.into(),
        };
        self.calls(world).post("/v1/directory/lookups", &body).await
    }

    /// Opens an answer of the directory.
    pub(crate) fn open(&self, answer: &LookUpAnswer) -> DirectoryEntry {
        let sealed = base64url::decode(&answer.sealed).unwrap();
        let (info, aad) = (domains::SEAL_DIRECTORY.as_bytes(), self.party().to_string());
        let opened = sealing::open(&self.keys.opening, info, aad.as_bytes(), &sealed).unwrap();
        DirectoryEntry::from_padded(&opened).unwrap()
    }

    /// The path of a link to sign in by that the person's own key has made.
    pub(crate) async fn sign_in_path(&self, world: &World) -> String {
        let client = NodeClient::new(&world.url("/")).unwrap();
        let made = client.sign_in_link(&world.signer(), &self.keys, None).await;
        let url = made.unwrap().url;
        url[url.find("/sign-in/link/").unwrap()..].to_owned()
    }

    /// Names a pseudonym as this person's.
    pub(crate) async fn add(&self, world: &World, pseudonym: &Pseudonym) -> Answered {
        let statement = statement(world, self.party(), pseudonym);
        self.calls(world)
            .post("/v1/accounts/pseudonyms", &AddPseudonym { statement })
            .await
    }
}

/// What a pseudonym signs to join an account.
pub(crate) fn statement(world: &World, party: PartyId, pseudonym: &Pseudonym) -> String {
    let content = AccountPseudonym {
        party,
        surrogate_id: pseudonym.surrogate_id(),
    };
    let signed = world.signer().sign(&pseudonym.key, content);
    signed.compact().to_owned()
}

/// The letters to one address, each read once.
pub(crate) struct Mailbox {
    pub(crate) address: &'static str,
    read: BTreeSet<PathBuf>,
}

impl Mailbox {
    pub(crate) fn new(address: &'static str) -> Self {
        Self {
            address,
            read: BTreeSet::new(),
        }
    }

    /// The letters that have come since the last look.
    pub(crate) fn fresh(&mut self, world: &World) -> Vec<String> {
        let Ok(files) = fs::read_dir(world.config.data_dir.join("mail")) else {
            return Vec::new();
        };
        let to = format!("\r\nTo: {}\r\n", self.address.to_lowercase());
        let mut letters = Vec::new();
        for file in files {
            let path = file.unwrap().path();
            let letter = fs::read_to_string(&path).unwrap();
            // A letter that is being written does not end with its last boundary yet.
            let is_ours = letter.contains(&to) && letter.ends_with("--\r\n");
            if is_ours && self.read.insert(path) {
                letters.push(letter);
            }
        }
        letters
    }

    /// Waits for letters, and returns them sorted by subject.
    pub(crate) async fn wait_for(&mut self, world: &World, count: usize) -> Vec<String> {
        let mut letters = Vec::new();
        while letters.len() < count {
            letters.extend(self.fresh(world));
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        letters.sort_by_key(|letter| subject(letter));
        letters
    }

    /// Waits for a letter with this subject, and returns it without soft line breaks.
    pub(crate) async fn about(&mut self, world: &World, wanted: &str) -> String {
        let search = async {
            loop {
                let letters = self.wait_for(world, 1).await;
                let is_it = |letter: &&String| subject(letter) == wanted;
                if let Some(letter) = letters.iter().find(is_it) {
                    return letter.replace("=\r\n", "");
                }
            }
        };
        let patience = std::time::Duration::from_secs(20);
        let found = tokio::time::timeout(patience, search).await;
        found.unwrap_or_else(|_| panic!("waited in vain for {wanted:?}"))
    }

    /// Waits for the next letter with a code.
    pub(crate) async fn code(&mut self, world: &World) -> String {
        loop {
            let letters = self.wait_for(world, 1).await;
            if let Some(code) = letters.iter().find_map(|letter| code_in(letter)) {
                return code;
            }
        }
    }
}

/// The subject of a letter.
pub(crate) fn subject(letter: &str) -> String {
    let mut lines = letter.lines();
    let line = lines.find_map(|line| line.strip_prefix("Subject: "));
    line.unwrap().to_owned()
}

/// The code in a letter: a line of its own, two groups of four.
pub(crate) fn code_in(letter: &str) -> Option<String> {
    let is_code = |line: &&str| {
        line.len() == 9
            && line.bytes().enumerate().all(|(place, byte)| match place {
                4 => byte == b'-',
                _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            })
    };
    letter.lines().find(is_code).map(str::to_owned)
}
