import type { Channel, Io } from './io';

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
