//! Contacts, the directory, export and erasure on PostgreSQL: the same answers as on SQLite.

#[expect(dead_code, reason = "tests of the store look into its files too")]
#[path = "../../../storage/tests/it/server.rs"]
pub(crate) mod server;

use assent_api::v1::accounts::{AccountExport, Erased};
use assent_api::v1::contacts::ContactView;

use crate::erasure::{ANN, erase, lived};
use crate::person::{Mailbox, Person};
use crate::world::World;

async fn world() -> World {
    World::with(|config| config.store_url = server::server().create_database()).await
}

#[tokio::test]
async fn a_person_is_found_exported_and_erased() {
    let world = world().await;
    let (_, ann) = lived(&world).await;
    let asker = Person::enter(&world).await;
    let found = asker.look_up(&world, ANN).await.unwrap();
    assert_eq!(found.party_id, ann.party());
    assert!(asker.look_up(&world, "nob@example.org").await.is_none());
    let contact: ContactView = ann.calls(&world).get("/v1/contacts").await.json();
    assert_eq!(contact.email, ANN.to_lowercase());
    let export: AccountExport = ann.calls(&world).get("/v1/accounts/export").await.json();
    assert_eq!((export.consents.len(), export.forms.len()), (2, 1));

    let erased: Erased = erase(&world, &ann).await.json();
    assert_eq!(erased.bodies, 5);
    assert!(asker.look_up(&world, ANN).await.is_none());
    let after: AccountExport = ann.calls(&world).get("/v1/accounts/export").await.json();
    assert!(after.contact.is_none() && after.forms.is_empty() && after.pseudonyms.is_empty());
}

#[tokio::test]
async fn what_was_erased_stays_so_after_a_restart() {
    let world = world().await;
    let (_, ann) = lived(&world).await;
    let _: Erased = erase(&world, &ann).await.json();
    let world = world.restarted().await;
    let asker = Person::enter(&world).await;
    assert!(asker.look_up(&world, ANN).await.is_none());
    let mut mailbox = Mailbox::new("ann@new.example");
    ann.confirm(&world, &mut mailbox).await;
    let found = asker.look_up(&world, "ann@new.example").await.unwrap();
    assert_eq!(found.party_id, ann.party());
}
