const LONGEST = 1000;

/** Why a text is no pattern, in words that do not quote it. */
export interface PatternFault {
  readonly fault: string;
  readonly hint?: string;
}

/**
 * Compiles a pattern in RE2's syntax, which runs in linear time: no back-references, no look-around. It is looked for
 * anywhere in a text; `^` and `$` tie it to the ends.
 */
export async function compilePattern(pattern: string): Promise<((text: string) => boolean) | PatternFault> {
  if (pattern === '') return { fault: 'an empty pattern' };
  if (pattern.length > LONGEST) return { fault: `a pattern of more than ${LONGEST} characters` };
  const { RE2JS, RE2JSException, RE2JSSyntaxException } = await import('re2js');
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    // The description is one of a closed set; the piece of the pattern beside it in the message is not for printing.
    const why = error instanceof RE2JSSyntaxException ? `: ${error.getDescription()}` : '';
    return {
      fault: `not a pattern${why}`,
      hint: 'Patterns have the syntax of RE2: no look-around, no back-references.',
    };
  }
}
