//! Tokens that say by their own form whose they are: a prefix, an alphabet, a length.
//!
//! Sources: the vendors' documentation of their formats, and the published rules of gitleaks (MIT),
//! secretlint (MIT) and detect-secrets (Apache-2.0) as a list of what exists.

use crate::sensitive::Kind;
use crate::sensitive::checks::{crc32_base62, distinct};

/// The characters a token's body is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Set {
    Hex,
    Alnum,
    Upper,
    /// Letters, digits, `_` and `-`.
    Url,
    /// `Url` and `.`.
    Dotted,
    /// Letters, digits, `+`, `/`, `=`, `_`, `-`, `.`, `%`.
    Base64,
    /// Anything printable that cannot end a quoted or listed value.
    Graph,
}

impl Set {
    pub const fn has(self, byte: u8) -> bool {
        match self {
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => Self::Url.has(byte) || byte == b'.',
            Self::Base64 => Self::Dotted.has(byte) || matches!(byte, b'+' | b'/' | b'=' | b'%'),
            Self::Graph => {
                byte.is_ascii_graphic()
                    && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b',' | b';' | b'\\')
            }
        }
    }
}

/// A form. The body's length lies within `min` and `max`; where the run of the alphabet is longer, it is another thing.
pub struct Token {
    pub kind: Kind,
    pub prefix: &'static str,
    set: Set,
    min: usize,
    max: usize,
}

const fn t(kind: &'static str, prefix: &'static str, set: Set, min: usize, max: usize) -> Token {
    Token { kind: Kind::new(kind), prefix, set, min, max }
}

/// Where a token ends whose prefix stands at `start`, unless it is none.
pub fn end(token: &Token, text: &[u8], start: usize) -> Option<usize> {
    let body = start + token.prefix.len();
    if text.get(start..body)? != token.prefix.as_bytes() || !super::begins_word(text, start) {
        return None;
    }
    let run =
        text[body..].iter().take(token.max + 1).take_while(|byte| token.set.has(**byte)).count();
    let mut end = body + run;
    if run > token.max && token.max < RUN_BYTES_MAX {
        return None;
    }
    while end - body > token.min && matches!(text[end - 1], b'.' | b'-' | b'/' | b'%') {
        end -= 1;
    }
    let found = &text[body..end];
    if found.len() < token.min {
        return None;
    }
    (is_plausible(token, found) || crc32_base62(found)).then_some(end)
}

/// Examples in documentation are rows of one character, and identifiers of programs are lower-case words.
fn is_plausible(token: &Token, found: &[u8]) -> bool {
    let filler =
        matches!(found.first(), Some(b'x' | b'X' | b'0' | b'1' | b'a' | b'A' | b'.' | b'-' | b'_'));
    let varied = distinct(found) > 2 || token.prefix.len() > 8 || !filler;
    let random = found.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    varied && random && !super::values::is_placeholder(found)
}

/// The longest body; what is longer is cut there and the rest is judged anew.
pub const RUN_BYTES_MAX: usize = 4_096;

use Set::{Alnum, Base64, Dotted, Graph, Hex, Upper, Url};

const LONG: usize = RUN_BYTES_MAX;

