#!/bin/sh
# Publishes a crate with a key from HashiCorp Vault or OpenBao.
# VAULT_ADDR, and VAULT_TOKEN or `vault login`, as for Vault's own command line.
# Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
set -eu

env -u VAULT_TOKEN cargo package
key=$(vault kv get -mount=secret -field=api_key cargo)
CARGO_REGISTRY_TOKEN=$key env -u VAULT_TOKEN cargo publish --no-verify
