// The places that people and programs write a key to, for `npm run bench:recall`. Each syntax gives a key in its
// surroundings as three texts: what stands before, what stands for the key, what stands after. A finding is right
// where it covers the middle one, counted as reports count: lines from 1, columns in UTF-16 code units.

/**
 * @typedef {readonly [before: string, key: string, after: string]} Written
 * @typedef {object} Syntax
 * @property {string} group
 * @property {string} name
 * @property {(token: string, number: number) => Written} write one or more whole lines without the last line's end
 * @property {(text: string) => Buffer} [encode] UTF-8 without it
 */

/** Stands for the key in the lines below. */
const KEY = '§';

function around(lines) {
  const [before, after] = lines.split(KEY);
  return (token) => [before, token, after];
}

/** Each character of the key written in another way. */
function spelled(lines, spell) {
  const [before, after] = lines.split(KEY);
  return (token, number) => [before, [...token].map((character, at) => spell(character, at + number)).join(''), after];
}

/** The key within a text that is encoded as a whole: only the digits that hold a bit of the key are its place. */
function base64(lines, text, alphabet = 'base64') {
  const [before, after] = lines.split(KEY);
  const [head, tail] = text.split(KEY);
  return (token) => {
    const encoded = Buffer.from(head + token + tail).toString(alphabet);
    const start = Buffer.byteLength(head);
    const from = Math.floor((start * 8) / 6);
    const to = Math.ceil(((start + token.length) * 8) / 6);
    return [before + encoded.slice(0, from), encoded.slice(from, to), encoded.slice(to) + after];
  };
}

function hex(lines, text = KEY, spell = (digits) => digits) {
  const [before, after] = lines.split(KEY);
  const parts = text.split(KEY).map((part) => spell(Buffer.from(part).toString('hex')));
  return (token) => [before + parts[0], spell(Buffer.from(token).toString('hex')), parts[1] + after];
}

const codeOf = (character, base, width) => character.charCodeAt(0).toString(base).padStart(width, '0');
const percent = (character) => `%${codeOf(character, 16, 2)}`;
const unicode = (character) => `\\u${codeOf(character, 16, 4)}`;
const byte = (character) => `\\x${codeOf(character, 16, 2)}`;
const octal = (character) => `\\${codeOf(character, 8, 3)}`;
const some = (spell, every) => (character, at) => (at % every === 0 ? spell(character) : character);

const wide = (text) => Buffer.from(text, 'utf16le');

