//DEPS io.github.jopenlibs:vault-java-driver:6.2.1
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Publishes a crate with a key from HashiCorp Vault or OpenBao.
 *
 * <p>VAULT_ADDR and VAULT_TOKEN as for Vault's own command line; the secret is in KV version 2 at secret/cargo.
 * Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
 */
final class Publish {
    private static final List<String> SECRETS = List.of("VAULT_TOKEN");
    private static final Logger DRIVER = Logger.getLogger("io.github.jopenlibs.vault");

    private Publish() {}

    private static String readKey() throws VaultException {
        DRIVER.setLevel(Level.WARNING); // it tells of every namespace
        VaultConfig config = new VaultConfig().engineVersion(2);
        String namespace = System.getenv("VAULT_NAMESPACE");
        if (namespace != null) {
            config.nameSpace(namespace);
        }
        var answer = Vault.create(config.build()).logical().read("secret/cargo");
        String key = answer.getData().get("api_key");
        if (key == null) {
            throw new VaultException("Vault answered " + answer.getRestResponse().getStatus() + ", without a field api_key");
        }
        return key;
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
