//! Publishes a crate with a key from HashiCorp Vault or OpenBao.
//! cargo add vaultrs@0.8.0
//! cargo add serde@1 --features derive
//! cargo add tokio@1 --features macros,rt
//! VAULT_ADDR and VAULT_TOKEN as for Vault's own command line; the secret is in KV version 2 at secret/cargo.
//! Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.

use std::error::Error;
use std::process::{Command, ExitCode};

use serde::Deserialize;
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};
use vaultrs::kv2;

const SECRETS: [&str; 1] = ["VAULT_TOKEN"];

#[derive(Deserialize)]
struct Secret {
    api_key: String,
}

async fn read_key() -> Result<String, Box<dyn Error>> {
    let address = std::env::var("VAULT_ADDR").map_err(|error| format!("VAULT_ADDR: {error}"))?;
    let settings = VaultClientSettingsBuilder::default()
        .address(address)
        .namespace(std::env::var("VAULT_NAMESPACE").ok())
        .build()?;
    let secret: Secret = kv2::read(&VaultClient::new(settings)?, "secret", "cargo").await?;
    Ok(secret.api_key)
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
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
