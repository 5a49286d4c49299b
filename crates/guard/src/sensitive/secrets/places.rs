//! Places that hold secrets: key blocks, tokens of several parts, addresses that carry a password or are one.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem::Finder;

use super::begins_word;
use super::tokens::{RUN_BYTES_MAX, Set};
use super::values::is_placeholder;
use crate::sensitive::{Kind, Span};

/// What a mark stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `-----BEGIN … PRIVATE KEY-----` until its end.
    KeyBlock,
    Putty,
    Jwt,
    JwtInBase64,
    /// `scheme://user:password@host`.
    Address,
    /// An address that lets whoever knows it write.
    Webhook,
    /// `curl -u user:password`.
    Curl,
    OpenAi,
    AzureSecret,
    AzureSignature,
    Telegram,
    Mailchimp,
    NewRelic,
    Terraform,
    Sidekiq,
    OnePassword,
    /// `-p` and `--password` of commands that sign in.
    SignIn,
}

pub const PLACES: &[(&str, Place)] = &[
    ("-----BEGIN ", Place::KeyBlock),
    ("PuTTY-User-Key-File-", Place::Putty),
    ("eyJ", Place::Jwt),
    ("ZXlK", Place::JwtInBase64),
    ("://", Place::Address),
    ("hooks.slack.com/services/", Place::Webhook),
    ("hooks.slack.com/workflows/", Place::Webhook),
    ("hooks.slack.com/triggers/", Place::Webhook),
    ("webhook.office.com/webhookb2/", Place::Webhook),
    ("outlook.office.com/webhook/", Place::Webhook),
    ("discord.com/api/webhooks/", Place::Webhook),
    ("discordapp.com/api/webhooks/", Place::Webhook),
    ("hooks.zapier.com/hooks/catch/", Place::Webhook),
    ("api.telegram.org/bot", Place::Webhook),
    ("chat.googleapis.com/v1/spaces/", Place::Webhook),
    ("oapi.dingtalk.com/robot/send?access_token=", Place::Webhook),
    ("open.feishu.cn/open-apis/bot/v2/hook/", Place::Webhook),
    ("qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", Place::Webhook),
    ("maker.ifttt.com/trigger/", Place::Webhook),
    ("tines.com/webhook/", Place::Webhook),
    ("curl", Place::Curl),
    ("docker login", Place::SignIn),
    ("T3BlbkFJ", Place::OpenAi),
    ("Q~", Place::AzureSecret),
    ("sig=", Place::AzureSignature),
    (":AA", Place::Telegram),
    ("-us", Place::Mailchimp),
    ("NRAL", Place::NewRelic),
    (".atlasv1.", Place::Terraform),
    ("CONTRIBSYS__COM", Place::Sidekiq),
    ("A3-", Place::OnePassword),
];

/// The kinds that places hold.
pub fn kinds() -> impl Iterator<Item = Kind> {
    const KINDS: &[&str] = &[
        "private_key",
        "jwt",
        "webhook_url",
        "basic_auth",
        "connection_string",
        "password",
        "openai_key",
        "azure_client_secret",
        "azure_sas",
        "telegram_token",
        "mailchimp_key",
        "new_relic_key",
        "terraform_token",
        "sidekiq_secret",
        "onepassword_secret_key",
    ];
    KINDS.iter().map(|kind| Kind::new(kind))
}

/// The longest key block; a PGP key with photographs may be longer, its first part is then enough to spoil it.
const BLOCK_BYTES_MAX: usize = 16_384;

/// Until where it is known that no at sign and no end of a block follows, and what is known of the last first part of a
/// token: where it ends, and how many headers that begin in it were decoded.
#[derive(Default)]
pub struct Memo {
    no_at_sign: usize,
    no_block_end: usize,
    part_end: usize,
    headers: usize,
    /// Bytes that were looked at for it.
    pub looks: usize,
}

/// Headers that are decoded within one part: tokens begin where words do, and hyphens begin words without end.
const HEADERS_MAX: usize = 4;

