//! People: accounts that were invited, accepted and signed in, as the console has them do.

use wicketgate_auth::{Plaintext, Role, Token};
use wicketgate_domain::{Caller, SignedIn};

use super::{TestGateway, TestOrg};

/// The password of every account of a test.
pub(crate) const PASSWORD: &str = "seven blue herons";

fn password() -> Plaintext {
    Plaintext::new(PASSWORD.to_owned())
}

impl TestGateway {
    /// An operator, and the token of its session.
    pub(crate) async fn operator(&self, email: &str) -> String {
        let link = self.0.instance.invite_operator(email).await.unwrap();
        self.accepted(&link).await
    }

    /// Makes an account of a link, and answers the token of its session.
    async fn accepted(&self, link: &Token) -> String {
        let gateway = self.surface().gateway;
        let (password, caller) = (password(), Caller::default());
        let accepted = gateway.accept_invitation(link, "Anna Berg", &password, &caller);
        accepted.await.unwrap().session.reveal().to_owned()
    }

    /// Signs an account in once more.
    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let gateway = self.surface().gateway;
        let signed_in: SignedIn = gateway
            .sign_in(email, &password(), None, &Caller::default())
            .await
            .unwrap();
        signed_in.session.reveal().to_owned()
    }

    /// A session whose account signed in ten minutes ago.
    pub(crate) async fn stale_session(&self, email: &str) -> String {
        self.turn_clock(-600);
        let token = self.sign_in(email).await;
        self.turn_clock(600);
        token
    }

    /// A session that was ended.
    pub(crate) async fn ended_session(&self, email: &str) -> String {
        let ended = self.sign_in(email).await;
        let gateway = self.surface().gateway;
        let session = gateway.session(&token(&ended)).await.unwrap();
        session.sign_out().await.unwrap();
        ended
    }
}

impl TestOrg {
    /// An account with a role in the organization, and the token of its session.
    pub(crate) async fn account(&self, email: &str, role: Role) -> String {
        let link = self.invitation(email, role).await;
        self.gateway.accepted(&link).await
    }

    /// Gives the account of a session a role in the organization.
    pub(crate) async fn admit(&self, session: &str, role: Role) {
        let link = self.invitation("somebody@example.com", role).await;
        let gateway = self.gateway.surface().gateway;
        let session = gateway.session(&token(session)).await.unwrap();
        session.accept_invitation(&link).await.unwrap();
    }

    async fn invitation(&self, email: &str, role: Role) -> Token {
        let owner = self.door.owner().unwrap();
        owner.invitations().create(email, role).await.unwrap().1
    }
}

fn token(text: &str) -> Token {
    Token::parse(text).unwrap()
}
