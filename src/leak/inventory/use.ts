/** Something that will stop working when the key goes. */
export interface Use {
  /** A stable name: `github-actions`, `gitlab-ci`, `make`, `machine`… */
  readonly service: string;
  /** From the folder that was looked through, `/` between folders; `~` stands for the home folder. */
  readonly path: string;
  /** 1-based: where the secret is named, or the command where it is not. */
  readonly line: number;
  /** What the service calls the secret; null where the place does not say. */
  readonly secretName: string | null;
  /** The command or action that needs the key, where one is known. */
  readonly command: string | null;
  /** Job, step, environment and the like, for people. */
  readonly context: string | null;
}

/** A use before it is known which file and service it belongs to. */
export type PlacedUse = Omit<Use, 'service' | 'path'>;

/** What a value points to. */
export type Reference =
  /** A secret of the service. */
  | { readonly kind: 'secret'; readonly name: string }
  /** A variable, which may lead on to a secret. */
  | { readonly kind: 'variable'; readonly name: string }
  /** Something without a name here: what an earlier step made, such as a Trusted Publishing token, or read from a file. */
  | { readonly kind: 'unnamed' };

/** A variable that gets a value somewhere. */
export interface Binding {
  readonly name: string;
  /** Null for a literal, or for a value whose origin the place does not tell. */
  readonly reference: Reference | null;
  /** 1-based. */
  readonly line: number;
}

/** Where Cargo reads a key from the environment: `CARGO_REGISTRY_TOKEN`, `CARGO_REGISTRIES_<NAME>_TOKEN`. */
export function isKeyVariable(name: string): boolean {
  return /^CARGO_(REGISTRY|REGISTRIES_[A-Z0-9_]+)_(TOKEN|SECRET_KEY)$/.test(name);
}

/** Names that people give to a crates.io key: `CRATES_KEY`, `CRATES_IO_TOKEN`, `cargo-token`, `cargoToken`… and not `CARGO_TERM_COLOR`. */
export function looksLikeKeyName(given: string): boolean {
  const name = given.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return (
    /(^|[_.-])(cargo|crates?)([_.-]?io)?[_.-](.*[_.-])?(token|key|secret|password|login|credentials?)s?$/i.test(name) &&
    // The private key of a GitHub App or of a signer is none of Cargo's.
    !/cache|hash|private[_.-]?key/i.test(name)
  );
}

/** The variable that a command reads when nothing else is said; `registry` is the value of `--registry`. */
export function defaultVariable(registry: string | null): string {
  return registry === null || registry === 'crates-io'
    ? 'CARGO_REGISTRY_TOKEN'
    : `CARGO_REGISTRIES_${registry.toUpperCase().replaceAll('-', '_')}_TOKEN`;
}

/**
 * The first thing that `text` refers to, in any of the notations of shells, CI services and build tools; null for a
 * literal or a computed value.
 */
export function referenceIn(text: string): Reference | null {
  const expression = /\$\{\{(.*?)\}\}/s.exec(text)?.[1];
  if (expression !== undefined) return expressionReference(expression);
  const shell =
    /\$\$?(?:env:|ENV:)?(?:\{(?:env[:.]|params\.)?([A-Za-z_]\w*)[^}]*\}|([A-Za-z_]\w*)|\(([A-Za-z_][\w.-]*)\))/.exec(
      text,
    );
  const name =
    shell?.[1] ??
    shell?.[2] ??
    shell?.[3] ??
    /%([A-Za-z_]\w*)%/.exec(text)?.[1] ??
    /\{\{\s*([A-Za-z_][\w-]*)\s*\}\}/.exec(text)?.[1];
  return name === undefined ? null : { kind: 'variable', name };
}

/** Inside `${{ … }}`: GitHub's contexts, Azure's variables. What is computed, as `secrets[matrix.key]` is, has no name here. */
function expressionReference(expression: string): Reference {
  // The secret is a whole document there, and the key one field of it.
  if (/\bfromJSON\s*\(/i.test(expression)) return { kind: 'unnamed' };
  const secret = /\bsecrets(?:\.|\[\s*['"])([\w-]+)/.exec(expression)?.[1];
  if (secret !== undefined) return { kind: 'secret', name: secret };
  const variable = /\b(?:env|vars|variables|inputs|parameters)(?:\.|\[\s*['"])([\w-]+)/.exec(expression)?.[1];
  if (variable !== undefined) return { kind: 'variable', name: variable };
  return { kind: 'unnamed' };
}
