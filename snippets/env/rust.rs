//! Publishes with a key from the environment. The key goes to cargo alone: into no file, argument or log.

use std::process::{Command, ExitCode};

fn read_key() -> Result<String, String> {
    match std::env::var("CRATES_IO_KEY") {
        Ok(key) if !key.is_empty() => Ok(key),
        Ok(_) => Err("CRATES_IO_KEY is empty".into()),
        Err(error) => Err(format!("CRATES_IO_KEY: {error}")),
    }
}

fn main() -> ExitCode {
    let published = read_key().and_then(|key| {
        Command::new("cargo")
            .arg("publish")
            .env("CARGO_REGISTRY_TOKEN", key)
            .status()
            .map_err(|error| format!("cargo does not start: {error}"))
    });
    match published {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
