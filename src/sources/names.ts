import type { SourceContext } from './content';

/** What a name says before anything at it is read. */
export interface NameSaid {
  /** The name itself may hold something. */
  readonly isSuspect: boolean;
  /** What lies there is to be looked at whatever it holds: at a credentials file's name the rules are others. */
  readonly makesSuspect: boolean;
}

/** The same names come in every version of a folder. */
const REMEMBERED = 50_000;
const EMPTY_LINE = Buffer.from('\n');

/** Judges names, bytes as latin1, without asking twice for those that come often. */
export function nameReader(context: SourceContext): (name: string) => NameSaid {
  const known = new Map<string, NameSaid>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const said = {
      isSuspect: context.mayHold(Buffer.from(name, 'latin1'), null),
      makesSuspect: context.mayHold(EMPTY_LINE, name),
    };
    if (known.size >= REMEMBERED) known.clear();
    known.set(name, said);
    return said;
  };
}
