// Publishes a crate with a key from the environment.
// CRATES_IO_KEY holds the key.
// Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

var secrets = []string{"CRATES_IO_KEY"}

func readKey() (string, error) {
	key := os.Getenv("CRATES_IO_KEY")
	if key == "" {
		return "", errors.New("CRATES_IO_KEY is not set")
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
