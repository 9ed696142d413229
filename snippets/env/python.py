# /// script
# requires-python = ">=3.9"
# ///
"""Publishes a crate with a key from the environment.

CRATES_IO_KEY holds the key.
Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
"""

import os
import subprocess
import sys

SECRETS = ("CRATES_IO_KEY",)


def read_key() -> str:
    key = os.environ.get("CRATES_IO_KEY")
    if not key:
        raise KeyError("CRATES_IO_KEY")
    return key


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
    except KeyError as error:
        sys.exit(f"no key: {error!r}")
    cargo("publish", "--no-verify", CARGO_REGISTRY_TOKEN=key)


if __name__ == "__main__":
    main()
