//DEPS com.cyberark.conjur.api:conjur-api:3.0.3
// What its own list of dependencies forgets:
//DEPS org.glassfish.jersey.core:jersey-client:2.47
//DEPS org.glassfish.jersey.inject:jersey-hk2:2.47
//DEPS com.google.code.gson:gson:2.13.2
//DEPS commons-codec:commons-codec:1.19.0
//DEPS joda-time:joda-time:2.14.0
//DEPS javax.activation:javax.activation-api:1.2.0
import com.cyberark.conjur.api.Conjur;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * Publishes a crate with a key from CyberArk Conjur.
 *
 * <p>CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and CONJUR_AUTHN_API_KEY as for Conjur's own tools.
 * Build scripts run in `cargo package`, which gets no key and no login; only `cargo publish` gets the key.
 */
final class Publish {
    private static final List<String> SECRETS = List.of("CONJUR_AUTHN_API_KEY");

    private Publish() {}

    private static String readKey() throws NoSuchAlgorithmException {
        return new Conjur(SSLContext.getDefault()).variables().retrieveSecret("ci/cargo");
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
