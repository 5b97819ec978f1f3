//! Mail over SMTP: what a mail server gets to see.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assent_node::mail::catalogue::Letter;
use assent_node::mail::write_to;
use assent_node::{StartError, start};
use assent_storage::StoredDocument;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::person::{Mailbox, Person, code_in, subject};
use crate::receiver::eventually;
use crate::world::World;

/// What a mail server says to a line instead of that it is fine.
type Says = Arc<dyn Fn(&str) -> Option<&'static str> + Send + Sync>;

/// A mail server that keeps the lines that it hears, and answers the recipient as told.
async fn mail_server(to_recipients: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    mail_server_that(move |line| line.starts_with("RCPT").then_some(to_recipients)).await
}

/// A mail server that keeps the lines that it hears.
async fn mail_server_that(
    says: impl Fn(&str) -> Option<&'static str> + Send + Sync + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let says: Says = Arc::new(says);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let lines = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&says), Arc::clone(&lines)));
        }
    });
    (url, heard)
}

async fn converse(stream: TcpStream, says: Says, heard: Arc<Mutex<Vec<String>>>) {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 mail.example\r\n").await.unwrap();
    let mut in_message = false;
    while let Ok(Some(line)) = lines.next_line().await {
        heard.lock().unwrap().push(line.clone());
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "." if in_message => {
                in_message = false;
                "250 taken"
            }
            _ if in_message => continue,
            "DATA" => {
                in_message = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => says(&line).unwrap_or("250 mail.example"),
        };
        writing
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_letter_reaches_the_mail_server_and_no_file() {
    let (url, heard) = mail_server("250 fine").await;
    let world = World::with(|config| {
        config.mail_url = url;
        config.mail_from = "Assent <no-reply@node.example>".into();
        config.public_url = "https://node.example".into();
    })
    .await;
    let ann = Person::enter(&world).await;
    ann.ask(&world, "ann@example.org").await;
    let code = eventually("a letter", || async {
        let lines = heard.lock().unwrap().join("\n");
        lines.contains("\n.\n").then(|| code_in(&lines)).flatten()
    })
    .await;
    assert_eq!(ann.hand_back(&world, &code).await.status, 200);
    let lines = heard.lock().unwrap().clone();
    for expected in [
        "MAIL FROM:<no-reply@node.example>",
        "RCPT TO:<ann@example.org>",
        "From: Assent <no-reply@node.example>",
        "To: ann@example.org",
        "Subject: Confirm your e-mail address",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected}: {lines:#?}"
        );
    }
    assert!(!world.config.data_dir.join("mail").exists());
}

#[tokio::test]
async fn a_refusal_by_the_mail_server_is_not_an_error_of_the_caller() {
    let (url, heard) = mail_server("550 no such mailbox: ann@example.org").await;
    let world = World::with(|config| config.mail_url = url).await;
    let ann = Person::enter(&world).await;
    assert_eq!(ann.ask(&world, "ann@example.org").await.status, 200);
    let is_refused = |lines: &[String]| lines.iter().any(|line| line.starts_with("RCPT"));
    eventually("a refusal", || async {
        is_refused(&heard.lock().unwrap()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_node_stops_though_its_mail_server_does_not_answer() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let world = World::with(|config| config.mail_url = url).await;
    let ann = Person::enter(&world).await;
    assert_eq!(ann.ask(&world, "ann@example.org").await.status, 200);
    let (_never_answered, _) = silent.accept().await.unwrap();
    let stopped = tokio::time::timeout(Duration::from_secs(10), world.running.stop());
    stopped.await.expect("in time").unwrap();
}

#[tokio::test]
async fn a_node_with_unusable_mail_does_not_start() {
    for (mail_url, mail_from) in [
        ("https://mail.example", "Assent <no-reply@node.example>"),
        ("", "Assent <no-reply@node.example>\r\nBcc: eve@example.org"),
        ("", "nobody"),
    ] {
        let world = World::new().await;
        let (mut config, clock) = (world.config.clone(), world.clock.clone());
        world.running.stop().await.unwrap();
        config.mail_url = mail_url.into();
        config.mail_from = mail_from.into();
        let started = start(config, clock).await;
        assert!(
            matches!(started, Err(StartError::Mail(_))),
            "{mail_url} {mail_from}"
        );
    }
}

/// Letters that no mail server takes lie sealed in the store, through a crash too, and are sent once
/// there is one; each once.
#[tokio::test]
async fn a_letter_that_waits_is_not_lost() {
    let mut world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new("ann@example.org");
    ann.confirm(&world, &mut mailbox).await;
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    world.config.mail_url = format!("smtp://{}", closed.local_addr().unwrap());
    drop(closed);
    let mut world = world.restarted().await;
    let signed_in = ann.calls(&world).post_empty("/sign-in/key").await;
    assert_eq!(signed_in.status, 204, "{}", signed_in.text());
    let waiting = world.running.node().store.documents("letter", "", 10).await;
    let [stored] = waiting.unwrap().try_into().expect("one letter");
    assert!(serde_json::from_slice::<serde_json::Value>(&stored.document.body).is_err());
    world.config.mail_url = String::new();
    mailbox.fresh(&world);
    let world = world.restarted().await;
    let wanted = "Somebody signed in to your account";
    mailbox.about(&world, wanted).await;
    let is_empty = || async {
        let waiting = world.running.node().store.documents("letter", "", 10).await;
        waiting.unwrap().is_empty().then_some(())
    };
    eventually("an empty queue", is_empty).await;
    let world = world.restarted().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let again = mailbox.fresh(&world).into_iter();
    assert_eq!(again.filter(|letter| subject(letter) == wanted).count(), 0);
}

/// A household at a node that writes letters to files, and then goes on with another mail server.
async fn with_contact(world: &World, address: &'static str) -> Person {
    let person = Person::enter(world).await;
    person.confirm(world, &mut Mailbox::new(address)).await;
    let is_told = || async { waiting(world).await.is_empty().then_some(()) };
    eventually("an empty queue", is_told).await;
    person
}

async fn waiting(world: &World) -> Vec<StoredDocument> {
    let node = world.running.node();
    node.store.documents("letter", "", 100).await.unwrap()
}

async fn at_server(mut world: World, url: String) -> World {
    world.config.mail_url = url;
    world.restarted().await
}

/// Attack, or a password that ran out: a server that takes nothing from this node must not cost a letter.
#[tokio::test]
async fn only_a_refusal_of_the_letter_ends_it() {
    for (command, answer, is_kept) in [
        ("EHLO", "421 4.3.2 shutting down", true),
        ("MAIL", "530 5.7.0 authentication required", true),
        ("MAIL", "535 5.7.8 credentials invalid", true),
        ("RCPT", "550 5.7.1 relaying denied", true),
        ("RCPT", "554 5.7.1 client host rejected", true),
        ("RCPT", "451 4.7.1 come back later", true),
        ("RCPT", "550 5.1.1 no such mailbox", false),
        ("RCPT", "550 relay not permitted", true),
    ] {
        let says = move |line: &str| line.starts_with(command).then_some(answer);
        let (url, heard) = mail_server_that(says).await;
        let world = World::new().await;
        let ann = with_contact(&world, "ann@example.org").await;
        let world = at_server(world, url).await;
        let node = world.running.node();
        write_to(node, ann.party(), Letter::DeviceAdded)
            .await
            .unwrap();
        let is_heard = || async {
            let heard = heard.lock().unwrap();
            heard
                .iter()
                .any(|line| line.starts_with(command))
                .then_some(())
        };
        eventually("the refusal", is_heard).await;
        if is_kept {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(waiting(&world).await.len(), 1, "{answer}");
            let world = at_server(world, String::new()).await;
            let mut mailbox = Mailbox::new("ann@example.org");
            mailbox.about(&world, "A device can sign for you now").await;
        } else {
            let is_empty = || async { waiting(&world).await.is_empty().then_some(()) };
            eventually("an end of the letter", is_empty).await;
        }
    }
}

/// A letter that was handed over and cannot be deleted is not handed over again and again.
#[tokio::test]
async fn a_letter_that_stays_in_the_store_is_sent_once() {
    let world = World::new().await;
    let ann = with_contact(&world, "ann@example.org").await;
    let path = world.config.data_dir.join("assent.sqlite");
    let database = Database::connect(format!("sqlite:{}", path.display())).await;
    let database = database.unwrap();
    let run = async |sql: &str| {
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        database.execute_raw(statement).await.unwrap();
    };
    run(
        "CREATE TRIGGER stays BEFORE DELETE ON documents WHEN OLD.kind = 'letter' \
        BEGIN SELECT RAISE(ABORT, 'it stays'); END",
    )
    .await;
    let mut mailbox = Mailbox::new("ann@example.org");
    mailbox.fresh(&world);
    let node = world.running.node();
    let mut come = Vec::new();
    for _ in 0..3 {
        write_to(node, ann.party(), Letter::DeviceAdded)
            .await
            .unwrap();
        come.extend(mailbox.wait_for(&world, 1).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    come.extend(mailbox.fresh(&world));
    assert_eq!(come.len(), 3, "each once");
    assert_eq!(waiting(&world).await.len(), 3);
    run("DROP TRIGGER stays").await;
    write_to(node, ann.party(), Letter::DeviceAdded)
        .await
        .unwrap();
    let is_empty = || async { waiting(&world).await.is_empty().then_some(()) };
    eventually("an empty queue", is_empty).await;
    assert_eq!(mailbox.fresh(&world).len(), 1, "the new one alone");
}

/// Attack: an address that takes nothing, and many letters for it, keep others waiting.
#[tokio::test]
async fn one_address_holds_up_no_letters_of_others() {
    let says = |line: &str| {
        let is_slow = line.starts_with("RCPT") && line.contains("eve@");
        is_slow.then_some("451 4.7.1 come back later")
    };
    let (url, heard) = mail_server_that(says).await;
    let world = World::new().await;
    let eve = with_contact(&world, "eve@example.org").await;
    let ann = with_contact(&world, "ann@example.org").await;
    let world = at_server(world, url).await;
    let node = world.running.node();
    for _ in 0..100 {
        write_to(node, eve.party(), Letter::DeviceAdded)
            .await
            .unwrap();
    }
    write_to(node, ann.party(), Letter::DeviceAdded)
        .await
        .unwrap();
    let is_taken = || async {
        let heard = heard.lock().unwrap();
        let mut is_to_ann = heard
            .iter()
            .skip_while(|line| !line.contains("ann@example.org"));
        is_to_ann.any(|line| line == ".").then_some(())
    };
    eventually("the letter of the other", is_taken).await;
    let is_tried = |line: &&String| line.starts_with("RCPT TO:<eve@");
    let tried = heard.lock().unwrap().iter().filter(is_tried).count();
    assert!(tried <= 3, "nobody is pressed");
    assert_eq!(waiting(&world).await.len(), 100, "and nothing is lost");
}

/// What is told about a change of contacts waits in the store, also what goes to an address that leads to
/// nobody any more.
#[tokio::test]
async fn what_is_told_about_contacts_survives_a_crash() {
    let is_open = Arc::new(AtomicBool::new(true));
    let opened = Arc::clone(&is_open);
    let says = move |line: &str| {
        let is_shut = !opened.load(Ordering::Relaxed) && line.starts_with("MAIL");
        is_shut.then_some("421 4.3.2 shutting down")
    };
    let (url, heard) = mail_server_that(says).await;
    let world = World::new().await;
    let ann = with_contact(&world, "ann@example.org").await;
    let world = at_server(world, url).await;
    ann.ask(&world, "new@example.org").await;
    let code = eventually("a code", || async {
        let lines = heard.lock().unwrap().join("\n");
        lines.contains("\n.\n").then(|| code_in(&lines)).flatten()
    })
    .await;
    is_open.store(false, Ordering::Relaxed);
    assert_eq!(ann.hand_back(&world, &code).await.status, 200);
    assert_eq!(waiting(&world).await.len(), 2);
    for stored in waiting(&world).await {
        let body = String::from_utf8_lossy(&stored.document.body).into_owned();
        assert!(!body.contains("example.org"), "sealed");
    }
    let (mut before, mut now) = (
        Mailbox::new("ann@example.org"),
        Mailbox::new("new@example.org"),
    );
    before.fresh(&world);
    let world = at_server(world, String::new()).await;
    before
        .about(&world, "Your e-mail address was removed")
        .await;
    now.about(&world, "Your e-mail address is confirmed").await;
}
