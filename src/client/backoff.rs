//! When a request is sent again, and after which pause.

use std::time::{Duration, SystemTime};

/// How often a request is repeated, and how the pauses grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Repetitions after every address was tried once.
    pub most: u32,
    /// The first pause; each further one may be twice as long.
    pub first_pause: Duration,
    /// No pause of our own choice is longer.
    pub longest_pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { most: 4, first_pause: Duration::from_millis(200), longest_pause: Duration::from_secs(10) }
    }
}

impl Retries {
    /// The pause before attempt `attempt` (the first one is 0) with so many addresses; nothing if there is none.
    ///
    /// Between the half and the whole of the exponential value, so that many clients do not come back at one moment.
    pub(super) fn pause(&self, attempt: u32, addresses: u32) -> Option<Duration> {
        let Some(repetition) = attempt.checked_sub(addresses) else { return Some(Duration::ZERO) };
        if repetition >= self.most {
            return None;
        }
        let grown = self.first_pause.saturating_mul(2u32.saturating_pow(repetition)).min(self.longest_pause);
        Some(grown.mul_f64(0.5 + fastrand::f64() / 2.0))
    }
}

/// Whether an answer means that a later one may differ.
pub(super) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// Whether the server says by this status that it has not begun.
pub(super) fn was_not_begun(status: u16) -> bool {
    matches!(status, 429 | 503)
}

/// What `Retry-After` asks for: seconds, or a date.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_begin_after_every_address_was_tried_and_grow_up_to_a_limit() {
        let retries = Retries { most: 4, ..Retries::default() };
        assert_eq!(retries.pause(0, 2), Some(Duration::ZERO));
        assert_eq!(retries.pause(1, 2), Some(Duration::ZERO));
        for (attempt, whole) in [(2, 200), (3, 400), (4, 800), (5, 1600)] {
            let pause = retries.pause(attempt, 2).expect("a repetition").as_millis();
            assert!((whole / 2..=whole).contains(&pause), "{attempt}: {pause} ms");
        }
        assert_eq!(retries.pause(6, 2), None);
        let many = Retries { most: 100, ..retries };
        assert!(many.pause(90, 1).is_some_and(|pause| pause <= many.longest_pause));
    }

    #[test]
    fn the_server_may_ask_for_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        assert_eq!(retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
