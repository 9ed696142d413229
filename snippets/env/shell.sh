#!/bin/sh
# Publishes with a key from the environment. The key goes to cargo alone: into no file, argument or log.
set -eu

: "${CRATES_IO_KEY:?is not set}"

CARGO_REGISTRY_TOKEN=$CRATES_IO_KEY cargo publish
