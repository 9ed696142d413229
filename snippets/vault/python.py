# /// script
# requires-python = ">=3.9"
# dependencies = ["hvac==2.4.0"]
# ///
"""Publishes a crate with a key from HashiCorp Vault or OpenBao.

VAULT_ADDR and VAULT_TOKEN as for Vault's own command line; the secret is in KV version 2 at secret/cargo.
Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
"""

import os
import subprocess
import sys

import hvac
import requests

SECRETS = ("VAULT_TOKEN",)


def read_key() -> str:
    client = hvac.Client(
        url=os.environ["VAULT_ADDR"],
        namespace=os.environ.get("VAULT_NAMESPACE"),
        timeout=10,
    )
    kv = client.secrets.kv.v2
    secret = kv.read_secret_version(path="cargo", raise_on_deleted_version=True)
    return secret["data"]["data"]["api_key"]


def cargo(*args: str, **variables: str) -> None:
    env = {name: value for name, value in os.environ.items() if name not in SECRETS}
    status = subprocess.run(
        ["cargo", *args], env=env | variables, check=False
    ).returncode
    if status != 0:
        sys.exit(status)


def main() -> None:
    cargo("package")
    try:
        key = read_key()
    except (hvac.exceptions.VaultError, requests.RequestException, KeyError) as error:
        sys.exit(f"no key: {error!r}")
    cargo("publish", "--no-verify", CARGO_REGISTRY_TOKEN=key)


if __name__ == "__main__":
    main()
