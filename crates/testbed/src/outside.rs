//! The rest of the world, as far as an installation asks it: addresses with what they answer. Nothing is sent anywhere.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use wicketgate_auth::{Fetch, FetchError, Fetching};

/// Servers of others.
#[derive(Debug, Default)]
pub struct Outside {
    answers: Mutex<HashMap<String, String>>,
    asked: Mutex<Vec<String>>,
}

impl Outside {
    /// Puts something at an address.
    pub fn publish(&self, url: &str, body: &str) {
        locked(&self.answers).insert(url.to_owned(), body.to_owned());
    }

    /// Nothing answers at an address any more.
    pub fn vanish(&self, url: &str) {
        locked(&self.answers).remove(url);
    }

    /// How often an address was asked.
    pub fn asked(&self, url: &str) -> usize {
        locked(&self.asked).iter().filter(|asked| *asked == url).count()
    }
}

impl Fetch for Outside {
    fn fetch(&self, request: http::Request<Vec<u8>>) -> Fetching<'_> {
        let url = request.uri().to_string();
        locked(&self.asked).push(url.clone());
        let body = locked(&self.answers).get(&url).cloned();
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

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