/// The secret that a mark at `hit` belongs to.
pub fn span(place: Place, text: &[u8], hit: Range<usize>, memo: &mut Memo) -> Option<Span> {
    let (kind, range) = match place {
        Place::KeyBlock => ("private_key", key_block(text, hit, memo)?),
        Place::Putty => ("private_key", putty(text, hit)?),
        Place::Jwt => ("jwt", jwt(text, hit.start, memo)?),
        Place::JwtInBase64 => ("jwt", jwt_in_base64(text, hit.start)?),
        Place::Address => return address(text, hit, memo),
        Place::Webhook => ("webhook_url", webhook(text, hit)?),
        Place::Curl => ("basic_auth", curl(text, hit.end)?),
        Place::SignIn => ("password", flag_value(text, hit.end, &*SIGN_IN_FLAGS)?),
        Place::OpenAi => ("openai_key", around(text, hit, Set::Url, 16, 12)?),
        Place::AzureSecret => ("azure_client_secret", azure_secret(text, hit)?),
        Place::AzureSignature => ("azure_sas", azure_signature(text, hit)?),
        Place::Telegram => ("telegram_token", telegram(text, hit)?),
        Place::Mailchimp => ("mailchimp_key", mailchimp(text, hit)?),
        Place::NewRelic => ("new_relic_key", around(text, hit, Set::Hex, 36, 0)?),
        Place::Terraform => ("terraform_token", around(text, hit, Set::Dotted, 14, 50)?),
        Place::Sidekiq => ("sidekiq_secret", sidekiq(text, hit.end)?),
        Place::OnePassword => ("onepassword_secret_key", one_password(text, hit.start)?),
    };
    let made_up = !matches!(place, Place::KeyBlock | Place::Putty | Place::Jwt | Place::OpenAi)
        && is_placeholder(&text[range.clone()]);
    (!made_up).then_some(Span { kind: Kind::new(kind), range })
}

fn run(text: &[u8], from: usize, max: usize, mut test: impl FnMut(u8) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().take(max).take_while(|byte| test(**byte)).count()
}

fn run_left(text: &[u8], until: usize, max: usize, test: impl Fn(u8) -> bool) -> usize {
    until - text[..until].iter().rev().take(max).take_while(|byte| test(**byte)).count()
}

/// A run of `set` to both sides of a mark, with at least so many characters before and behind it.
fn around(
    text: &[u8],
    hit: Range<usize>,
    set: Set,
    before: usize,
    behind: usize,
) -> Option<Range<usize>> {
    let start = run_left(text, hit.start, 200, |byte| set.has(byte));
    let end = run(text, hit.end, 200, |byte| set.has(byte));
    (hit.start - start >= before && end - hit.end >= behind).then_some(start..end)
}

fn key_block(text: &[u8], hit: Range<usize>, memo: &mut Memo) -> Option<Range<usize>> {
    let line = &text[hit.end..(hit.end + 64).min(text.len())];
    let header = memchr::memmem::find(line, b"-----")?;
    let title = &line[..header];
    memchr::memmem::find(title, b"PRIVATE KEY")?;
    let body = hit.end + header + 5;
    let window = &text[body..(body + BLOCK_BYTES_MAX).min(text.len())];
    // The end, or where what cannot belong to a block begins: a block that was cut off is a secret too.
    let known = memo.no_block_end >= body + window.len();
    let found = if known { None } else { memchr::memmem::find(window, b"-----END") };
    if found.is_none() {
        memo.no_block_end = memo.no_block_end.max(body + window.len());
    }
    let end = match found {
        Some(end) => {
            run(text, body + end + 8, 48, |byte| byte != b'-' && byte != b'\n').min(text.len())
        }
        None => run(text, body, BLOCK_BYTES_MAX, |byte| {
            Set::Base64.has(byte)
                || byte.is_ascii_whitespace()
                || matches!(byte, b'\\' | b':' | b',')
        }),
    };
    let end = run(text, end, 5, |byte| byte == b'-');
    let solid = text[body..end].iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    (solid >= 24).then_some(hit.start..end)
}

fn putty(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let window = &text[hit.start..(hit.start + BLOCK_BYTES_MAX).min(text.len())];
    let lines = memchr::memmem::find(window, b"Private-Lines:")?;
    let body = hit.start + lines + 14;
    let end = run(text, body, BLOCK_BYTES_MAX, |byte| {
        Set::Base64.has(byte) || byte.is_ascii_whitespace()
    });
    (end - body > 40).then_some(hit.start..end)
}

fn decoded(part: &[u8]) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&URL_SAFE, LENIENT).decode(part).ok()
}

