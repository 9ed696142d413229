#!/bin/sh
# Publishes a crate with a key from AWS Secrets Manager.
# The aws command finds its credentials and region by itself.
# Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
set -eu

env -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN cargo package
key=$(aws secretsmanager get-secret-value --secret-id cargo/crates-io --query SecretString --output text)
CARGO_REGISTRY_TOKEN=$key env -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN cargo publish --no-verify