#[rustfmt::skip]
pub const TOKENS: &[Token] = &[
    t("aws_access_key", "AKIA", Upper, 16, 16), t("aws_access_key", "ASIA", Upper, 16, 16),
    t("aws_access_key", "ABIA", Upper, 16, 16), t("aws_access_key", "ACCA", Upper, 16, 16),
    t("aws_access_key", "A3T", Upper, 17, 17),
    t("aws_bedrock_key", "ABSKQmVkcm9ja0FQSUtleS", Base64, 80, 300),
    t("aws_bedrock_key", "bedrock-api-key-", Base64, 20, LONG), t("aws_mws_token", "amzn.mws.", Url, 36, 36),
    t("aws_session_token", "IQoJb3JpZ2lu", Base64, 100, LONG), t("aws_session_token", "FwoGZXIvYXdz", Base64, 100, LONG),
    t("github_token", "ghp_", Alnum, 36, 255), t("github_token", "gho_", Alnum, 36, 255),
    t("github_token", "ghu_", Alnum, 36, 255),
    t("github_token", "ghs_", Alnum, 36, 255), t("github_token", "ghr_", Alnum, 36, 255),
    t("github_token", "github_pat_", Url, 40, 255),
    t("gitlab_token", "glpat-", Dotted, 20, 300), t("gitlab_token", "gldt-", Url, 20, 64),
    t("gitlab_token", "glrt-", Dotted, 20, 300),
    t("gitlab_token", "glcbt-", Url, 20, 80), t("gitlab_token", "glptt-", Url, 40, 64), t("gitlab_token", "glft-", Url, 20, 64),
    t("gitlab_token", "glimt-", Url, 20, 64), t("gitlab_token", "glagent-", Url, 50, 64),
    t("gitlab_token", "gloas-", Url, 64, 64),
    t("gitlab_token", "glsoat-", Url, 20, 64), t("gitlab_token", "glffct-", Url, 20, 64), t("gitlab_token", "glwt-", Url, 20, 64),
    t("gitlab_token", "GR1348941", Url, 20, 22), t("gitlab_token", "_gitlab_session=", Hex, 32, 32),
    t("gitlab_token", "glrtr-", Url, 20, 64),
    t("slack_token", "xoxb-", Url, 10, 255), t("slack_token", "xoxp-", Url, 10, 255), t("slack_token", "xoxa-", Url, 10, 255),
    t("slack_token", "xoxr-", Url, 10, 255), t("slack_token", "xoxs-", Url, 10, 255), t("slack_token", "xoxo-", Url, 10, 255),
    t("slack_token", "xoxc-", Url, 10, 255), t("slack_token", "xoxd-", Base64, 10, 512), t("slack_token", "xoxe-", Url, 20, 255),
    t("slack_token", "xoxe.xoxb-", Url, 20, 255), t("slack_token", "xoxe.xoxp-", Url, 20, 255),
    t("slack_token", "xapp-", Url, 20, 255),
    t("slack_token", "xwfp-", Url, 20, 255),
    t("stripe_key", "sk_live_", Alnum, 10, 255), t("stripe_key", "sk_test_", Alnum, 10, 255),
    t("stripe_key", "rk_live_", Alnum, 10, 255),
    t("stripe_key", "rk_test_", Alnum, 10, 255), t("stripe_key", "sk_prod_", Alnum, 10, 255),
    t("stripe_key", "rk_prod_", Alnum, 10, 255),
    t("stripe_webhook_secret", "whsec_", Base64, 24, 128), t("stripe_key", "sk_org_", Alnum, 20, 255),
    t("google_api_key", "AIza", Url, 35, 35), t("google_oauth_token", "ya29.", Dotted, 20, LONG),
    t("google_client_secret", "GOCSPX-", Url, 28, 28),
    t("google_refresh_token", "1//0", Url, 30, 256), t("google_hmac_key", "GOOG1", Upper, 19, 60),
    t("google_api_key", "AQ.Ab8", Url, 40, 128),
    t("azure_key", "JQQJ99", Alnum, 70, 90), t("azure_key", "AzCa", Base64, 30, 60),
    t("openai_key", "sk-proj-", Url, 20, 255), t("openai_key", "sk-svcacct-", Url, 20, 255),
    t("openai_key", "sk-admin-", Url, 20, 255),
    t("openai_key", "sk-None-", Url, 20, 255), t("openai_key", "sk-", Alnum, 32, 128),
    t("openai_session", "sess-", Alnum, 40, 40),
    t("anthropic_key", "sk-ant-", Url, 20, 255), t("openrouter_key", "sk-or-v1-", Hex, 64, 64),
    t("langfuse_key", "sk-lf-", Url, 36, 36),
    t("helicone_key", "sk-helicone-", Url, 20, 128), t("litellm_key", "sk-litellm-", Url, 16, 128),
    t("elevenlabs_key", "sk_", Hex, 48, 48),
    t("huggingface_token", "hf_", Alnum, 30, 40), t("huggingface_token", "api_org_", Alnum, 30, 40),
    t("replicate_token", "r8_", Alnum, 37, 40),
    t("groq_key", "gsk_", Alnum, 40, 60), t("xai_key", "xai-", Alnum, 70, 90), t("perplexity_key", "pplx-", Alnum, 40, 56),
    t("fireworks_key", "fw_", Alnum, 22, 32), t("together_key", "tgp_v1_", Url, 40, 64), t("tavily_key", "tvly-", Url, 28, 64),
    t("voyage_key", "pa-", Url, 40, 48), t("nvidia_key", "nvapi-", Url, 50, 80), t("cerebras_key", "csk-", Alnum, 40, 60),
    t("langsmith_key", "lsv2_", Url, 36, 64), t("pinecone_key", "pcsk_", Url, 40, 90), t("posthog_key", "phx_", Alnum, 40, 60),
    t("posthog_key", "phc_", Alnum, 40, 60), t("deepseek_key", "sk-ds-", Alnum, 32, 64), t("jina_key", "jina_", Alnum, 50, 72),
    t("exa_key", "exa_", Url, 32, 64), t("firecrawl_key", "fc-", Hex, 32, 32), t("e2b_key", "e2b_", Hex, 40, 40),
    t("npm_token", "npm_", Alnum, 36, 36), t("pypi_token", "pypi-", Url, 50, 1_000), t("crates_io_token", "cio", Alnum, 32, 32),
    t("rubygems_key", "rubygems_", Hex, 48, 48), t("nuget_key", "oy2", Alnum, 43, 43),
    t("clojars_token", "CLOJARS_", Alnum, 60, 60),
    t("docker_token", "dckr_pat_", Url, 20, 64), t("docker_token", "dckr_oat_", Url, 20, 64),
    t("jsr_token", "jsrt_", Alnum, 20, 80),
    t("sendgrid_key", "SG.", Dotted, 60, 72), t("mailgun_key", "key-", Hex, 32, 32),
    t("mailgun_key", "pubkey-", Hex, 32, 32), t("sendinblue_key", "xkeysib-", Url, 64, 96),
    t("sendinblue_key", "xsmtpsib-", Url, 64, 96),
    t("mailersend_token", "mlsn.", Hex, 64, 64), t("resend_key", "re_", Url, 32, 36),
    t("shopify_token", "shpat_", Hex, 32, 32), t("shopify_token", "shpca_", Hex, 32, 32),
    t("shopify_token", "shppa_", Hex, 32, 32),
    t("shopify_token", "shpss_", Hex, 32, 32), t("shopify_token", "shptka_", Hex, 32, 32),
    t("shopify_token", "shpua_", Hex, 32, 32),
    t("square_token", "sq0atp-", Url, 22, 64), t("square_token", "sq0csp-", Graph, 40, 64),
    t("square_token", "EAAA", Url, 58, 62),
    t("square_token", "sq0idp-", Url, 22, 44),
    t("facebook_token", "EAAM", Alnum, 80, 500), t("facebook_token", "EAAC", Alnum, 80, 500),
    t("facebook_token", "EAA", Alnum, 100, 500),
    t("instagram_token", "IGQV", Url, 60, 500), t("instagram_token", "IGAA", Alnum, 100, 500),
    t("new_relic_key", "NRAK-", Alnum, 27, 27), t("new_relic_key", "NRJS-", Hex, 19, 19),
    t("new_relic_key", "NRII-", Url, 32, 32), t("new_relic_key", "NRRA-", Hex, 42, 42), t("new_relic_key", "NRAA-", Hex, 27, 27),
    t("digitalocean_token", "dop_v1_", Hex, 64, 64), t("digitalocean_token", "doo_v1_", Hex, 64, 64),
    t("digitalocean_token", "dor_v1_", Hex, 64, 64),
    t("heroku_key", "HRKU-", Url, 36, 64), t("vault_token", "hvs.", Url, 20, 300), t("vault_token", "hvb.", Url, 20, 400),
    t("vault_token", "hvr.", Url, 20, 300), t("vault_token", "b.AAAAA", Url, 90, 300),

    t("databricks_token", "dapi", Url, 32, 34), t("databricks_token", "dose", Hex, 32, 32),
    t("databricks_token", "dkea", Hex, 32, 32),
    t("age_key", "AGE-SECRET-KEY-1", Upper, 58, 58), t("age_key", "AGE-SECRET-KEY-PQ-1", Upper, 58, 4_000),
    t("onepassword_token", "ops_eyJ", Base64, 100, LONG), t("linear_key", "lin_api_", Alnum, 32, 64),
    t("linear_key", "lin_oauth_", Alnum, 32, 80),
    t("notion_token", "ntn_", Alnum, 40, 64), t("notion_token", "secret_", Alnum, 43, 43),
    t("grafana_token", "glc_", Base64, 32, 400),
    t("grafana_token", "glsa_", Url, 41, 41), t("grafana_token", "eyJrIjoi", Base64, 60, 400),
    t("postman_key", "PMAK-", Url, 59, 59),
    t("pulumi_token", "pul-", Hex, 40, 40), t("prefect_key", "pnu_", Alnum, 36, 36),
    t("planetscale_token", "pscale_tkn_", Dotted, 32, 64),
    t("planetscale_token", "pscale_pw_", Dotted, 32, 64), t("planetscale_token", "pscale_oauth_", Dotted, 32, 64),
    t("doppler_token", "dp.pt.", Alnum, 40, 44), t("doppler_token", "dp.st.", Dotted, 40, 80),
    t("doppler_token", "dp.ct.", Alnum, 40, 44),
    t("doppler_token", "dp.sa.", Alnum, 40, 44), t("doppler_token", "dp.scim.", Alnum, 40, 44),
    t("doppler_token", "dp.audit.", Alnum, 40, 44),
    t("dynatrace_token", "dt0c01.", Dotted, 80, 100), t("dynatrace_token", "dt0s01.", Dotted, 80, 100),
    t("dynatrace_token", "dt0s02.", Dotted, 80, 100),
    t("duffel_token", "duffel_test_", Url, 40, 50), t("duffel_token", "duffel_live_", Url, 40, 50),
    t("easypost_key", "EZAK", Alnum, 54, 54),
    t("easypost_key", "EZTK", Alnum, 54, 54), t("flutterwave_key", "FLWSECK", Url, 12, 64),
    t("flutterwave_key", "FLWPUBK", Url, 20, 64),
    t("fly_token", "fo1_", Url, 40, 48), t("fly_token", "fm1r_", Base64, 80, LONG), t("fly_token", "fm1a_", Base64, 80, LONG),
    t("fly_token", "fm2_", Base64, 80, LONG), t("frameio_token", "fio-u-", Url, 60, 68),
    t("infracost_key", "ico-", Alnum, 32, 32),
    t("intra42_secret", "s-s4t2ud-", Hex, 64, 64), t("intra42_secret", "s-s4t2af-", Hex, 64, 64),
    t("octopus_key", "API-", Upper, 26, 32),
    t("openshift_token", "sha256~", Graph, 40, 64), t("readme_key", "rdme_", Alnum, 70, 72),
    t("sentry_token", "sntrys_", Base64, 80, 400),
    t("sentry_token", "sntryu_", Hex, 64, 64), t("sentry_token", "sntrya_", Hex, 64, 64),
    t("settlemint_token", "sm_pat_", Alnum, 16, 16),
    t("settlemint_token", "sm_aat_", Alnum, 16, 16), t("settlemint_token", "sm_sat_", Alnum, 16, 16),
    t("shippo_token", "shippo_live_", Hex, 40, 40),
    t("shippo_token", "shippo_test_", Hex, 40, 40), t("sourcegraph_token", "sgp_", Url, 40, 64),
    t("sourcegraph_token", "slk_", Hex, 64, 64),
    t("sonar_token", "squ_", Hex, 40, 40), t("sonar_token", "sqp_", Hex, 40, 40), t("sonar_token", "sqa_", Hex, 40, 40),
    t("supabase_token", "sbp_", Hex, 40, 40), t("supabase_token", "sb_secret_", Url, 20, 64),
    t("typeform_token", "tfp_", Dotted, 40, 70),
    t("tailscale_key", "tskey-", Url, 16, 80), t("adafruit_key", "aio_", Alnum, 28, 28),
    t("atlassian_token", "ATATT3", Base64, 50, 400),
    t("atlassian_token", "ATCTT3", Base64, 50, 400), t("atlassian_token", "ATBB", Alnum, 28, 36),
    t("trello_token", "ATTA", Hex, 64, 72),
    t("artifactory_key", "AKCp", Alnum, 60, 80), t("artifactory_token", "cmVmd", Alnum, 56, 64),
    t("cloudflare_key", "v1.0-", Url, 150, 180),
    t("cloudflare_token", "cfut_", Alnum, 40, 60), t("cloudflare_token", "cfat_", Alnum, 40, 60),
    t("clickhouse_key", "4b1d", Alnum, 38, 38),
    t("contentful_token", "CFPAT-", Url, 43, 43), t("definednet_key", "dnkey-", Url, 40, 90),
    t("dropbox_token", "sl.", Url, 100, LONG),
    t("figma_token", "figd_", Url, 36, 64), t("figma_token", "figoh_", Url, 36, 64), t("hubspot_token", "pat-na1-", Url, 36, 36),
    t("hubspot_token", "pat-na2-", Url, 36, 36), t("hubspot_token", "pat-eu1-", Url, 36, 36),
    t("airtable_token", "pat", Dotted, 79, 79),
    t("plaid_token", "access-sandbox-", Url, 36, 36), t("plaid_token", "access-development-", Url, 36, 36),
    t("plaid_token", "access-production-", Url, 36, 36),
    t("braintree_token", "access_token$", Graph, 40, 90), t("razorpay_key", "rzp_live_", Alnum, 14, 24),
    t("razorpay_key", "rzp_test_", Alnum, 14, 24),
    t("paystack_key", "sk_live_", Hex, 40, 40), t("lob_key", "live_", Hex, 35, 35), t("lob_key", "test_", Hex, 35, 35),
    t("lob_key", "live_pub_", Hex, 31, 31), t("lob_key", "test_pub_", Hex, 31, 31), t("gocardless_token", "live_", Url, 40, 40),
    t("gocardless_token", "sandbox_", Url, 40, 40), t("monday_webhook", "whk_", Alnum, 32, 64),
    t("checkout_key", "sk_sbox_", Alnum, 26, 40),
    t("yandex_token", "t1.", Base64, 60, 300), t("yandex_key", "AQVN", Url, 35, 38), t("yandex_aws_key", "YCAJ", Url, 20, 40),
    t("alibaba_key", "LTAI", Alnum, 12, 24), t("tencent_key", "AKID", Alnum, 32, 36), t("volcengine_key", "AKLT", Alnum, 40, 48),
    t("scaleway_key", "SCW", Upper, 17, 17), t("buildkite_token", "bkua_", Hex, 40, 40),
    t("buildkite_token", "bkpt_", Hex, 40, 40),
    t("circleci_token", "CCIPAT_", Url, 40, 80), t("circleci_token", "CCIPRJ_", Url, 40, 80),
    t("netlify_token", "nfp_", Alnum, 36, 44),
    t("render_key", "rnd_", Alnum, 28, 40), t("neon_key", "napi_", Alnum, 60, 72), t("harness_key", "pat.", Dotted, 60, 80),
    t("harness_key", "sat.", Dotted, 60, 80), t("cockroach_key", "CCDB1_", Url, 60, 70),
    t("aiven_password", "AVNS_", Url, 16, 24),
    t("mapbox_token", "sk.eyJ", Dotted, 60, 200), t("mapbox_token", "pk.eyJ", Dotted, 60, 200),
    t("scalingo_token", "tk-us-", Url, 40, 52),
    t("scalingo_token", "tk-eu-", Url, 40, 52), t("ramp_secret", "ramp_sec_", Alnum, 40, 64),
    t("zuplo_key", "zpka_", Url, 32, 64),
    t("thunderstore_token", "tss_", Alnum, 30, 80), t("triggerdev_key", "tr_dev_", Alnum, 20, 32),
    t("triggerdev_key", "tr_prod_", Alnum, 20, 32),
    t("xata_key", "xau_", Alnum, 32, 48), t("okta_token", "SSWS ", Url, 40, 44), t("launchdarkly_key", "sdk-", Url, 36, 36),
    t("launchdarkly_key", "api-", Url, 36, 36), t("deno_token", "ddp_", Alnum, 32, 44), t("deno_token", "ddo_", Alnum, 32, 44),
    t("val_town_token", "vtwn_", Alnum, 24, 40), t("vercel_token", "vcp_", Alnum, 24, 64),
    t("vercel_token", "vercel_blob_rw_", Url, 30, 64),
    t("rootly_token", "rootly_", Hex, 64, 64), t("statsig_key", "secret-", Alnum, 40, 48),
    t("statsig_key", "console-", Alnum, 40, 48),
    t("stytch_secret", "secret-test-", Url, 36, 40), t("stytch_secret", "secret-live-", Url, 36, 40),
    t("clerk_key", "sk_live_", Alnum, 40, 50),
    t("workos_key", "sk_live_", Alnum, 40, 70), t("ngrok_token", "ak_", Alnum, 27, 32), t("datadog_key", "ddapp_", Alnum, 30, 44),
    t("snowflake_pat", "ver:1-hint:", Base64, 40, 400), t("braintrust_key", "bt-st-", Alnum, 32, 60),
    t("temporal_key", "tmprl_", Url, 32, 80), t("weights_biases_key", "wandb_v1_", Url, 40, 90),
    t("dnsimple_token", "dnsimple_a_", Alnum, 32, 44),
    t("ubidots_token", "BBFF-", Alnum, 30, 30), t("rapidapi_key", "rapidapi_", Alnum, 32, 64),
    t("persona_key", "persona_production_", Url, 32, 44),
    t("persona_key", "persona_sandbox_", Url, 32, 44), t("coinbase_key", "organizations/", Base64, 80, 110),
    t("tokenone_key", "t1_live_", Alnum, 49, 49), t("tokenone_key", "t1_test_", Alnum, 49, 49),
    t("sanity_token", "skE", Alnum, 80, 200), t("storyblok_token", "sb_", Url, 40, 60),
    t("lightspark_key", "lsk_", Alnum, 30, 60), t("ionic_token", "ion_", Alnum, 42, 42),
    t("teamcity_token", "eyJ0eXAiOiAiVENWMiJ9.", Dotted, 40, 160), t("algolia_key", "aa-", Hex, 32, 32),
    t("apify_token", "apify_api_", Alnum, 34, 40),
    t("logfire_token", "pylf_v1_", Url, 40, 64), t("openai_key", "sk-or-", Url, 40, 80), t("unkey_key", "unkey_", Alnum, 20, 40),
    t("github_token", "v1.", Hex, 40, 40), t("bitrise_token", "btkn_", Alnum, 40, 90), t("cohere_key", "co_", Alnum, 40, 40),
];
