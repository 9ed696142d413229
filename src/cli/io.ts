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
  /**
   * Writes text as it is: for a producer that masked and escaped what it quotes itself, and wants its own colours or
   * format kept (a report, a styled line). Where a channel has none, `write` does.
   */
  writeFormatted?(text: string): void;
  /** Resolves when what was written so far has left this process's buffers, so that a long report does not pile up. */
  drained?(): Promise<void>;
  readonly isTerminal: boolean;
  /** Columns; undefined where it is no terminal. */
  readonly width: number | undefined;
}

/**
 * Whether a channel gets colours: never with NO_COLOR (https://no-color.org; `--no-color` sets it), always with
 * FORCE_COLOR, else on a terminal that is not dumb.
 */
export function usesColor(io: Pick<Io, 'env'>, channel: Pick<Channel, 'isTerminal'>): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: terminal } = io.env;
  if (no !== undefined && no !== '') return false;
  if (force !== undefined && force !== '') return force !== '0';
  return channel.isTerminal && terminal !== 'dumb';
}
