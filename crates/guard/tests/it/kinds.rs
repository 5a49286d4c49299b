//! One value of each sort that is found, and one beside it that only looks like it.

use guard::sensitive::{KIND_BYTES_MAX, Span, pii, secrets};

fn found(spans: &[Span], text: &str) -> Vec<(&'static str, String)> {
    spans.iter().map(|span| (span.kind.id(), text[span.range.clone()].to_owned())).collect()
}

/// Put together here, so that no scanner takes this file for a leak.
fn secret(parts: &[&str]) -> String {
    parts.concat()
}

#[test]
fn secrets_are_found_whole_and_named_for_their_kind() {
    let hex = "9f86d081884c7d659a2feaa0c55ad015";
    let cases: Vec<(&str, String)> = vec![
        ("aws_access_key", secret(&["AKIA", "QYLPMN5HHHFPZAM2"])),
        ("github_token", secret(&["ghp_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"])),
        (
            "github_token",
            secret(&[
                "github_pat_",
                "11ABCDEFG0abcdefghijkl_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvw",
            ]),
        ),
        ("gitlab_token", secret(&["glpat-", "aB3dE6gH9jK2mN5pQ8sT"])),
        ("slack_token", secret(&["xoxb-", "781236542736-2364535789652-GkwFDQoHqzXDVsC6GzqYUypD"])),
        ("stripe_key", secret(&["sk_live_", "ReTllpYQYfIZu2Jnf2lAPFjD"])),
        ("google_api_key", secret(&["AIza", "SyNHxIf32IQ1a1yjl3ZJIqKZqzLAK1XhDk1"])),
        ("anthropic_key", secret(&["sk-ant-", "api03-H5T-8_gXdnSUtG4PpuLQrtsxaoI2eGjGHP4lkY6FYQ"])),
        ("huggingface_token", secret(&["hf_", "jCBaQngSHiHDRYOcsMcifUcysGyaiybUWz"])),
        ("npm_token", secret(&["npm_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"])),
        ("shopify_token", secret(&["shpat_", hex])),
        ("digitalocean_token", secret(&["dop_v1_", hex, hex])),
        ("databricks_token", secret(&["dapi", hex])),
        ("telegram_token", secret(&["110201543:", "AAHdqTcvCH1vGWJxfSe1ofSAs0K5PALDsaw"])),
        ("mailchimp_key", secret(&[hex, "-us18"])),
        ("azure_client_secret", secret(&["bP88", "Q~rcBcYjzzOhg1Hnn76Wm3jGgakZiZ.8vMgR"])),
        ("credit_card", secret(&["4012-8888-", "8888-1881"])),
    ];
    for (kind, value) in cases {
        let text = format!("It is {value} now.");
        assert_eq!(found(&secrets::detect(text.as_bytes()), &text), [(kind, value)]);
    }
}

#[test]
fn every_card_of_a_row_is_found() {
    let (one, two) = (secret(&["4012 8888 ", "8888 1881"]), secret(&["5555-5555-", "5555-4444"]));
    let text = format!("{one} {one} {two} {one} 4012888888881882 {two}");
    for spans in [secrets::detect(text.as_bytes()), pii::detect(text.as_bytes())] {
        let cards: Vec<String> = found(&spans, &text).into_iter().map(|(_, card)| card).collect();
        assert_eq!(cards, [&one, &one, &two, &one, &two].map(String::clone));
    }
}

