import { usesInScript } from './resolve';
import { readShell } from './shell';
import { isKeyVariable, looksLikeKeyName, type PlacedUse } from './use';

/** Arguments that name a CI secret or variable in the providers of GitHub, GitLab, CircleCI, Bitbucket and Azure. */
const NAMING = /^(secret_name|variable_name|variable|key|name)$/;

/**
 * Secrets that Terraform hands to a CI service or a container, variables that carry a key, and commands of provisioners.
 * Source: https://developer.hashicorp.com/terraform/language/syntax/configuration
 */
export function readTerraform(text: string): PlacedUse[] {
  const uses: PlacedUse[] = [];
  let block: string | null = null;
  const lines = withoutComments(text).split('\n');
  for (const [index, line] of lines.entries()) {
    const place = { line: index + 1, context: block };
    const header =
      /^\s*(resource|data|module|variable|locals|output|provider)\b\s*(?:"([^"]*)")?\s*(?:"([^"]*)")?\s*\{/.exec(line);
    if (header !== null) {
      block = header
        .slice(1)
        .filter((part: string | undefined) => part !== undefined)
        .join(' ');
      const [, kind, name = ''] = header;
      if (kind === 'variable' && (looksLikeKeyName(name) || isKeyVariable(name)))
        uses.push({ line: index + 1, context: null, secretName: name, command: null });
    }
    const [, key, value] =
      /^[\s{,]*"?([A-Za-z_][\w-]*)"?\s*[=:]\s*(.*?),?\s*$/.exec(
        header === null ? line : line.slice(line.indexOf('{') + 1),
      ) ?? [];
    if (key === undefined || value === undefined) continue;
    const literal = /^"([^"$]*)"/.exec(value)?.[1];
    if (NAMING.test(key) && literal !== undefined && (isKeyVariable(literal) || looksLikeKeyName(literal)))
      uses.push({ ...place, secretName: literal, command: null });
    else if (isKeyVariable(key)) uses.push({ ...place, secretName: referred(value) ?? key, command: null });
    else if (/^<<-?\w+$/.test(value)) uses.push(...documentUses(value.replace(/^<<-?/, ''), lines, index, block));
    else if (key === 'command' || key === 'inline' || key === 'script') uses.push(...commandUses(value, place));
  }
  return uses;
}

/** The last name of `var.x`, `data.a.b.secret_string`, `local.x`: what the value is called where it comes from. */
function referred(value: string): string | null {
  return /\b(?:var|local)\.([A-Za-z_][\w-]*)/.exec(value)?.[1] ?? /\bdata\.[\w-]+\.([\w-]+)/.exec(value)?.[1] ?? null;
}

function commandUses(value: string, { line, context }: { line: number; context: string | null }): readonly PlacedUse[] {
  const scripts = [...value.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, inner = '']) =>
    inner.replace(/\\(["\\])/g, '$1').replace(/\$\{(?:var|local)\.([\w-]+)[^}]*\}/g, '${$1}'),
  );
  return scripts.flatMap(
    (script) =>
      usesInScript({ facts: readShell(script), fileLine: () => line }, { bindings: [], ambient: 'none', context }).uses,
  );
}

/** A here-document, which starts on the line after the one at `index`. */
function documentUses(
  delimiter: string,
  lines: readonly string[],
  index: number,
  context: string | null,
): readonly PlacedUse[] {
  const end = lines.findIndex((line, at) => at > index && line.trim() === delimiter);
  const script = lines.slice(index + 1, end < 0 ? undefined : end).join('\n');
  return usesInScript(
    {
      facts: readShell(script.replace(/\$\{(?:var|local)\.([\w-]+)[^}]*\}/g, '${$1}')),
      fileLine: (at) => index + 1 + at,
    },
    { bindings: [], ambient: 'none', context },
  ).uses;
}

/** Comments become spaces; lines and strings stay. */
function withoutComments(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) =>
    part.startsWith('"') ? part : part.replace(/[^\n]/g, ' '),
  );
}