/// Three parts, the first of which is a JOSE header (RFC 7519 §7.2); of an unsigned one the last is empty.
fn jwt(text: &[u8], start: usize, memo: &mut Memo) -> Option<Range<usize>> {
    if !begins_word(text, start) || !text[start..].starts_with(b"eyJ") {
        return None;
    }
    let part = |byte: u8| Set::Url.has(byte) || byte == b'=';
    if start >= memo.part_end {
        memo.part_end = run(text, start, usize::MAX, part);
        memo.headers = 0;
        memo.looks += memo.part_end - start;
    }
    let first = memo.part_end.min(start + RUN_BYTES_MAX);
    if text.get(first) != Some(&b'.') || first - start < 12 || memo.headers == HEADERS_MAX {
        return None;
    }
    let second = run(text, first + 1, RUN_BYTES_MAX, part);
    if text.get(second) != Some(&b'.') || second - first < 9 {
        return None;
    }
    memo.headers += 1;
    memo.looks += second - start;
    let header = decoded(&text[start..first])?;
    let names = [b"\"alg\"".as_slice(), b"\"typ\"", b"\"kid\"", b"\"enc\""];
    if !header.starts_with(b"{")
        || !names.iter().any(|name| memchr::memmem::find(&header, name).is_some())
    {
        return None;
    }
    // An encrypted one has five parts.
    let end = run(text, second + 1, RUN_BYTES_MAX, |byte| part(byte) || byte == b'.');
    Some(start..run_left(text, end, 3, |byte| byte == b'.'))
}

fn jwt_in_base64(text: &[u8], start: usize) -> Option<Range<usize>> {
    const HEADS: [&[u8]; 4] =
        [b"ZXlKaGJHY2lPaU", b"ZXlKMGVYQWlPaU", b"ZXlKcmFXUWlPaU", b"ZXlKaGNIVWlPaU"];
    let known = HEADS.iter().any(|head| text[start..].starts_with(head));
    if !known || !begins_word(text, start) {
        return None;
    }
    let end = run(text, start, RUN_BYTES_MAX, |byte| Set::Base64.has(byte));
    (end - start > 70).then_some(start..end)
}

/// The user information of an address (RFC 3986 §3.2.1), where it holds a password.
fn address(text: &[u8], hit: Range<usize>, memo: &mut Memo) -> Option<Span> {
    const DATABASES: &[&[u8]] = &[
        b"postgres",
        b"mysql",
        b"mongodb",
        b"redis",
        b"amqp",
        b"mssql",
        b"sqlserver",
        b"mariadb",
        b"cockroach",
        b"oracle",
        b"jdbc",
        b"clickhouse",
        b"ldap",
        b"smtp",
        b"ftp",
        b"sftp",
        b"nats",
        b"kafka",
        b"couchdb",
        b"neo4j",
        b"bolt",
    ];
    let ends = |byte: u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'/' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\')
    };
    if hit.end < memo.no_at_sign {
        return None;
    }
    let user =
        run(text, hit.end, 128, |byte| !ends(byte) && byte != b':' && byte != b'@' && byte != b'?');
    if text.get(user) != Some(&b':') {
        return None;
    }
    let authority = run(text, user + 1, 320, |byte| !ends(byte));
    let at = user
        + 1
        + text[user + 1..authority].iter().rposition(|byte| *byte == b'@').or_else(|| {
            memo.no_at_sign = authority;
            None
        })?;
    let password = &text[user + 1..at];
    let host = run(text, at + 1, 255, |byte| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'-' | b':' | b'[' | b']' | b'$' | b'{' | b'_')
    });
    if password.len() < 3
        || host == at + 1
        || matches!(password[0], b'$' | b'{' | b'[' | b'%') && password.len() < 24
        || is_placeholder(password)
    {
        return None;
    }
    let scheme = run_left(text, hit.start, 24, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
    });
    let name = text[scheme..hit.start].to_ascii_lowercase();
    let database = DATABASES.iter().any(|known| name.starts_with(known));
    let kind = if database { "connection_string" } else { "basic_auth" };
    Some(Span { kind: Kind::new(kind), range: hit.end..at })
}

fn webhook(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let end = run(text, hit.end, 400, |byte| {
        Set::Base64.has(byte) || matches!(byte, b':' | b'?' | b'&' | b'@' | b'~')
    });
    let tail = &text[hit.end..end];
    (tail.len() >= 20 && !is_placeholder(tail))
        .then_some(hit.end..run_left(text, end, 3, |byte| matches!(byte, b'.' | b'?' | b':')))
}

