//! Where a registry is: one or more addresses of the same data.

use percent_encoding::percent_decode_str;
use reqwest::Url;
use thiserror::Error;

use super::Credentials;

/// The addresses of a registry, the preferred one first, and what was written beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Each with its path prefix, without user and password.
    pub urls: Vec<Url>,
    /// User and password that an address carried.
    pub credentials: Option<Credentials>,
}

/// The text is no address; what it says stays out of the message, for it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidAddress {
    /// Not a URL at all.
    #[error("is no address; write it as https://registry.example.com or http://127.0.0.1:8081")]
    NotAUrl,
    /// A URL of another kind.
    #[error("must begin with http:// or https://")]
    NotHttp,
    /// A URL with `?` or `#`.
    #[error("must end with the path; a query (?) or a fragment (#) belongs to no registry's address")]
    Trailing,
    /// Different accounts in one list.
    #[error("names different users; all addresses of a registry share one account")]
    Accounts,
}

impl Addresses {
    /// Reads a list that is separated by commas.
    pub fn parse(list: &str) -> Result<Self, InvalidAddress> {
        let mut read = Self { urls: Vec::new(), credentials: None };
        for text in list.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let (url, credentials) = one(text)?;
            if let Some(found) = credentials {
                if read.credentials.as_ref().is_some_and(|first| *first != found) {
                    return Err(InvalidAddress::Accounts);
                }
                read.credentials = Some(found);
            }
            read.urls.push(url);
        }
        if read.urls.is_empty() { Err(InvalidAddress::NotAUrl) } else { Ok(read) }
    }
}

fn one(text: &str) -> Result<(Url, Option<Credentials>), InvalidAddress> {
    let mut url = Url::parse(text).map_err(|_no_url| InvalidAddress::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        // `localhost:8081` is a URL of the scheme `localhost`.
        return Err(if text.contains("://") { InvalidAddress::NotHttp } else { InvalidAddress::NotAUrl });
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(InvalidAddress::Trailing);
    }
    let credentials = account(&url);
    if credentials.is_some() {
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        debug_assert!(cleared.is_ok(), "an address with a host may have a user");
    }
    Ok((url, credentials))
}

fn account(url: &Url) -> Option<Credentials> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let password = url.password().map(decoded);
    if url.username().is_empty() && password.is_none() {
        return None;
    }
    Some(Credentials::Basic { user: decoded(url.username()), password: password.unwrap_or_default() })
}

/// Whether everything below an address is in a context other than the default one (`…/contexts/.team`).
pub(super) fn is_in_context(url: &Url) -> bool {
    let mut segments = url.path().split('/').skip_while(|segment| *segment != "contexts").skip(1);
    segments.next().is_some_and(|context| {
        let context = percent_decode_str(context).decode_utf8_lossy();
        !context.trim_matches([':', '.']).is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_and_the_account_is_taken_out() {
        let read = Addresses::parse("https://me:a%40b@one.example/base/, http://two.example:8081").expect("addresses");
        let urls: Vec<&str> = read.urls.iter().map(Url::as_str).collect();
        assert_eq!(urls, ["https://one.example/base/", "http://two.example:8081/"]);
        assert_eq!(read.credentials, Some(Credentials::Basic { user: "me".to_owned(), password: "a@b".to_owned() }));
    }

    #[test]
    fn what_is_no_address_is_told_without_repeating_it() {
        for (text, wrong) in [
            ("", InvalidAddress::NotAUrl),
            ("registry", InvalidAddress::NotAUrl),
            ("localhost:8081", InvalidAddress::NotAUrl),
            ("ftp://host", InvalidAddress::NotHttp),
            ("http://host/?a=b", InvalidAddress::Trailing),
            ("http://a:b@one,http://c:d@two", InvalidAddress::Accounts),
        ] {
            assert_eq!(Addresses::parse(text), Err(wrong), "{text}");
        }
    }
}
