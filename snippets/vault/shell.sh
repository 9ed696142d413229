#!/bin/sh
# Publishes with a key from HashiCorp Vault, read by its command line (VAULT_ADDR, VAULT_TOKEN or `vault login`).
# The key goes to cargo alone: into no file, argument or log.
set -eu

key=$(vault kv get -mount=secret -field=api_key cargo)

CARGO_REGISTRY_TOKEN=$key cargo publish