static SIGN_IN_FLAGS: LazyLock<[Finder<'_>; 2]> =
    LazyLock::new(|| [" -p ", " --password "].map(Finder::new));
static CURL_FLAGS: LazyLock<[Finder<'_>; 3]> =
    LazyLock::new(|| [" -u", " --user", " --proxy-user"].map(Finder::new));

/// The value behind one of the flags, on the same command line.
fn flag_value(text: &[u8], from: usize, flags: &[Finder<'_>]) -> Option<Range<usize>> {
    let line = &text[from..(from + 400).min(text.len())];
    for flag in flags {
        for found in flag.find_iter(line).take(2) {
            let mut start = from + found + flag.needle().len();
            start = run(text, start, 3, |byte| matches!(byte, b' ' | b'=' | b'\\'));
            let (start, end) = shell_word(text, start);
            let value = &text[start..end];
            if value.len() >= 5
                && !is_placeholder(value)
                && !value.starts_with(b"$")
                && !value.starts_with(b"-")
            {
                return Some(start..end);
            }
        }
    }
    None
}

/// A word of a command line, its quotes aside where they enclose all of it.
fn shell_word(text: &[u8], start: usize) -> (usize, usize) {
    let mut quote = None;
    let end = run(text, start, 300, |byte| {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => return byte != b'\n',
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None => return !byte.is_ascii_whitespace() && !matches!(byte, b'`' | b',' | b'|'),
        }
        true
    });
    let word = &text[start..end];
    match word {
        [open @ (b'"' | b'\''), inner @ .., close] if open == close && !inner.contains(open) => {
            (start + 1, end - 1)
        }
        _ => (start, end),
    }
}

fn curl(text: &[u8], from: usize) -> Option<Range<usize>> {
    let range = flag_value(text, from, &*CURL_FLAGS)?;
    let value = &text[range.clone()];
    let colon = value.iter().position(|byte| *byte == b':')?;
    let (user, password) = (&value[..colon], &value[colon + 1..]);
    let variable = |part: &[u8]| matches!(part.first(), Some(b'$' | b'%' | b'<' | b'*'));
    let agent = user.windows(2).any(|pair| pair == b"//");
    const EXAMPLES: &[&[u8]] =
        &[b"pass", b"password", b"test", b"token", b"yyy", b"secret", b"pwd", b"p"];
    let example = EXAMPLES.contains(&password);
    let random = password.len() >= 3
        || password.is_empty() && user.iter().any(u8::is_ascii_digit) && user.len() >= 10;
    (random
        && !variable(password)
        && !variable(user)
        && !agent
        && !example
        && !value.contains(&b' '))
    .then_some(range)
}

/// `xxx8Q~` and 31 to 34 characters more.
fn azure_secret(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let set = |byte: u8| Set::Dotted.has(byte) || byte == b'~';
    let start = run_left(text, hit.start, 5, set);
    let end = run(text, hit.end, 40, set);
    let digit = text[start..hit.start].last().is_some_and(u8::is_ascii_digit);
    (hit.start - start == 4 && digit && (31..=34).contains(&(end - hit.end))).then_some(start..end)
}

fn azure_signature(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let end = run(text, hit.end, 120, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'+' | b'/' | b'=' | b'-' | b'_')
    });
    let before = text[..hit.start]
        .last()
        .is_some_and(|byte| matches!(byte, b'?' | b'&' | b';' | b' ' | b'u'));
    (before && (40..=100).contains(&(end - hit.end)) && !is_placeholder(&text[hit.end..end]))
        .then_some(hit.end..end)
}

/// A bot's number, a colon, 35 characters.
fn telegram(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let start = run_left(text, hit.start, 12, |byte| byte.is_ascii_digit());
    let end = run(text, hit.start + 1, 36, |byte| Set::Url.has(byte));
    let digits = hit.start - start;
    ((8..=11).contains(&digits)
        && end - hit.start - 1 == 35
        && text[hit.start + 1..].starts_with(b"AA"))
    .then_some(start..end)
}

/// 32 hexadecimal digits and the data centre.
fn mailchimp(text: &[u8], hit: Range<usize>) -> Option<Range<usize>> {
    let start = run_left(text, hit.start, 33, |byte| byte.is_ascii_hexdigit());
    let end = run(text, hit.end, 3, |byte| byte.is_ascii_digit());
    (hit.start - start == 32 && (1..=2).contains(&(end - hit.end))).then_some(start..end)
}

/// Eight hexadecimal digits, a colon, eight more.
fn sidekiq(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = run(text, from, 24, |byte| !byte.is_ascii_digit() && !matches!(byte, b'a'..=b'f'));
    let is = |range: Range<usize>| {
        let part = text.get(range).unwrap_or_default();
        part.len() == 17
            && part[8] == b':'
            && part[..8].iter().chain(&part[9..]).all(u8::is_ascii_hexdigit)
    };
    (from..=start + 8).map(|at| at..at + 17).find(|range| is(range.clone()))
}

fn one_password(text: &[u8], start: usize) -> Option<Range<usize>> {
    let end = run(text, start, 48, |byte| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-'
    });
    let groups: Vec<usize> =
        text[start..end].split(|byte| *byte == b'-').map(<[u8]>::len).collect();
    let known = [[2, 6, 6, 5, 5, 5, 5].as_slice(), &[2, 6, 11, 5, 5, 5], &[2, 6, 6, 5, 5, 5]];
    (begins_word(text, start) && known.contains(&groups.as_slice())).then_some(start..end)
}
