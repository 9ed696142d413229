/** The world as a command sees it; tests hand in their own. Only main builds it from `process`. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Channel;
  readonly stderr: Channel;
  /** Aborted on the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Somewhere text goes. Everything written is masked and cleared of control characters by cli/output before it gets here. */
export interface Channel {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Columns; undefined where it is no terminal. */
  readonly width: number | undefined;
}
