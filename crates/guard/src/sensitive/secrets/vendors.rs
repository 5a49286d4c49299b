//! Names of those who give out keys. A key that has no form of its own is recognised by the name it is given to.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = VENDORS.iter().map(|(word, _)| *word);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok()
});

/// The kind of value that a name in lower case announces by a vendor's word in it.
pub fn kind_of(name: &[u8]) -> Option<&'static str> {
    let found = WORDS.as_ref()?.find(name)?;
    Some(VENDORS[found.pattern().as_usize()].1)
}

/// The kind of those that have none of their own; their words are looked for only in names that another word found.
pub const OTHERS: &str = "vendor_key";

/// A word of a name, and the kind of the value. Only words that hardly mean anything else.
#[rustfmt::skip]
pub const VENDORS: &[(&str, &str)] = &[
    ("aws", "aws_secret_key"), ("amazon", "aws_secret_key"), ("azure", "azure_secret"), ("heroku", "heroku_key"), ("datadog", "datadog_key"),
    ("newrelic", "new_relic_key"), ("new_relic", "new_relic_key"), ("twilio", "twilio_key"), ("discord", "discord_token"), ("telegram", "telegram_token"),
    ("mailchimp", "mailchimp_key"), ("mailgun", "mailgun_key"), ("cloudflare", "cloudflare_key"), ("algolia", "algolia_key"), ("airtable", "airtable_token"),
    ("adafruit", "adafruit_key"), ("adobe", "adobe_secret"), ("alibaba", "alibaba_key"), ("aliyun", "alibaba_key"), ("asana", "asana_secret"),
    ("atlassian", "atlassian_token"), ("jira", "atlassian_token"), ("confluence", "atlassian_token"), ("beamer", "beamer_token"), ("bitbucket", "bitbucket_secret"), ("bittrex", "bittrex_key"),
    ("codecov", "codecov_token"), ("cohere", "cohere_key"), ("coinbase", "coinbase_key"), ("confluent", "confluent_key"), ("contentful", "contentful_token"),
    ("droneci", "droneci_token"), ("dropbox", "dropbox_token"), ("dynatrace", "dynatrace_token"), ("etsy", "etsy_token"), ("facebook", "facebook_secret"),
    ("fastly", "fastly_token"), ("finicity", "finicity_token"), ("finnhub", "finnhub_token"), ("flickr", "flickr_token"), ("freshbooks", "freshbooks_token"),
    ("gitter", "gitter_token"), ("gocardless", "gocardless_token"), ("hubspot", "hubspot_token"), ("intercom", "intercom_token"), ("jfrog", "artifactory_token"),
    ("artifactory", "artifactory_token"), ("xray", "artifactory_token"), ("kraken", "kraken_key"), ("kucoin", "kucoin_key"), ("launchdarkly", "launchdarkly_key"), ("linkedin", "linkedin_secret"),
    ("looker", "looker_secret"), ("mapbox", "mapbox_token"), ("mattermost", "mattermost_token"), ("maxmind", "maxmind_key"), ("messagebird", "messagebird_token"),
    ("message-bird", "messagebird_token"), ("message_bird", "messagebird_token"), ("netlify", "netlify_token"), ("nytimes", "nytimes_token"), ("okta", "okta_token"),
    ("plaid", "plaid_secret"), ("privateai", "privateai_token"), ("rapidapi", "rapidapi_key"), ("sendbird", "sendbird_token"), ("sentry", "sentry_token"),
    ("shippo", "shippo_token"), ("snyk", "snyk_token"), ("sonar", "sonar_token"), ("squarespace", "squarespace_token"), ("stripe", "stripe_key"),
    ("sumo", "sumologic_key"), ("travis", "travisci_token"), ("trello", "trello_token"), ("twitch", "twitch_token"), ("twitter", "twitter_token"),
    ("yandex", "yandex_key"), ("zendesk", "zendesk_secret"), ("meraki", "meraki_key"), ("sourcegraph", "sourcegraph_token"), ("openshift", "openshift_token"), ("npmauth", "npm_token"),
    ("abstractapi", "vendor_key"), ("abuseipdb", "vendor_key"), ("accuweather", "vendor_key"), ("agora", "vendor_key"), ("aiven", "aiven_password"),
    ("alchemy", "vendor_key"), ("amplitude", "vendor_key"), ("apollo", "vendor_key"), ("appcues", "vendor_key"), ("appdynamics", "vendor_key"),
    ("appoptics", "vendor_key"), ("assemblyai", "vendor_key"), ("auth0", "auth0_secret"), ("autodesk", "vendor_key"), ("autopilot", "vendor_key"), ("avaza", "vendor_key"),
    ("aylien", "vendor_key"), ("bannerbear", "vendor_key"), ("baremetrics", "vendor_key"), ("beebole", "vendor_key"), ("besttime", "vendor_key"), ("billomat", "vendor_key"), ("binance", "vendor_key"),
    ("bitfinex", "vendor_key"), ("bitly", "vendor_key"), ("bitmex", "vendor_key"), ("blazemeter", "vendor_key"), ("borgbase", "vendor_key"), ("braintree", "braintree_token"),
    ("brandfetch", "vendor_key"), ("browserstack", "vendor_key"), ("browshot", "vendor_key"), ("bugsnag", "vendor_key"), ("buildkite", "buildkite_token"), ("bulbul", "vendor_key"), ("bulksms", "vendor_key"),
    ("buttercms", "vendor_key"), ("calendarific", "vendor_key"), ("calendly", "vendor_key"), ("calorieninja", "vendor_key"), ("campayn", "vendor_key"), ("cannyio", "vendor_key"), ("capsulecrm", "vendor_key"),
    ("carboninterface", "vendor_key"), ("cashboard", "vendor_key"), ("caspio", "vendor_key"), ("censys", "vendor_key"), ("centralstation", "vendor_key"), ("cexio", "vendor_key"), ("chartmogul", "vendor_key"), ("checkly", "vendor_key"),
    ("circleci", "circleci_token"), ("clearbit", "vendor_key"), ("clickhelp", "vendor_key"), ("clicksend", "vendor_key"), ("clickup", "vendor_key"), ("cliengo", "vendor_key"), ("clockify", "vendor_key"), ("clockwork", "vendor_key"),
    ("cloudelements", "vendor_key"), ("cloudinary", "vendor_key"), ("cloudmersive", "vendor_key"), ("cloudplan", "vendor_key"), ("cloverly", "vendor_key"), ("codacy", "vendor_key"), ("codeclimate", "vendor_key"), ("codemagic", "vendor_key"),
    ("coinapi", "vendor_key"), ("coinlayer", "vendor_key"), ("coinlib", "vendor_key"), ("commercejs", "vendor_key"), ("companyhub", "vendor_key"), ("convertkit", "vendor_key"), ("convier", "vendor_key"), ("countrylayer", "vendor_key"),
    ("courier", "vendor_key"), ("coveralls", "vendor_key"), ("crowdin", "vendor_key"), ("cryptocompare", "vendor_key"), ("currencycloud", "vendor_key"), ("currencyfreaks", "vendor_key"), ("currencylayer", "vendor_key"), ("currencyscoop", "vendor_key"),
    ("currentsapi", "vendor_key"), ("customerguru", "vendor_key"), ("customerio", "vendor_key"), ("dandelion", "vendor_key"), ("deepai", "vendor_key"), ("deepgram", "vendor_key"), ("delighted", "vendor_key"), ("demio", "vendor_key"), ("deputy", "vendor_key"),
    ("detectify", "vendor_key"), ("detectlanguage", "vendor_key"), ("dfuse", "vendor_key"), ("diffbot", "vendor_key"), ("diggernaut", "vendor_key"), ("discogs", "vendor_key"), ("disqus", "vendor_key"), ("docparser", "vendor_key"), ("documo", "vendor_key"),
    ("docusign", "vendor_key"), ("doppler", "doppler_token"), ("dotmailer", "vendor_key"), ("dovico", "vendor_key"), ("dyspatch", "vendor_key"), ("eagleeyenetworks", "vendor_key"), ("easyinsight", "vendor_key"), ("edamam", "vendor_key"), ("edenai", "vendor_key"),
    ("elastic", "elastic_key"), ("elevenlabs", "elevenlabs_key"), ("enablex", "vendor_key"), ("etherscan", "vendor_key"), ("everhour", "vendor_key"), ("exchangerate", "vendor_key"), ("eventbrite", "vendor_key"), ("ezurio", "vendor_key"),
    ("fibery", "vendor_key"), ("figma", "figma_token"), ("fileio", "vendor_key"), ("finage", "vendor_key"), ("financialmodeling", "vendor_key"), ("fixerio", "vendor_key"), ("flatio", "vendor_key"), ("fleetbase", "vendor_key"), ("flightapi", "vendor_key"),
    ("flightstats", "vendor_key"), ("flowflu", "vendor_key"), ("formbucket", "vendor_key"), ("formcraft", "vendor_key"), ("formio", "vendor_key"), ("foursquare", "vendor_key"), ("freshdesk", "vendor_key"), ("fulcrum", "vendor_key"), ("fullstory", "vendor_key"),
    ("gemini", "google_api_key"), ("gengo", "vendor_key"), ("geoapify", "vendor_key"), ("geocodio", "vendor_key"), ("geoipifi", "vendor_key"), ("getresponse", "vendor_key"), ("giphy", "vendor_key"), ("gitee", "vendor_key"), ("github", "github_token"),
    ("gitlab", "gitlab_token"), ("glassnode", "vendor_key"), ("gongio", "vendor_key"), ("goodday", "vendor_key"), ("grafana", "grafana_token"), ("graphcms", "vendor_key"), ("graphhopper", "vendor_key"), ("groovehq", "vendor_key"), ("gtmetrix", "vendor_key"),
    ("guardianapi", "vendor_key"), ("gumroad", "vendor_key"), ("gyazo", "vendor_key"), ("happyscribe", "vendor_key"), ("harvest", "vendor_key"), ("hellosign", "vendor_key"), ("helpscout", "vendor_key"), ("hereapi", "vendor_key"), ("hiveage", "vendor_key"),
    ("holidayapi", "vendor_key"), ("honeycomb", "vendor_key"), ("hotjar", "vendor_key"), ("humanity", "vendor_key"), ("hybiscus", "vendor_key"), ("hypertrack", "vendor_key"), ("ibm_cloud", "ibm_key"), ("ibmcloud", "ibm_key"), ("softlayer", "ibm_key"),
    ("imagekit", "vendor_key"), ("imagga", "vendor_key"), ("impala", "vendor_key"), ("infura", "vendor_key"), ("insightly", "vendor_key"), ("instabot", "vendor_key"), ("instamojo", "vendor_key"), ("intrinio", "vendor_key"), ("invoiceocean", "vendor_key"),
    ("ipapi", "vendor_key"), ("ipgeolocation", "vendor_key"), ("ipinfo", "vendor_key"), ("ipquality", "vendor_key"), ("ipstack", "vendor_key"), ("jotform", "vendor_key"), ("jumpcloud", "vendor_key"), ("juro", "vendor_key"), ("kanban", "vendor_key"), ("karmacrm", "vendor_key"),
    ("keenio", "vendor_key"), ("kickbox", "vendor_key"), ("klaviyo", "vendor_key"), ("klipfolio", "vendor_key"), ("knapsackpro", "vendor_key"), ("kontent", "vendor_key"), ("larksuite", "vendor_key"), ("lastfm", "vendor_key"), ("leadfeeder", "vendor_key"),
    ("lemlist", "vendor_key"), ("lexigram", "vendor_key"), ("linemessaging", "vendor_key"), ("linenotify", "vendor_key"), ("linode", "vendor_key"), ("liveagent", "vendor_key"), ("livestorm", "vendor_key"), ("locationiq", "vendor_key"), ("loggly", "vendor_key"),
    ("loginradius", "vendor_key"), ("logz", "vendor_key"), ("lokalise", "vendor_key"), ("loyverse", "vendor_key"), ("mailboxlayer", "vendor_key"), ("mailerlite", "vendor_key"), ("mailjet", "vendor_key"), ("mailmodo", "vendor_key"), ("mailsac", "vendor_key"),
    ("mandrill", "vendor_key"), ("mapquest", "vendor_key"), ("marketstack", "vendor_key"), ("mavenlink", "vendor_key"), ("mediastack", "vendor_key"), ("meistertask", "vendor_key"), ("mesibo", "vendor_key"), ("mindmeister", "vendor_key"), ("miro", "vendor_key"),
    ("mixcloud", "vendor_key"), ("mixpanel", "vendor_key"), ("mockaroo", "vendor_key"), ("moderation", "vendor_key"), ("monday", "vendor_key"), ("moonclerk", "vendor_key"), ("moosend", "vendor_key"), ("mrticktock", "vendor_key"), ("muxapi", "vendor_key"), ("nasdaq", "vendor_key"),
    ("nethunt", "vendor_key"), ("neutrino", "vendor_key"), ("newsapi", "vendor_key"), ("newscatcher", "vendor_key"), ("nexmo", "vendor_key"), ("nftport", "vendor_key"), ("nicereply", "vendor_key"), ("nimble", "vendor_key"), ("nitro", "vendor_key"), ("noticeable", "vendor_key"),
    ("notion", "notion_token"), ("nutritionix", "vendor_key"), ("nylas", "vendor_key"), ("onelogin", "vendor_key"), ("onepagecrm", "vendor_key"), ("onesignal", "vendor_key"), ("onwaterio", "vendor_key"), ("oopspam", "vendor_key"), ("opencage", "vendor_key"),
    ("opengraphr", "vendor_key"), ("openuv", "vendor_key"), ("openweather", "vendor_key"), ("opsgenie", "vendor_key"), ("optimizely", "vendor_key"), ("overloop", "vendor_key"), ("owlbot", "vendor_key"), ("packagecloud", "vendor_key"), ("pagarme", "vendor_key"),
    ("pagerduty", "vendor_key"), ("pandadoc", "vendor_key"), ("pandascore", "vendor_key"), ("paperform", "vendor_key"), ("paralleldots", "vendor_key"), ("parsehub", "vendor_key"), ("parsers", "vendor_key"), ("parseur", "vendor_key"), ("partnerstack", "vendor_key"),
    ("pastebin", "vendor_key"), ("paydirt", "vendor_key"), ("paymo", "vendor_key"), ("paypal", "paypal_secret"), ("paystack", "vendor_key"), ("pdflayer", "vendor_key"), ("pdfshift", "vendor_key"), ("peopledatalabs", "vendor_key"), ("pepipost", "vendor_key"),
    ("pinata", "vendor_key"), ("pipedream", "vendor_key"), ("pipedrive", "vendor_key"), ("pivotaltracker", "vendor_key"), ("pixabay", "vendor_key"), ("planviewleankit", "vendor_key"), ("planyo", "vendor_key"), ("plivo", "vendor_key"), ("podio", "vendor_key"),
    ("pollsapi", "vendor_key"), ("poloniex", "vendor_key"), ("polygon", "vendor_key"), ("positionstack", "vendor_key"), ("postageapp", "vendor_key"), ("postbacks", "vendor_key"), ("postmark", "vendor_key"), ("powrbot", "vendor_key"), ("prospectcrm", "vendor_key"),
    ("protocolsio", "vendor_key"), ("proxycrawl", "vendor_key"), ("pubnub", "vendor_key"), ("purestake", "vendor_key"), ("pushbullet", "vendor_key"), ("pusher", "vendor_key"), ("qase", "vendor_key"), ("qualaroo", "vendor_key"), ("qubole", "vendor_key"), ("rapid7", "vendor_key"),
    ("raven", "vendor_key"), ("rawg", "vendor_key"), ("razorpay", "razorpay_key"), ("reachmail", "vendor_key"), ("readme", "readme_key"), ("rebrandly", "vendor_key"), ("rechargepayments", "vendor_key"), ("refiner", "vendor_key"), ("rentman", "vendor_key"), ("repairshopr", "vendor_key"),
    ("restpack", "vendor_key"), ("rev_ai", "vendor_key"), ("revampcrm", "vendor_key"), ("ringcentral", "vendor_key"), ("ritekit", "vendor_key"), ("roaring", "vendor_key"), ("rockset", "vendor_key"), ("roninapp", "vendor_key"), ("rownd", "vendor_key"), ("route4me", "vendor_key"),
    ("runrun", "vendor_key"), ("salesblink", "vendor_key"), ("salescookie", "vendor_key"), ("salesflare", "vendor_key"), ("salesforce", "salesforce_token"), ("salesmate", "vendor_key"), ("satismeter", "vendor_key"), ("saucelabs", "vendor_key"), ("scalr", "vendor_key"),
    ("scraperapi", "vendor_key"), ("scraperbox", "vendor_key"), ("scrapestack", "vendor_key"), ("scrapingant", "vendor_key"), ("scrapingbee", "vendor_key"), ("screenshotapi", "vendor_key"), ("scrutinizer", "vendor_key"), ("securitytrails", "vendor_key"), ("segment", "vendor_key"), ("selectpdf", "vendor_key"),
    ("semaphore", "vendor_key"), ("sendgrid", "sendgrid_key"), ("serphouse", "vendor_key"), ("serpstack", "vendor_key"), ("sheety", "vendor_key"), ("sherpadesk", "vendor_key"), ("shodan", "vendor_key"), ("shortcut", "vendor_key"), ("shotstack", "vendor_key"), ("shutterstock", "vendor_key"),
    ("signable", "vendor_key"), ("signalwire", "vendor_key"), ("signaturit", "vendor_key"), ("signupgenius", "vendor_key"), ("sigopt", "vendor_key"), ("simplesat", "vendor_key"), ("simplynoted", "vendor_key"), ("simvoly", "vendor_key"), ("sinch", "vendor_key"), ("sirv", "vendor_key"),
    ("siteleaf", "vendor_key"), ("skrapp", "vendor_key"), ("skybiometry", "vendor_key"), ("slack", "slack_token"), ("smartsheets", "vendor_key"), ("smartystreets", "vendor_key"), ("smooch", "vendor_key"), ("snipcart", "vendor_key"), ("snowflake", "vendor_key"), ("sparkpost", "vendor_key"),
    ("speechtext", "vendor_key"), ("splunk", "vendor_key"), ("spoonacular", "vendor_key"), ("sportradar", "vendor_key"), ("sportsmonk", "vendor_key"), ("spotify", "vendor_key"), ("sslmate", "vendor_key"), ("statuscake", "vendor_key"), ("statuspage", "vendor_key"), ("stitchdata", "vendor_key"),
    ("stockdata", "vendor_key"), ("storecove", "vendor_key"), ("stormboard", "vendor_key"), ("stormglass", "vendor_key"), ("storychief", "vendor_key"), ("strava", "vendor_key"), ("streak", "vendor_key"), ("stripo", "vendor_key"), ("stytch", "vendor_key"), ("sugester", "vendor_key"),
    ("supernotes", "vendor_key"), ("surveyanyplace", "vendor_key"), ("surveybot", "vendor_key"), ("surveysparrow", "vendor_key"), ("survicate", "vendor_key"), ("swell", "vendor_key"), ("swiftype", "vendor_key"), ("tallyfy", "vendor_key"), ("tatumio", "vendor_key"), ("taxjar", "vendor_key"),
    ("teamgate", "vendor_key"), ("teamviewer", "vendor_key"), ("teamwork", "vendor_key"), ("technicalanalysis", "vendor_key"), ("telnyx", "vendor_key"), ("terraform", "terraform_token"), ("text2data", "vendor_key"), ("textmagic", "vendor_key"), ("thinkific", "vendor_key"), ("ticketmaster", "vendor_key"),
    ("tiingo", "vendor_key"), ("timecamp", "vendor_key"), ("timezoneapi", "vendor_key"), ("tmetric", "vendor_key"), ("todoist", "vendor_key"), ("toggltrack", "vendor_key"), ("tomorrowio", "vendor_key"), ("tomtom", "vendor_key"), ("tradier", "vendor_key"), ("transferwise", "vendor_key"),
    ("twelvedata", "vendor_key"), ("tyntec", "vendor_key"), ("typeform", "typeform_token"), ("ubidots", "vendor_key"), ("uclassify", "vendor_key"), ("unifyid", "vendor_key"), ("unplugg", "vendor_key"), ("unsplash", "vendor_key"), ("upcdatabase", "vendor_key"), ("uplead", "vendor_key"),
    ("uploadcare", "vendor_key"), ("uptimerobot", "vendor_key"), ("upwave", "vendor_key"), ("urlscan", "vendor_key"), ("userflow", "vendor_key"), ("userstack", "vendor_key"), ("vatlayer", "vendor_key"), ("vbout", "vendor_key"), ("vercel", "vercel_token"), ("verifier", "vendor_key"),
    ("verimail", "vendor_key"), ("veriphone", "vendor_key"), ("versioneye", "vendor_key"), ("viewneo", "vendor_key"), ("virustotal", "vendor_key"), ("visualcrossing", "vendor_key"), ("voicegain", "vendor_key"), ("vouchery", "vendor_key"), ("vpnapi", "vendor_key"), ("vultr", "vendor_key"),
    ("vyte", "vendor_key"), ("walkscore", "vendor_key"), ("weatherbit", "vendor_key"), ("weatherstack", "vendor_key"), ("webex", "vendor_key"), ("webflow", "vendor_key"), ("webscraper", "vendor_key"), ("webscraping", "vendor_key"), ("wepay", "vendor_key"), ("whoxy", "vendor_key"),
    ("wistia", "vendor_key"), ("workday", "vendor_key"), ("workstack", "vendor_key"), ("worldcoinindex", "vendor_key"), ("worldweather", "vendor_key"), ("wrike", "vendor_key"), ("yelp", "vendor_key"), ("youneedabudget", "vendor_key"), ("yousign", "vendor_key"), ("zapier", "vendor_key"),
    ("zenrows", "vendor_key"), ("zenscrape", "vendor_key"), ("zenserp", "vendor_key"), ("zeplin", "vendor_key"), ("zerobounce", "vendor_key"), ("zerotier", "vendor_key"), ("zipapi", "vendor_key"), ("zipcodeapi", "vendor_key"), ("zonka", "vendor_key"), ("zulip", "vendor_key"),
];
