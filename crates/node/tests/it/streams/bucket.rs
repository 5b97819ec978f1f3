//! A throw-away server that speaks S3.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assent_node::config::Config;
use futures_util::StreamExt as _;
use object_store::ObjectStore as _;
use object_store::aws::AmazonS3Builder;

/// A server with one bucket, until this is dropped.
pub(crate) struct BucketServer {
    process: Child,
    address: String,
}

impl BucketServer {
    pub(crate) async fn start() -> Self {
        let program =
            std::env::var_os("ASSENT_TEST_BUCKETS").unwrap_or_else(|| "moto_server".into());
        let mut process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`cargo xtask setup` says where ASSENT_TEST_BUCKETS is");
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = log
            .by_ref()
            .take(20)
            .find_map(|line| line.unwrap().split("Running on ").nth(1).map(str::to_owned))
            .expect("the server says where it listens");
        // Nobody else reads what it logs, and a full pipe would stop it.
        std::thread::spawn(move || log.for_each(drop));
        let server = Self { process, address };
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10));
        let bucket = format!("{}/segments", server.address);
        let made = client.build().unwrap().put(bucket).send().await.unwrap();
        assert!(made.status().is_success());
        server
    }

    /// Has a node keep its objects here.
    pub(crate) fn configure(&self, config: &mut Config) {
        config.objects_url = "s3://segments/of/a-node".into();
        config.objects_options = self.options();
    }

    fn options(&self) -> BTreeMap<String, String> {
        let options = [
            ("AWS_ENDPOINT_URL", self.address.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "somebody"),
            ("AWS_SECRET_ACCESS_KEY", "hush-hush"),
        ];
        BTreeMap::from(options.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    /// The names of all that lies in the bucket.
    pub(crate) async fn names(&self) -> Vec<String> {
        let builder = self.options().into_iter().fold(
            AmazonS3Builder::new().with_bucket_name("segments"),
            |builder, (name, value)| {
                builder.with_config(name.to_ascii_lowercase().parse().unwrap(), value)
            },
        );
        let bucket = builder.build().unwrap();
        let listed = bucket.list(None);
        listed
            .map(|object| object.unwrap().location.to_string())
            .collect()
            .await
    }
}

impl Drop for BucketServer {
    fn drop(&mut self) {
        // Either may fail only where it is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
