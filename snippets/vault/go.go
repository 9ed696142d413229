// Publishes a crate with a key from HashiCorp Vault or OpenBao.
// go get github.com/hashicorp/vault/api@v1.23.0
// VAULT_ADDR and VAULT_TOKEN as for Vault's own command line; the secret is in KV version 2 at secret/cargo.
// Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	vault "github.com/hashicorp/vault/api"
)

var secrets = []string{"VAULT_TOKEN"}

func readKey() (string, error) {
	if os.Getenv("VAULT_ADDR") == "" {
		return "", errors.New("VAULT_ADDR is not set")
	}
	client, err := vault.NewClient(nil)
	if err != nil {
		return "", err
	}
	secret, err := client.KVv2("secret").Get(context.Background(), "cargo")
	if err != nil {
		return "", err
	}
	key, ok := secret.Data["api_key"].(string)
	if !ok {
		return "", errors.New("the secret has no field api_key")
	}
	return key, nil
}

func cargo(args []string, variables ...string) error {
	command := exec.Command("cargo", args...)
	command.Env = append(slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(secrets, name)
	}), variables...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	return command.Run()
}

func publish() error {
	if err := cargo([]string{"package"}); err != nil {
		return fmt.Errorf("cargo package: %w", err)
	}
	key, err := readKey()
	if err != nil {
		return fmt.Errorf("no key: %w", err)
	}
	return cargo([]string{"publish", "--no-verify"}, "CARGO_REGISTRY_TOKEN="+key)
}

func main() {
	if err := publish(); err != nil {
		fmt.Fprintln(os.Stderr, strings.Join(strings.Fields(err.Error()), " "))
		os.Exit(1)
	}
}
