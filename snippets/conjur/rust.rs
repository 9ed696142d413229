//! Publishes a crate with a key from CyberArk Conjur.
//! cargo add ureq@3.5.2
//! cargo add base64@0.23.1
//! CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY as for Conjur's own tools.
//! Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.

use std::error::Error;
use std::process::{Command, ExitCode};

use base64::{Engine, prelude::BASE64_STANDARD};

const SECRETS: [&str; 1] = ["CONJUR_AUTHN_API_KEY"];

/// A path segment, with everything but letters, digits, `-`, `.` and `_` percent-encoded.
fn encode(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn setting(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|error| format!("{name}: {error}"))
}

/// Conjur has no crate; its REST API is two requests.
fn read_key() -> Result<String, Box<dyn Error>> {
    let base = setting("CONJUR_APPLIANCE_URL")?;
    let account = encode(&setting("CONJUR_ACCOUNT")?);
    let login = encode(&setting("CONJUR_AUTHN_LOGIN")?);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .max_redirects(0) // no other host gets the login
        .timeout_global(Some(std::time::Duration::from_secs(10)))
        .build()
        .into();
    let token = agent
        .post(format!("{base}/authn/{account}/{login}/authenticate"))
        .send(setting("CONJUR_AUTHN_API_KEY")?)?
        .into_body()
        .read_to_vec()?;
    let key = agent
        .get(format!(
            "{base}/secrets/{account}/variable/{}",
            encode("ci/cargo")
        ))
        .header(
            "Authorization",
            format!("Token token=\"{}\"", BASE64_STANDARD.encode(token)),
        )
        .call()?
        .into_body()
        .read_to_string()?;
    Ok(key)
}

fn cargo(args: &[&str], key: Option<&str>) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new("cargo");
    command.args(args);
    for name in SECRETS {
        command.env_remove(name);
    }
    if let Some(key) = key {
        command.env("CARGO_REGISTRY_TOKEN", key);
    }
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo {}: {status}", args.join(" ")).into())
    }
}

fn publish() -> Result<(), Box<dyn Error>> {
    cargo(&["package"], None)?;
    let key = read_key()?;
    cargo(&["publish", "--no-verify"], Some(&key))
}

fn main() -> ExitCode {
    match publish() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
