# /// script
# requires-python = ">=3.9"
# dependencies = ["boto3==1.44.8"]
# ///
"""Publishes a crate with a key from AWS Secrets Manager.

The SDK finds credentials and region by itself: environment (AWS_REGION), profile, SSO, or the role of the machine.
Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
"""

import os
import subprocess
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def read_key() -> str:
    # boto3 takes AWS_DEFAULT_REGION and the profile's region by itself, but not AWS_REGION.
    region = os.environ.get("AWS_REGION")
    client = boto3.client("secretsmanager", region_name=region)
    return client.get_secret_value(SecretId="cargo/crates-io")["SecretString"]


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
    except (BotoCoreError, ClientError, KeyError) as error:
        sys.exit(f"no key: {error!r}")
    cargo("publish", "--no-verify", CARGO_REGISTRY_TOKEN=key)


if __name__ == "__main__":
    main()
