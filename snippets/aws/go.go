// Publishes a crate with a key from AWS Secrets Manager.
// go get github.com/aws/aws-sdk-go-v2/config@v1.33.18
// go get github.com/aws/aws-sdk-go-v2/service/secretsmanager@v1.50.11
// The SDK finds credentials and region by itself: environment (AWS_REGION), profile, SSO, or the role of the machine.
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

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

var secrets = []string{"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}

func readKey() (string, error) {
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return "", err
	}
	secret, err := secretsmanager.NewFromConfig(settings).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId: aws.String("cargo/crates-io"),
	})
	if err != nil {
		return "", err
	}
	if secret.SecretString == nil {
		return "", errors.New("the secret has no text")
	}
	return *secret.SecretString, nil
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
