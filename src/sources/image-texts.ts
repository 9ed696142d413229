/** A text in a JSON document and where it stands, as `config/Env/2`. */
export interface PlacedText {
  readonly at: string;
  readonly text: string;
}

/**
 * Every text of an image's JSON as a person would have written it: a member as `key=value` (labels, annotations), an
 * array of texts as lines of its own for `Env` and in one line for commands (`Cmd`, `Entrypoint`, health checks), so
 * that `["cargo", "login", "…"]` reads as the command that it is.
 */
export function* textsOf(value: unknown, at = ''): Generator<PlacedText> {
  if (Array.isArray(value)) yield* arrayTexts(value, at);
  else if (typeof value === 'object' && value !== null) yield* memberTexts(value, at);
  else if (typeof value === 'string') yield { at, text: value };
}

function* arrayTexts(values: readonly unknown[], at: string): Generator<PlacedText> {
  const isCommand = values.every((value) => typeof value === 'string') && !/(?:^|\/)Env$/.test(at);
  if (isCommand) yield { at, text: values.join(' ') };
  else for (const [index, value] of values.entries()) yield* textsOf(value, join(at, String(index)));
}

function* memberTexts(members: object, at: string): Generator<PlacedText> {
  for (const [key, value] of Object.entries(members) as [string, unknown][]) {
    if (typeof value === 'string') yield { at, text: isProse(key) ? value : `${key}=${value}` };
    else {
      // Volumes, ports and the like are keys of empty objects.
      yield { at, text: key };
      yield* textsOf(value, join(at, key));
    }
  }
}

/** The command of a history entry is a text of its own; `created_by=` in front would only be in the way. */
function isProse(key: string): boolean {
  return key === 'created_by' || key === 'comment';
}

function join(at: string, key: string): string {
  return at === '' ? key : `${at}/${key}`;
}
