//! The rest of the world, as far as an installation asks it: addresses with what they answer. Nothing is sent anywhere.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use wicketgate_auth::{Fetch, FetchError, Fetching};

/// Servers of others.
#[derive(Default)]
pub(crate) struct Outside {
    answers: Mutex<HashMap<String, String>>,
    asked: Mutex<Vec<String>>,
}

impl Outside {
    /// Puts something at an address.
    pub(crate) fn publish(&self, url: &str, body: &str) {
        self.answers
            .lock()
            .unwrap()
            .insert(url.to_owned(), body.to_owned());
    }

    /// Nothing answers at an address any more.
    pub(crate) fn vanish(&self, url: &str) {
        self.answers.lock().unwrap().remove(url);
    }

    /// How often an address was asked.
    pub(crate) fn asked(&self, url: &str) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|asked| *asked == url).count()
    }
}

impl Fetch for Outside {
    fn fetch(&self, request: http::Request<Vec<u8>>) -> Fetching<'_> {
        let url = request.uri().to_string();
        self.asked.lock().unwrap().push(url.clone());
        let body = self.answers.lock().unwrap().get(&url).cloned();
        Box::pin(async move {
            match body {
                Some(body) => Ok(http::Response::new(body.into_bytes())),
                None => Err(FetchError::Unreachable {
                    host: url,
                    cause: "nobody is there".to_owned(),
                }),
            }
        })
    }
}
