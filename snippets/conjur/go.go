// Publishes a crate with a key from CyberArk Conjur.
// go get github.com/cyberark/conjur-api-go/conjurapi@v0.15.7
// CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY as for Conjur's own tools.
// Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/cyberark/conjur-api-go/conjurapi"
)

var secrets = []string{"CONJUR_AUTHN_API_KEY"}

func readKey() (string, error) {
	config, err := conjurapi.LoadConfig()
	if err != nil {
		return "", err
	}
	client, err := conjurapi.NewClientFromEnvironment(config)
	if err != nil {
		return "", err
	}
	key, err := client.RetrieveSecret("ci/cargo")
	return string(key), err
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
