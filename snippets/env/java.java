import java.io.IOException;

/** Publishes with a key from the environment. The key goes to cargo alone: into no file, argument or log. */
final class Publish {
    private Publish() {}

    private static String readKey() {
        String key = System.getenv("CRATES_IO_KEY");
        if (key == null || key.isEmpty()) {
            throw new IllegalStateException("CRATES_IO_KEY is not set");
        }
        return key;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        ProcessBuilder cargo = new ProcessBuilder("cargo", "publish").inheritIO();
        cargo.environment().put("CARGO_REGISTRY_TOKEN", readKey());
        System.exit(cargo.start().waitFor());
    }
}
