#!/bin/sh
# Publishes a crate with a key from the environment.
# Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
set -eu

key=${CRATES_IO_KEY:?is not set}
unset CRATES_IO_KEY

cargo package
CARGO_REGISTRY_TOKEN=$key cargo publish --no-verify
