//! Attempts against receivers on this machine.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::webhooks::guard::Lookup;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

async fn serve(app: Router) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    tokio::spawn(axum::serve(listener, app).into_future());
    port
}

fn sender(private_allowed: bool, lookup: Lookup) -> Sender {
    let guard = Guard::with_lookup(private_allowed, lookup);
    Sender::new(guard, SigningKey::generate()).expect("TLS can be set up")
}

/// Gives these addresses, one after the other, the last one for ever.
fn rebinding(addresses: &[Ipv4Addr]) -> Lookup {
    let addresses = Mutex::new(addresses.iter().rev().copied().collect::<Vec<_>>());
    Arc::new(move |_| {
        let mut left = addresses.lock().expect("no test panics here");
        let address = if left.len() > 1 {
            left.pop()
        } else {
            left.last().copied()
        };
        Box::pin(async move {
            address
                .map(|address| vec![IpAddr::V4(address)])
                .ok_or_else(|| io::Error::other("none"))
        })
    })
}

fn to(url: &str) -> Outgoing<'_> {
    Outgoing {
        url,
        id: "evt_1",
        body: b"{}",
    }
}

#[tokio::test]
async fn a_message_arrives_with_its_headers() {
    let seen: Arc<Mutex<Option<(HeaderMap, Bytes)>>> = Arc::default();
    let keep = Arc::clone(&seen);
    let app = Router::new().route(
        "/hooks",
        post(|headers: HeaderMap, body: Bytes| async move {
            *keep.lock().expect("no test panics here") = Some((headers, body));
        }),
    );
    let port = serve(app).await;
    let sender = sender(true, rebinding(&[Ipv4Addr::LOCALHOST]));
    let url = format!("http://hooks.example:{port}/hooks?secret=1");
    let attempted = sender.send(to(&url), NOW).await;
    assert_eq!(attempted.result, AttemptResult::Status(200));
    let (headers, body) = seen
        .lock()
        .expect("no test panics here")
        .take()
        .expect("a request");
    assert_eq!(body, "{}");
    assert_eq!(headers["webhook-id"], "evt_1");
    assert_eq!(headers["webhook-timestamp"], "1767225600");
    assert_eq!(headers["content-type"], "application/json");
    assert!(
        headers["webhook-signature"]
            .to_str()
            .expect("text")
            .starts_with("v1a,")
    );
}

/// The receiver would answer, but it lives at an address that the guard does not let through. It
/// must not even see a connection.
#[tokio::test]
async fn nothing_connects_to_an_address_that_was_not_checked() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    // The first lookup would pass; the name is bound to another address when it counts.
    let lookup = rebinding(&[Ipv4Addr::new(93, 184, 215, 14), Ipv4Addr::LOCALHOST]);
    lookup("hooks.example".into())
        .await
        .expect("the first answer");
    let sender = sender(false, lookup);
    for url in [
        format!("https://hooks.example:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("http://hooks.example:{port}/"),
    ] {
        assert_eq!(
            sender.send(to(&url), NOW).await.result,
            AttemptResult::AddressRefused,
            "{url}"
        );
    }
    let connection = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(connection.is_err(), "somebody connected");
}

#[tokio::test]
async fn redirects_are_not_followed_and_long_answers_not_read() {
    let seen = Arc::new(Mutex::new(0));
    let count = Arc::clone(&seen);
    let app = Router::new()
        .route(
            "/away",
            post(|| async { (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]) }),
        )
        .route(
            "/elsewhere",
            post(move || async move { *count.lock().expect("no test panics here") += 1 }),
        )
        .route("/long", post(|| async { vec![0; 8 << 20] }))
        .route(
            "/busy",
            post(|| async {
                (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "30")]).into_response()
            }),
        );
    let port = serve(app).await;
    let sender = sender(true, rebinding(&[Ipv4Addr::LOCALHOST]));
    let url = |path| format!("http://127.0.0.1:{port}{path}");
    let away = sender.send(to(&url("/away")), NOW).await;
    assert_eq!(away.result, AttemptResult::Status(302));
    assert!(!away.result.is_delivered());
    assert_eq!(
        *seen.lock().expect("no test panics here"),
        0,
        "the redirect was followed"
    );
    assert!(
        sender
            .send(to(&url("/long")), NOW)
            .await
            .result
            .is_delivered()
    );
    let busy = sender.send(to(&url("/busy")), NOW).await;
    assert_eq!(
        (busy.result, busy.retry_after),
        (AttemptResult::Status(429), Some(Span::from_seconds(30)))
    );
}

#[tokio::test]
async fn nobody_at_home_is_a_failure() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    drop(listener);
    let sender = sender(true, rebinding(&[Ipv4Addr::LOCALHOST]));
    let attempted = sender
        .send(to(&format!("http://127.0.0.1:{port}/")), NOW)
        .await;
    assert_eq!(attempted.result, AttemptResult::ConnectionFailed);
}

/// A receiver that takes connections, says this much on each, and no more.
async fn stop_after(words: &'static str) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = connection.read(&mut request).await;
            let _ = connection.write_all(words.as_bytes()).await;
            open.push(connection);
        }
    });
    port
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_agreed() {
    let mut sender = sender(true, rebinding(&[Ipv4Addr::LOCALHOST]));
    assert_eq!(sender.timeout, Duration::from_secs(15));
    sender.timeout = Duration::from_millis(300);
    let begin = Instant::now();
    for (words, expected) in [
        ("", AttemptResult::TimedOut),
        ("HTTP/1.1 200 OK\r\ncontent-", AttemptResult::TimedOut),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n",
            AttemptResult::Status(200),
        ),
    ] {
        let url = format!("http://127.0.0.1:{}/", stop_after(words).await);
        let attempted = sender.send(to(&url), NOW).await;
        assert_eq!(attempted.result, expected, "{words}");
        assert!(attempted.took >= Span::from_millis(300), "{words}");
    }
    assert!(begin.elapsed() < Duration::from_secs(10));
}
