//! Where the gateway listens, and which address clients see when none was chosen.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::anyhow;

/// Where to listen when nothing says so.
pub(crate) const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Reads `ADDRESS:PORT`. A host name is refused: it may stand for several addresses, and only one is listened on.
pub(super) fn parse(text: &str) -> anyhow::Result<SocketAddr> {
    text.parse()
        .map_err(|_| anyhow!("write an IP address and a port, such as 127.0.0.1:8080 or [::]:8080"))
}

/// Reads the address of metrics, which is another one than that of the gateway: what organizations reach shows none.
pub(super) fn of_metrics(text: &str, listen: SocketAddr) -> anyhow::Result<SocketAddr> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| anyhow!("write an IP address and a port, such as 127.0.0.1:9090"))?;
    // Any port but 0, which stands for one that is free.
    if address.port() == listen.port() && address.port() != 0 {
        return Err(anyhow!(
            "the gateway itself listens on that port: choose another port for metrics, such as 127.0.0.1:9090"
        ));
    }
    Ok(address)
}

/// The URL of an address that is listened on. "All addresses" is none that a client could use: this machine's own
/// stands in for it.
pub(crate) fn url_of(listen: SocketAddr) -> String {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, listen.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ip_address_with_a_port_is_read() {
        assert_eq!(parse("127.0.0.1:8080").unwrap(), DEFAULT);
        assert_eq!(parse("[::]:80").unwrap().port(), 80);
        for text in [
            "localhost:8080",
            ":8080",
            "8080",
            "127.0.0.1",
            "127.0.0.1:70000",
            "",
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("127.0.0.1:8080"), "{text}: {error}");
        }
    }

    #[test]
    fn metrics_have_a_port_of_their_own() {
        let listen = "0.0.0.0:8080".parse().unwrap();
        assert_eq!(of_metrics("[::1]:9090", listen).unwrap().port(), 9090);
        assert!(of_metrics("127.0.0.1:0", "127.0.0.1:0".parse().unwrap()).is_ok());
        for (text, fix) in [
            ("127.0.0.1:8080", "choose another port"),
            ("localhost:9090", "write an IP address"),
            ("9090", "write an IP address"),
        ] {
            let error = of_metrics(text, listen).unwrap_err().to_string();
            assert!(error.contains(fix), "{text}: {error}");
        }
    }

    #[test]
    fn all_addresses_are_shown_as_this_machine() {
        for (listen, url) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:80", "http://[::1]:80"),
            ("192.0.2.1:81", "http://192.0.2.1:81"),
        ] {
            assert_eq!(url_of(listen.parse().unwrap()), url);
        }
    }
}
