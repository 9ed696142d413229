/** The gate for the tokens of any registry: each way in which Cargo is given one, as a line of a change shows it. */
import { type GateTest, inAnyCase } from './gate-test';

/** Quotes, both kinds: an expression stands between single quotes in the hooks, so they must not hold one. */
const QUOTE = '["&-(]';
const SPACE = '[[:space:]]';
/** What a value's first character can be; references and placeholders in brackets begin otherwise. */
const VALUE = '[^$<({%[:space:]]';
/** What a word of a command line is made of, and what may stand before a key there. */
const WORD = '[^[:space:]"&-),;<>|]';
const BEFORE_KEY = '[^A-Za-z0-9$<>{}%.]*';
/** At least sixteen characters with a digit among them have eight on one side of it. */
const KEY = `(${WORD}{8}${WORD}*[0-9]|[0-9]${WORD}{8})`;
/** `$'…'` of a shell, `$"…"` of C#: no name, no brace or bracket follows. */
const DOLLAR = '([$][^A-Za-z0-9_({$[:space:]])?';
const CARGO = inAnyCase('cargo');
const YAML_MARKS = `(!!str${SPACE}+|&[A-Za-z0-9_-]+${SPACE}+)*`;
const NAMED = `(${['name', 'key', 'variable', 'var', 'env'].map(inAnyCase).join('|')})`;
/** `login` as an argument of its own, with another one or a here document after it. */
const LOGIN = `(^[-+ ]?|[[:space:]"&-(\`,])login[^A-Za-z0-9_(:;=.>-]`;
const SEPARATOR = '[]["&-(`,)\\[:space:]]';
const ARGUMENT = '[^]["&-(`,)\\[:space:]]';
/** What may follow `login` on its line where the value stands below: options, with a value each at most. */
const OPTIONS = `(${SEPARATOR}|-${ARGUMENT}*(${SEPARATOR}+${ARGUMENT}+)?)*`;
const NAME_BEGINS = `${CARGO}_${inAnyCase('registr')}`;
const NAME = `${NAME_BEGINS}(${inAnyCase('y')}|${inAnyCase('ies')}_[A-Za-z0-9_]+)_(${inAnyCase('token')}|${inAnyCase('secret_key')})`;
const TABLE_KEY = '(token|secret-key|private-key)';

