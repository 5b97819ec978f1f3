//! Mail over SMTP: what a mail server gets to see.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assent_node::{StartError, start};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::person::{Mailbox, Person, code_in, subject};
use crate::receiver::eventually;
use crate::world::World;

/// A mail server that keeps the lines that it hears, and answers the recipient as told.
async fn mail_server(to_recipients: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let lines = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, to_recipients, Arc::clone(&lines)));
        }
    });
    (url, heard)
}

async fn converse(stream: TcpStream, to_recipients: &str, heard: Arc<Mutex<Vec<String>>>) {
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
            "RCPT" => to_recipients,
            "QUIT" => "221 bye",
            _ => "250 mail.example",
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
