//! Addresses of machines: IPv4, IPv6 (RFC 4291 §2.2), hardware addresses (IEEE EUI-48).

use super::window::{AHEAD_BYTES_MAX, Window, is_word};
use super::{Found, kind};

pub fn detect(window: &Window<'_>) -> Option<Found> {
    let (first, second) = (window.at(0)?, window.before(1));
    // An address leaves out zeroes once (RFC 4291 §2.2), so that what follows two colons ends one.
    if second == Some(b':') && (first == b':' || window.before(2) == Some(b':')) {
        return None;
    }
    let chained = goes_on_from_a_group(window);
    // Four octets are an address behind a colon too, whatever stood before it.
    if first.is_ascii_digit()
        && (!chained || second == Some(b':'))
        && let Some(length) = ipv4(window)
    {
        return Some(Found { kind: kind("ip_address"), length });
    }
    if chained {
        return None;
    }
    if !first.is_ascii_hexdigit() && first != b':' {
        return None;
    }
    mac(window)
        .map(|length| Found { kind: kind("mac_address"), length })
        .or_else(|| ipv6(window).map(|length| Found { kind: kind("ip_address"), length }))
}

/// Whether a group of hexadecimal digits and a divider stand before: the place is within a longer chain of the same
/// sort. The end of a word (`remote:`) is no group.
fn goes_on_from_a_group(window: &Window<'_>) -> bool {
    if !matches!(window.before(1), Some(b':' | b'.' | b'-')) {
        return false;
    }
    let group = || (2..=6).map_while(|nth| window.before(nth)).take_while(u8::is_ascii_hexdigit);
    let word = || {
        group().all(|byte| byte.is_ascii_alphabetic())
            && window.before(group().count() + 2).is_some_and(|byte| byte.is_ascii_alphabetic())
    };
    group().next().is_some() && !word()
}

/// Four decimal octets; returns the place behind them.
fn quad(window: &Window<'_>, start: usize) -> Option<(usize, [u8; 4])> {
    let mut octets = [0; 4];
    let mut at = start;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            if window.at(at) != Some(b'.') {
                return None;
            }
            at += 1;
        }
        let end = window.run(at, 4, |byte| byte.is_ascii_digit());
        let digits = window.slice(at..end);
        if digits.is_empty() || digits.len() > 3 || digits.len() > 1 && digits[0] == b'0' {
            return None;
        }
        *octet = std::str::from_utf8(digits).ok()?.parse().ok()?;
        at = end;
    }
    Some((at, octets))
}

fn ipv4(window: &Window<'_>) -> Option<usize> {
    let (end, octets) = quad(window, 0)?;
    // A fifth part makes it a version or an object identifier; a full stop does not.
    if !window.is_boundary(end)
        || window.at(end) == Some(b'.')
            && window.at(end + 1).is_some_and(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let cidr = cidr(window, end, 32);
    let nobody =
        matches!(octets, [127, ..] | [255, 255, 255, _]) || octets == [0; 4] && cidr == end;
    let version = window.named(&["version", "release", "firmware", " v", "oid"])
        && octets[3] < 30
        && octets[0] < 30;
    (!nobody && !version).then_some(cidr)
}

/// The end of a prefix length, if one follows.
fn cidr(window: &Window<'_>, end: usize, max: u32) -> usize {
    if window.at(end) != Some(b'/') {
        return end;
    }
    let digits = window.run(end + 1, 4, |byte| byte.is_ascii_digit());
    let length = std::str::from_utf8(window.slice(end + 1..digits))
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    if length.is_some_and(|length| length <= max) && window.is_boundary(digits) {
        digits
    } else {
        end
    }
}

fn ipv6(window: &Window<'_>) -> Option<usize> {
    let mut at = 0;
    let mut groups = 0;
    let mut compressed = false;
    let mut digits = 0;
    let mut long = false;
    if window.at(0) == Some(b':') {
        if window.at(1) != Some(b':')
            || window.before(1).is_some_and(|byte| is_word(byte) || byte == b'>')
        {
            return None;
        }
        compressed = true;
        at = 2;
    }
    let mut end;
    loop {
        let group = window.run(at, 5, |byte| byte.is_ascii_hexdigit());
        let text = window.slice(at..group);
        end = at;
        if text.is_empty() {
            break;
        }
        if window.at(group) == Some(b'.')
            && text.len() <= 3
            && window.at(group + 1).is_some_and(|byte| byte.is_ascii_digit())
        {
            // The last 32 bits in the older notation.
            end = quad(window, at)?.0;
            groups += 2;
            digits += 4;
            long = true;
            break;
        }
        if text.len() > 4 {
            return None;
        }
        groups += 1;
        digits += text.iter().filter(|byte| byte.is_ascii_digit()).count();
        long |= text.len() > 2;
        end = group;
        if window.at(group) != Some(b':') {
            break;
        }
        if window.at(group + 1) == Some(b':') {
            if compressed {
                return None;
            }
            compressed = true;
            at = group + 2;
        } else if window.at(group + 1).is_some_and(|byte| byte.is_ascii_hexdigit()) {
            at = group + 1;
        } else {
            break;
        }
        if groups > 8 {
            return None;
        }
    }
    let whole = if compressed {
        groups <= 7
            && (digits > 0 && (long || groups > 2) || groups == 0 && window.named(&["ip", "ipv6"]))
            || groups == 1
                && digits == 1
                && end == 3
                && window.named(&["ip", "ipv6", "address", "from", "host", "dst", "listen"])
    } else {
        groups == 8 && long
    };
    if !whole || !window.is_boundary(end) || window.at(end) == Some(b':') {
        return None;
    }
    // A zone (RFC 4007 §11).
    if window.at(end) == Some(b'%') {
        end = window.run(end + 1, 16, |byte| byte.is_ascii_alphanumeric());
    }
    Some(cidr(window, end, 128).min(AHEAD_BYTES_MAX))
}

fn mac(window: &Window<'_>) -> Option<usize> {
    let group = window.run(0, 5, |byte| byte.is_ascii_hexdigit());
    let divider = window.at(group)?;
    let (groups, size) = match (group, divider) {
        (2, b':' | b'-') => (6, 2),
        (4, b'.') => (3, 4),
        _ => return None,
    };
    let mut at = 0;
    for index in 0..groups {
        if index > 0 {
            if window.at(at) != Some(divider) {
                return None;
            }
            at += 1;
        }
        if window.run(at, size + 1, |byte| byte.is_ascii_hexdigit()) - at != size {
            return None;
        }
        at += size;
    }
    let text = window.slice(0..at);
    let alike = |byte: u8| {
        text.iter()
            .filter(|found| **found != divider)
            .all(|found| found.eq_ignore_ascii_case(&byte))
    };
    let chain = window.at(at) == Some(divider);
    // A date with a time has no letters and is divided by hyphens: three groups of two would not reach six.
    (window.is_boundary(at) && !chain && !alike(b'0') && !alike(b'f')).then_some(at)
}
