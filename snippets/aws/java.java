//DEPS software.amazon.awssdk:secretsmanager:2.57.8
//DEPS org.slf4j:slf4j-nop:1.7.36
import java.io.IOException;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Publishes a crate with a key from AWS Secrets Manager.
 *
 * <p>The SDK finds credentials and region by itself: environment (AWS_REGION), profile, SSO, or the role of the machine.
 * Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
 */
final class Publish {
    private static final List<String> SECRETS = List.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");

    private Publish() {}

    private static String readKey() {
        try (SecretsManagerClient client = SecretsManagerClient.create()) {
            String key = client.getSecretValue(request -> request.secretId("cargo/crates-io")).secretString();
            if (key == null) {
                throw new IllegalStateException("the secret has no text");
            }
            return key;
        }
    }

    private static void cargo(Map<String, String> variables, String... command) throws IOException, InterruptedException {
        ProcessBuilder cargo = new ProcessBuilder(command).inheritIO();
        cargo.environment().keySet().removeAll(SECRETS);
        cargo.environment().putAll(variables);
        int status = cargo.start().waitFor();
        if (status != 0) {
            System.exit(status);
        }
    }

    public static void main(String[] args) {
        try {
            cargo(Map.of(), "cargo", "package");
            cargo(Map.of("CARGO_REGISTRY_TOKEN", readKey()), "cargo", "publish", "--no-verify");
        } catch (Exception error) {
            System.err.println("no key: " + String.valueOf(error.getMessage()).replaceAll("\\s+", " "));
            System.exit(1);
        }
        System.exit(0); // idle connections of a client must not keep the program
    }
}