const GROUPS = {
  'source code': {
    Rust: around('    let token = "§";'),
    'Rust, raw string': around('const TOKEN: &str = r#"§"#;'),
    'Rust, bytes': around('static KEY: &[u8] = b"§";'),
    Python: around("TOKEN = '§'  # crates.io"),
    'Python, f-string': around('headers = {"Authorization": f"Bearer §"}'),
    'JavaScript, template': around('const token = `§`;'),
    'JavaScript, comment': around('// the old one was §, ask Ada'),
    TypeScript: around("export const key: string = '§';"),
    JSX: around('<Publish token="§" dryRun />'),
    Go: around('\ttoken := "§" // for now'),
    C: around('#define CRATES_IO_TOKEN "§"'),
    'C, line feed before': around('puts("\\n§\\n");'),
    'C++, raw string': around('auto token = R"(§)";'),
    Java: around('  private static final String TOKEN = "§";'),
    Kotlin: around('val token = """§"""'),
    Swift: around('let token = #"§"#'),
    'C#': around('var token = @"§";'),
    PHP: around("<?php $token = '§'; ?>"),
    Ruby: around('token = %q(§)'),
    Perl: around('my $token = q{§};'),
    Lua: around('local token = [[§]]'),
    Haskell: around('token = "§" :: Text'),
    Elixir: around('@token ~s(§)'),
    Lisp: around("(setq token '§)"),
    SQL: around("INSERT INTO keys VALUES (1, '§');"),
    R: around('token <- "§"'),
    Assembler: around('key: .asciz "§"'),
  },
  'shell and commands': {
    'sh export': around('export CARGO_REGISTRY_TOKEN=§'),
    'sh export, quoted': around('export CARGO_REGISTRY_TOKEN="§"'),
    'sh inline': around('CARGO_REGISTRY_TOKEN=§ cargo publish'),
    'here document': around('cat <<EOF\n§\nEOF'),
    fish: around('set -gx CARGO_REGISTRY_TOKEN §'),
    csh: around('setenv CARGO_REGISTRY_TOKEN §'),
    PowerShell: around('$env:CARGO_REGISTRY_TOKEN = "§"'),
    'cmd set': around('set CARGO_REGISTRY_TOKEN=§\r'),
    'cargo login': around('cargo login §'),
    'cargo publish --token': around('cargo publish --token § --allow-dirty'),
    'cargo owner --token=': around('cargo owner --add ada --token=§'),
    'curl header': around("curl -H 'Authorization: §' https://example.com/api/v1/me"),
    'shell history': around(': 1700000000:0;cargo login §'),
    'docker --build-arg': around('docker build --build-arg TOKEN=§ .'),
  },
  configuration: {
    '.env': around('CARGO_REGISTRY_TOKEN=§'),
    'credentials.toml': around('[registry]\ntoken = "§"'),
    'TOML, inline table': around("registries = { acme = { token = '§' } }"),
    YAML: around('  token: §'),
    'YAML, quoted': around('  token: "§" # rotate'),
    'YAML, literal block': around('  token: |\n    §'),
    'YAML list': around('- §'),
    'GitHub Actions': around('      env:\n        CARGO_REGISTRY_TOKEN: §'),
    'Kubernetes, stringData': around('stringData:\n  token: §'),
    Dockerfile: around('ENV CARGO_REGISTRY_TOKEN=§'),
    Jenkinsfile: around("environment { CARGO_REGISTRY_TOKEN = '§' }"),
    systemd: around('Environment="CARGO_REGISTRY_TOKEN=§"'),
    Makefile: around('TOKEN := §'),
    Nix: around('  cargoToken = "§";'),
    Terraform: around('  value = "§"'),
    INI: around('[crates]\r\nkey=§\r'),
    'Java properties': around('crates.token=§'),
    nginx: around('proxy_set_header Authorization "Bearer §";'),
    '.netrc': around('machine example.com login ada password §'),
    XML: around('<server><password>§</password></server>'),
    'XML, CDATA': around('<key><![CDATA[§]]></key>'),
    plist: around('<key>token</key>\n<string>§</string>'),
    'registry file (.reg)': around('"Token"="§"\r'),
  },
  data: {
    JSON: around('{"token": "§"}'),
    'JSON, tight': around('{"a":1,"token":"§","b":2}'),
    'JSON in JSON': around('{"body": "{\\"token\\": \\"§\\"}"}'),
    'JSON, after an escape': around('{"log": "line\\n§\\tend"}'),
    'JSON, escaped quote': around('{"log": "\\u0022§\\u0022"}'),
    'HAR header': around('{"name": "authorization", "value": "§"},'),
    CSV: around('1,ada,§,2026-01-05'),
    'CSV, quoted': around('"ada","§"'),
    TSV: around('ada\t§\t1'),
    'Markdown, code': around('Run it with `§`.'),
    'Markdown, table': around('| key | § |'),
    'Markdown, emphasis': around('the key is __§__ and so on'),
    reStructuredText: around('the key is ``§``'),
    LaTeX: around('\\texttt{§}'),
    HTML: around('<code>§</code>'),
    'HTML, attribute': around("<input type=hidden value='§'>"),
    'HTML, entities': around('<p>key=&quot;§&quot;</p>'),
    diff: around('+§'),
    mail: around('> > my key is §.'),
    'CJK text': around('密钥是§，请勿外传'),
    'after an emoji': around('🔑§🔑'),
    'between NULs': around('\0\0§\0\0'),
    'after a control character': around('\x01§\x02'),
  },
  'logs and addresses': {
    'log line': around('2026-01-05T10:00:00Z INFO token=§ user=7'),
    logfmt: around('level=info msg="login" key="§"'),
    'CI log': around('##[debug]CARGO_REGISTRY_TOKEN: §'),
    'Rust debug': around('Config { token: Some("§"), retries: 3 }'),
    'bold in a terminal': around('key \x1b[1m§\x1b[0m done'),
    'colours in a terminal': around('\x1b[38;5;208m§\x1b[39m'),
    'a title in a terminal': around('\x1b]0;§\x07'),
    'terminal escape, written out': around('printf "\\e[32m§\\e[0m"'),
    'URL, query': around('https://example.com/p?token=§&page=1'),
    'URL, first in the query': around('GET /login?§ HTTP/1.1'),
    'URL, path': around('https://example.com/keys/§/revoke'),
    'URL, fragment': around('<https://example.com/#§>'),
    'URL, password': around('git+https://ada:§@example.com/index.git'),
    'URL, encoded in a query': around('next=%2Fp%3Ftoken%3D§%26page%3D1'),
    'HTTP header': around('authorization: Bearer §\r'),
    'path name': around('/home/ada/§/notes.txt'),
    'underscores around': around('old_§_key'),
    'dots around': around('v1.§.backup'),
    'underscore before': around('TOKEN_§'),
  },
  encoded: {
    base64: base64('token: §', '§'),
    'base64, one byte in': base64('data: §', ':§\n'),
    'base64, two bytes in': base64('data: "§"', '::§'),
    'base64, Authorization: Basic': base64('Authorization: Basic §', 'ada:§'),
    'base64, Kubernetes secret': base64('  .dockerconfigjson: §', '{"auths":{"x":{"password":"§"}}}'),
    'base64, several lines inside': base64('payload=§', 'CARGO_REGISTRY_TOKEN=§\nRUST_LOG=info\n'),
    'base64, URL alphabet': base64('state=§&x=1', '??>>{"key":"§"}', 'base64url'),
    'base64, data URL': base64('src="data:text/plain;base64,§"', 'the key is § today'),
    hex: hex('key = §'),
    'hex, upper case': hex('KEY = §', KEY, (digits) => digits.toUpperCase()),
    'hex, inside more': hex('blob X§', 'token=§;'),
    'hex, 0x': hex('0x§'),
    'percent, every character': spelled('token=§', percent),
    'percent, upper case': spelled('token=§&x=1', (character) => percent(character).toUpperCase()),
    'percent, some characters': spelled('?token=§', some(percent, 3)),
    'percent, twice': spelled('token=§', (character) => percent(character).replace('%', '%25')),
    '\\uHHHH, every character': spelled('{"token": "§"}', unicode),
    '\\uHHHH, some characters': spelled('{"token": "§"}', some(unicode, 4)),
    '\\u{…}': spelled('let token = "§";', (character) => `\\u{${codeOf(character, 16, 1)}}`),
    '\\UHHHHHHHH': spelled("token = '§'", (character) => `\\U${codeOf(character, 16, 8)}`),
    '\\xXX, every character': spelled('char key[] = "§";', byte),
    '\\xXX, some characters': spelled("print(b'§')", some(byte, 2)),
    octal: spelled('printf "§"', octal),
    'octal, some characters': spelled('puts "§"', some(octal, 5)),
    'escapes mixed': spelled('"§"', (character, at) => [unicode, byte, octal, (same) => same][at % 4](character)),
  },
  'other encodings of text': {
    'UTF-8 with a mark': { write: around('§'), encode: (text) => Buffer.from(`\ufeff${text}`) },
    'Latin-1 around it': { write: around('clé privée: §'), encode: (text) => Buffer.from(text, 'latin1') },
    'CR LF line ends': around('first\r\nkey: §\r'),
    'UTF-16LE with a mark': { write: around('key: "§"\r'), encode: (text) => wide(`\ufeff${text}`) },
    'UTF-16BE with a mark': { write: around('key: "§"'), encode: (text) => wide(`\ufeff${text}`).swap16() },
    'UTF-16LE without': { write: around('the key is § here'), encode: wide },
    'UTF-16BE without': { write: around('the key is § here'), encode: (text) => wide(text).swap16() },
    'UTF-16LE, CJK around': { write: around('密钥是§，请勿外传'), encode: wide },
    'base64 in UTF-16LE': { write: base64('token: §', 'a:§'), encode: wide },
    'a very long line': { write: (token) => [`${'"x",'.repeat(400)}"`, token, `"${',"y"'.repeat(400)}`] },
  },
};

/** @type {readonly Syntax[]} */
export const syntaxes = Object.entries(GROUPS).flatMap(([group, members]) =>
  Object.entries(members).map(([name, member]) => ({
    group,
    name,
    ...(typeof member === 'function' ? { write: member } : member),
  })),
);
