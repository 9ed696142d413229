//! Publishes a crate with a key from the environment.
//! CRATES_IO_KEY holds the key.
//! Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.

use std::error::Error;
use std::process::{Command, ExitCode};

const SECRETS: [&str; 1] = ["CRATES_IO_KEY"];

fn read_key() -> Result<String, Box<dyn Error>> {
    match std::env::var("CRATES_IO_KEY") {
        Ok(key) if !key.is_empty() => Ok(key),
        _ => Err("CRATES_IO_KEY is not set".into()),
    }
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