#[test]
fn named_and_placed_secrets_are_found_without_what_announces_them() {
    let random = secret(&["q7Zr2Vw9", "Lk4Tx8Np3Bs6"]);
    let cases = [
        ("generic_secret", format!("api_key = \"{random}\"")),
        ("generic_secret", format!("My secret token is {random}, why?")),
        ("generic_secret", format!("https://x.example/?access_token={random}&page=2")),
        ("bearer_token", format!("Authorization: Bearer {random}")),
        ("datadog_key", format!("DATADOG_API_KEY={random}")),
        ("vendor_key", format!("const mixpanelToken: string = '{random}';")),
        ("password", format!("<password>{random}</password>")),
        (
            "connection_string",
            format!("postgres://{random}@db.internal:5432/x")
                .replace(&random, &format!("app:{random}")),
        ),
    ];
    for (kind, text) in cases {
        let found = found(&secrets::detect(text.as_bytes()), &text);
        assert!(
            found.len() == 1 && found[0].0 == kind && found[0].1.ends_with(&random),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn what_only_looks_like_a_secret_is_left_alone() {
    let cases = [
        "api_key = os.environ['API_KEY']",
        "password: <your password>",
        "token = \"YOUR_TOKEN_HERE\"",
        "max_tokens: 4096",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "the key is to listen",
        "author: Jane1 Austen2",
        "cache_key = \"user:profile:v2\"",
        "order 4012888888881882 was shipped",
        "-----BEGIN CERTIFICATE-----",
        "the -----BEGIN PRIVATE KEY----- line",
        "https://example.org:8080/@user",
        "C4, S3 and EKS",
        "risk-based-authentication-and-authorization",
        "secretary: Miller",
        "tokenizer = AutoTokenizer.from_pretrained('gpt2')",
    ];
    for text in cases {
        assert_eq!(found(&secrets::detect(text.as_bytes()), text), [], "{text}");
    }
}

#[test]
fn personal_data_is_found_whole_and_named_for_its_kind() {
    #[rustfmt::skip]
    let cases = [
        ("email", "jane.doe+news@mail.example.co.uk"), ("email", "müller@bücher.example"), ("phone", "+41 (0)69 979 80 58"),
        ("phone", "(415) 555-0132 ext. 12"), ("phone", "03.93.92.16.85"),
        ("credit_card", "4012 8888 8888 1881"), ("iban", "NL91 ABNA 0417 1643 00"), ("iban", "DE89370400440532013000"),
        ("ip_address", "192.168.17.5"), ("ip_address", "2001:db8::8a2e:370:7334"),
        ("mac_address", "00:1A:2B:3C:4D:5E"), ("crypto_address", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        ("crypto_address", "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ"), ("us_ssn", "078-05-1123"), ("us_itin", "911-70-1234"),
        ("us_mbi", "1EG4-TE5-MK73"), ("ca_sin", "130-692-544"), ("uk_nino", "AA 12 34 56 B"), ("uk_nhs", "401-023-2137"),
        ("de_social_security", "15070649C103"), ("fr_nir", "255081416802538"), ("es_nif", "12345678Z"),
        ("es_nie", "X9613851N"), ("pl_pesel", "44051401458"), ("se_personnummer", "871220-2384"), ("fi_hetu", "131052-308T"),
        ("ch_ahv", "756.9217.0769.85"), ("tr_national", "10000000146"), ("za_id", "9202201234088"),
        ("in_aadhaar", "3123 4567 8909"), ("in_gstin", "27ABCDE1234F1Z5"), ("cn_resident_id", "11010519491231002X"),
        ("hk_id", "A123456(3)"), ("sg_nric", "S1234567D"), ("kr_rrn", "960121-1021413"), ("br_cpf", "529.982.247-25"),
        ("br_cnpj", "11.222.333/0001-81"), ("au_abn", "51 824 753 556"), ("cl_rut", "12.345.678-5"),
        ("person_name", "Mr. John O'Neill"), ("street_address", "12 Baker Street, Apt. 4"),
    ];
    for (kind, value) in cases {
        let text = format!("See {value}, please.");
        assert_eq!(found(&pii::detect(text.as_bytes()), &text), [(kind, value.to_owned())]);
    }
}

#[test]
fn words_close_by_tell_what_a_number_is() {
    #[rustfmt::skip]
    let cases = [
        ("My passport number is ", "T3569075", "passport"),
        ("my driver's license number is ", "341308170", "driver_licence"), ("SSN: ", "078051123", "us_ssn"),
        ("call ", "9472 7916", "phone"), ("Phone:\n", "358 0594", "phone"),
        ("He was born on ", "May 1st, 1977", "date_of_birth"), ("date of birth: ", "1990-05-15", "date_of_birth"),
        ("Meine Steuer-ID: ", "12345678903", "de_tax_id"), ("my name is ", "Ada Lovelace", "person_name"),
        ("NPI ", "1234567893", "us_npi"), ("SIN ", "130692544", "ca_sin"), ("Taiwan ID ", "A223456781", "tw_id"),
        ("ABN ", "51824753556", "au_abn"), ("patente ", "U1K711J11M", "it_driver_licence"),
    ];
    for (words, value, kind) in cases {
        let text = format!("{words}{value}.");
        assert_eq!(found(&pii::detect(text.as_bytes()), &text), [(kind, value.to_owned())]);
        let alone = format!("Lot {value} was sold");
        assert!(pii::detect(alone.as_bytes()).is_empty(), "{alone}");
    }
}

#[test]
fn a_colon_that_ends_a_word_hides_no_address_of_a_machine() {
    let values = [("ip_address", "192.168.17.5"), ("mac_address", "00:1A:2B:3C:4D:5E")];
    for before in ["remote:", "source:", "mac:"] {
        for (kind, value) in values {
            let text = format!("{before}{value}");
            let wanted = [(kind, value.to_owned())];
            assert_eq!(found(&pii::detect(text.as_bytes()), &text), wanted, "{text}");
        }
    }
}

#[test]
fn what_only_looks_like_personal_data_is_left_alone() {
    let cases = [
        "version 1.2.3.4",
        "std::vector<a::b>",
        "Time 12:34:56",
        "x = 3.14159265358979",
        "4012-8888-8888-1882",
        "2024-03-15T14:30:00Z",
        "on 05.06.2021 10 people",
        "user@localhost",
        "react@18.2.0",
        "git@github.com:a/b.git",
        "page 123-456",
        "13012345",
        "a population of 8 336 817",
        "127.0.0.1",
        "#ff00aa",
        "AL47 2121 1009 0000 0002 3569 8740",
        "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ2",
        "000-12-3456",
        "12345678A",
        "10000000147",
        "0x1f",
        "62286775983",
        "text2001:db8::1",
        "12345:db8::1",
    ];
    for text in cases {
        let text = format!("See {text} here.");
        assert_eq!(found(&pii::detect(text.as_bytes()), &text), [], "{text}");
    }
}

#[test]
fn kinds_have_ids_that_fit_into_a_placeholder() {
    let (secrets, personal) = (secrets::kinds(), pii::kinds());
    assert!(secrets.len() > 150 && personal.len() > 60);
    for kind in secrets.iter().chain(&personal) {
        let plain = kind
            .id()
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        assert!(plain && (2..=KIND_BYTES_MAX).contains(&kind.id().len()), "{kind:?}");
    }
}
