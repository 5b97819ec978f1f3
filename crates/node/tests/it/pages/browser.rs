//! A browser without JavaScript.

use reqwest::{Client, redirect};

use crate::household::Cast;
use crate::person::Person;
use crate::world::World;

/// A browser at which somebody is signed in.
pub(crate) struct Browser {
    http: Client,
    base: String,
    cookie: String,
}

impl Browser {
    /// Follows a link that the person's own key made.
    pub(crate) async fn of(world: &World, cast: &Cast, person: &Person) -> Self {
        let signer = world.signer();
        let made = cast.client.sign_in_link(&signer, &person.keys, None).await;
        let link = made.unwrap().url;
        let token = link.rsplit('/').next().unwrap();
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        let base = world.url("");
        let followed = http
            .post(format!("{base}/sign-in/link/{token}"))
            .send()
            .await;
        let followed = followed.unwrap();
        let cookie = followed.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { http, base, cookie }
    }

    /// The status and the page.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let request = self.http.get(format!("{}{path}", self.base));
        let answer = request.header("cookie", &self.cookie).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The status of an empty form, sent from this or another site.
    pub(crate) async fn post(&self, path: &str, site: Option<&str>) -> u16 {
        let request = self.http.post(format!("{}{path}", self.base));
        let request = request
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site.unwrap_or("same-origin"));
        request.send().await.unwrap().status().as_u16()
    }
}