export const REGISTRY_GATE: readonly GateTest[] = [
  {
    hint: NAME_BEGINS,
    lines: [
      // NAME=value, NAME: value, "NAME": "value", NAME := value, ("NAME", "value")
      `${NAME}[\\]*["&-(\`]?[])}]*${SPACE}*(:=|::=|[?+]=|=>|=|:|,)${SPACE}*${YAML_MARKS}[A-Za-z@]*#*${DOLLAR}[\\]*["&-(\`]*${VALUE}`,
      // const NAME: TYPE = "value"
      `${NAME}${SPACE}*:.*=${SPACE}*["&-(\`]`,
      // X: { value: "…" }, ${X-value}, X.value = "…", X string = "…", X || "…", var("X").unwrap_or("…")
      `${NAME}[\\]*${QUOTE}?${SPACE}*[:=]${SPACE}*[{]([^{}]*$|.*[:=])|[{]${NAME}-|${NAME}[.]value${SPACE}*[:=]|${NAME}${SPACE}+string${SPACE}*=`,
      `${NAME}[\\]*["&-(\`]?[])}]*${SPACE}*([|][|]|[?][?]|or${SPACE}|[.]unwrap_or).*[0-9]`,
      // the value on a line below
      `${NAME}[\\]*["&-(\`]?[])}]*${SPACE}*(:=|::=|[?+]=|=>|=|:|,)${SPACE}*([|>][-+0-9]*)?${SPACE}*(#.*)?$`,
      `${NAMED}[\\]*${QUOTE}?${SPACE}*(:|=)>?${SPACE}*[\\]*${QUOTE}?${NAME}|<(${inAnyCase('key')}|${inAnyCase('name')})>${NAME}`,
      `${inAnyCase('variable')}${SPACE}+["]${NAME}|${inAnyCase('env')}[.]${QUOTE}?${NAME}`,
      // set -x NAME value, ENV NAME value, setx NAME value; gh secret set NAME --body value
      `(${inAnyCase('set')}(${inAnyCase('x')}|${inAnyCase('env')})?(.${inAnyCase('exe')})?|${inAnyCase('env')}|${inAnyCase('define')})[[:space:]/A-Za-z-]*${SPACE}${QUOTE}?${NAME}${QUOTE}?${SPACE}+${DOLLAR}[\\]*${QUOTE}*${VALUE}`,
      `${NAME}.*(--body|--value|--plaintext|--secret-value|-v)(=|${SPACE})|${NAME}.*(${SPACE}-b|<<<)`,
      `-(${inAnyCase('item')}|${inAnyCase('content')})${SPACE}.*${inAnyCase('env')}:.*${NAME}`,
    ],
  },
  {
    // token = "value": its table's header may stand far above
    hint: `${TABLE_KEY}[\\]*${QUOTE}?${SPACE}*=`,
    lines: [
      `(^[-+ ]?${SPACE}*([#/*!>+;|-]+${SPACE}*)?|\\\\n${SPACE}*|(echo|printf)${SPACE}[^=]*|[[{,."&-(\`]${SPACE}*)[\\]*["&-(\`$]*${TABLE_KEY}[\\]*${QUOTE}?${SPACE}*=${SPACE}*${YAML_MARKS}[bfuUL@$r#]*[\\]*["&-(]+[]!#)+,./0-9:;=>?@A-Z^_a-z|}~\\-].{5}`,
      `${TABLE_KEY}[\\]*${QUOTE}?${SPACE}*=${SPACE}*[bfuUL@$r#]*("{3}|[&-(]{3})[\\]?${SPACE}*$`,
    ],
  },
  {
    // cargo publish --token value, or the value on a line below
    hint: '--token',
    lines: [
      `--token([.]args?|=|${SPACE}|[],)["&-(\`^\\])${BEFORE_KEY}([.]args?${BEFORE_KEY})?${WORD}*${KEY}`,
      '--token[^A-Za-z0-9<$%{]*$',
    ],
  },
  {
    // cargo login value; the program may be on the line above
    hint: `${LOGIN}.*([0-9]|<<)`,
    lines: [`${LOGIN}(.*${KEY}|.*<<)`],
  },
  {
    // Ahead of a pipe only a key's digit is asked for: to look for the whole KEY at each word of each line made grep
    // take twice its time.
    hint: `${CARGO}.*login`,
    lines: [
      `${CARGO}.*login([^A-Za-z0-9-].*${KEY}|.*<<)|[0-9].*[|].*${CARGO}.*login`,
      // the value on a line below
      `${CARGO}.*login(.*[\\^\`]|${OPTIONS})${SPACE}*$`,
    ],
  },
  {
    // the value piped into a command that goes on below
    hint: `[|].*${CARGO}.*[\\^\`]${SPACE}*$`,
    lines: [`[0-9].*[|].*${CARGO}.*[\\^\`]${SPACE}*$`],
  },
  {
    // the value on a line below
    hint: `login.*[\\^\`]${SPACE}*$`,
    lines: [`login[\\]*${QUOTE}?[])},[:space:]]*([.]args?[[:space:]("&-]*)?[^[:space:]A-Za-z]*[\\^\`]${SPACE}*$`],
  },
  {
    // an argument, or an item of a list, by itself
    hint: `${QUOTE}login${OPTIONS}$|-${SPACE}+login${SPACE}*$`,
    lines: [
      `(^[-+ ]?${SPACE}*|[.]args?[^A-Za-z]*|${QUOTE},?${SPACE}*)[\\]*${QUOTE}login${OPTIONS}$|-${SPACE}+login${SPACE}*$`,
    ],
  },
];
