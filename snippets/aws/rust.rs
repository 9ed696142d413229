//! Publishes a crate with a key from AWS Secrets Manager.
//! cargo add aws-config@1.13.0 --features behavior-version-latest
//! cargo add aws-sdk-secretsmanager@1.125.0 --no-default-features --features default-https-client,rt-tokio
//! cargo add tokio@1 --features macros,rt
//! The SDK finds credentials and region by itself: environment (AWS_REGION), profile, SSO, or the role of the machine.
//! Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.

use std::error::Error;
use std::process::{Command, ExitCode};

const SECRETS: [&str; 2] = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

async fn read_key() -> Result<String, Box<dyn Error>> {
    let config = aws_config::load_from_env().await;
    let secret = aws_sdk_secretsmanager::Client::new(&config)
        .get_secret_value()
        .secret_id("cargo/crates-io")
        .send()
        .await?;
    let key = secret.secret_string().ok_or("the secret has no text")?;
    Ok(key.to_owned())
}

/// An error of the SDK says little; what is behind it says the rest. On one line.
fn describe(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    let words: Vec<String> = chain.map(|error| error.to_string()).collect();
    let text = words.join(": ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

async fn publish() -> Result<(), Box<dyn Error>> {
    cargo(&["package"], None)?;
    let key = read_key().await?;
    cargo(&["publish", "--no-verify"], Some(&key))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match publish().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", describe(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}
