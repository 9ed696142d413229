#!/bin/sh
# Publishes with a key from CyberArk Conjur, read by its command line (`conjur init` and `conjur login` came before).
# The key goes to cargo alone: into no file, argument or log.
set -eu

key=$(conjur variable get -i ci/cargo)

CARGO_REGISTRY_TOKEN=$key cargo publish
