import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Publishes a crate with a key from the environment.
 *
 * <p>CRATES_IO_KEY holds the key.
 * Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
 */
final class Publish {
    private static final List<String> SECRETS = List.of("CRATES_IO_KEY");

    private Publish() {}

    private static String readKey() {
        String key = System.getenv("CRATES_IO_KEY");
        if (key == null || key.isEmpty()) {
            throw new IllegalStateException("CRATES_IO_KEY is not set");
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
