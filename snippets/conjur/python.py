# /// script
# requires-python = ">=3.9"
# dependencies = ["conjur-api==0.2.0"]
# ///
"""Publishes a crate with a key from CyberArk Conjur.

CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY as for Conjur's own tools.
Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
"""

import asyncio
import os
import subprocess
import sys

from aiohttp import ClientError
from conjur_api import Client
from conjur_api.errors.errors import HttpError
from conjur_api.models import ConjurConnectionInfo, CredentialsData
from conjur_api.providers import AuthnAuthenticationStrategy, SimpleCredentialsProvider

SECRETS = ("CONJUR_AUTHN_API_KEY",)


def read_key() -> str:
    url = os.environ["CONJUR_APPLIANCE_URL"]
    credentials = SimpleCredentialsProvider()
    credentials.save(
        CredentialsData(
            machine=url,
            username=os.environ["CONJUR_AUTHN_LOGIN"],
            api_key=os.environ["CONJUR_AUTHN_API_KEY"],
        )
    )
    client = Client(
        ConjurConnectionInfo(
            url, os.environ["CONJUR_ACCOUNT"], os.environ.get("CONJUR_CERT_FILE")
        ),
        authn_strategy=AuthnAuthenticationStrategy(credentials),
    )
    return asyncio.run(client.get("ci/cargo")).decode()


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
    except (HttpError, ClientError, KeyError) as error:
        sys.exit(f"no key: {error!r}")
    cargo("publish", "--no-verify", CARGO_REGISTRY_TOKEN=key)


if __name__ == "__main__":
    main()
