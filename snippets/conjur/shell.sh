#!/bin/sh
# Publishes a crate with a key from CyberArk Conjur.
# `conjur init` and `conjur login` came before.
# Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
set -eu

env -u CONJUR_AUTHN_API_KEY cargo package
key=$(conjur variable get -i ci/cargo)
CARGO_REGISTRY_TOKEN=$key env -u CONJUR_AUTHN_API_KEY cargo publish --no-verify
