/** A word of a shell command: its text with quotes taken off and references left in. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

/** A simple command. `pipedFrom` is the command before it in a pipe. */
export interface ShellCommand {
  readonly words: readonly Word[];
  /** Targets of `>`, `>>` and `<<<`, and bodies of here-documents. */
  readonly redirects: readonly { readonly operator: string; readonly text: string }[];
  /** 1-based, counted from the first line of the text. */
  readonly line: number;
  readonly pipedFrom: ShellCommand | null;
}

/**
 * Splits a script into its simple commands, as far as a POSIX shell, PowerShell and cmd agree on it: comments, quotes,
 * continued lines, separators and here-documents. It expands nothing, and what it cannot read it passes over.
 */
export function shellCommands(script: string): readonly ShellCommand[] {
  const reader = new ShellReader(script);
  return reader.read();
}

const SEPARATORS = new Set([';', '&', '|', '\n', '(', ')']);

class ShellReader {
  private readonly commands: ShellCommand[] = [];
  private words: Word[] = [];
  private redirects: { operator: string; text: string }[] = [];
  private awaiting: { delimiter: string; strip: boolean; into: { operator: string; text: string }[] }[] = [];
  private pipedFrom: ShellCommand | null = null;
  private startLine = 1;
  private line = 1;
  private at = 0;

  constructor(private readonly text: string) {}

  read(): readonly ShellCommand[] {
    while (this.at < this.text.length) this.step();
    this.finish('\n');
    return this.commands;
  }

  private step(): void {
    const { text } = this;
    const character = text.charAt(this.at);
    const continued = /^[\\`^]\r?\n/.exec(text.slice(this.at, this.at + 3))?.[0];
    if (continued !== undefined) {
      this.at += continued.length;
      this.line += 1;
    } else if (character === ' ' || character === '\t' || character === '\r') this.at += 1;
    else if (character === '#') this.skipLine();
    else if (character === '<' || character === '>') this.redirect();
    else if (SEPARATORS.has(character)) this.separate(character);
    else {
      if (this.words.length === 0) this.startLine = this.line;
      const word = this.word();
      // `2>` and the like: a file descriptor, no word
      if (/^\d$/.test(word.text) && /[<>]/.test(text.charAt(this.at))) return;
      this.words.push(word);
    }
  }

  private skipLine(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  private separate(character: string): void {
    const double = this.text.charAt(this.at + 1) === character && (character === '|' || character === '&');
    this.at += double ? 2 : 1;
    this.finish(double ? character.repeat(2) : character);
    if (character === '\n') {
      this.line += 1;
      this.hereDocuments();
    }
  }

  private finish(separator: string): void {
    const before = this.pipedFrom;
    this.pipedFrom = null;
    if (this.words.length > 0 || this.redirects.length > 0) {
      const command = { words: this.words, redirects: this.redirects, line: this.startLine, pipedFrom: before };
      this.commands.push(command);
      if (separator === '|') this.pipedFrom = command;
    }
    this.words = [];
    this.redirects = [];
  }

  private redirect(): void {
    const operator = /^(<<<|<<-|<<|<|>>|>&|>\||>)/.exec(this.text.slice(this.at, this.at + 3))?.[0] ?? '>';
    this.at += operator.length;
    while (/[ \t]/.test(this.text.charAt(this.at))) this.at += 1;
    if (this.words.length === 0 && this.redirects.length === 0) this.startLine = this.line;
    const { text } = this.word();
    if (operator === '<<' || operator === '<<-')
      this.awaiting.push({ delimiter: text, strip: operator === '<<-', into: this.redirects });
    else this.redirects.push({ operator, text });
  }

  /** Bodies start on the line after the one that asks for them. */
  private hereDocuments(): void {
    for (const { delimiter, strip, into } of this.awaiting.splice(0)) {
      const body: string[] = [];
      while (this.at < this.text.length) {
        const end = this.text.indexOf('\n', this.at);
        const line = this.text.slice(this.at, end < 0 ? undefined : end);
        this.at = end < 0 ? this.text.length : end + 1;
        this.line += 1;
        if ((strip ? line.replace(/^\t+/, '') : line).replace(/\r$/, '') === delimiter) break;
        body.push(line);
      }
      into.push({ operator: '<<', text: body.join('\n') });
    }
  }

  private word(): Word {
    let value = '';
    let quoted = false;
    while (this.at < this.text.length) {
      const rest = this.text.slice(this.at, this.at + 3);
      const character = rest.charAt(0);
      if (/^[\\`^]\r?\n/.test(rest) || /[\s;&|<>()]/.test(character)) break;
      if (character === "'" || character === '"') {
        quoted = true;
        value += this.quotation(character);
      } else if (rest.startsWith('${{')) value += this.until('}}');
      else if (rest.startsWith('{{')) value += this.until('}}');
      else if (rest.startsWith('$(')) value += this.balanced();
      else if (rest.startsWith('${')) value += this.until('}');
      else if (character === '\\' && /[\s"'\\$#;&|<>()]/.test(rest.charAt(1))) {
        value += rest.charAt(1);
        this.at += 2;
      } else {
        value += character;
        this.at += 1;
      }
    }
    return { text: value, quoted };
  }

  private quotation(quote: string): string {
    let value = '';
    this.at += 1;
    while (this.at < this.text.length && this.text.charAt(this.at) !== quote) {
      const character = this.text.charAt(this.at);
      const next = this.text.charAt(this.at + 1);
      if (quote === '"' && character === '\\' && /["\\$`]/.test(next)) {
        value += next;
        this.at += 2;
        continue;
      }
      if (this.text.startsWith('$(', this.at) && quote === '"') {
        value += this.balanced();
        continue;
      }
      if (character === '\n') this.line += 1;
      value += character;
      this.at += 1;
    }
    this.at += 1;
    return value;
  }

  private until(end: string): string {
    const stop = this.text.indexOf(end, this.at);
    const to = stop < 0 ? this.text.length : stop + end.length;
    return this.take(to);
  }

  private balanced(): string {
    let depth = 0;
    let to = this.at;
    for (; to < this.text.length; to += 1) {
      const character = this.text.charAt(to);
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      if (character === ')' && depth === 0) break;
    }
    return this.take(Math.min(to + 1, this.text.length));
  }

  private take(to: number): string {
    const taken = this.text.slice(this.at, to);
    this.line += taken.split('\n').length - 1;
    this.at = to;
    return taken;
  }
}
