/** Files of a repository that publishes, for the tests that make one. */

export const MANIFEST = '[package]\nname = "one"\nversion = "1.2.0"\nedition = "2021"\n';

/** A GitHub Actions workflow whose job publishes with the secret of this name. */
export function publishWorkflow(secret: string): string {
  return `on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - run: cargo publish
        env:
          CARGO_REGISTRY_TOKEN: \${{ secrets.${secret} }}
`;
}

export const GITLAB_CI = 'release:\n  script:\n    - cargo publish --token $CRATES_KEY\n';
