import { usesInScript } from './resolve';
import { readShell } from './shell';
import type { PlacedUse } from './use';
import { readYaml, visitMaps, type YamlValue } from './yaml-places';

/** Plugins of semantic-release that publish to crates.io. */
const CRATES_PLUGIN =
  /^(@semantic-release-cargo\/semantic-release-cargo|@[\w-]+\/semantic-release-(cargo|rust|crates?(-io)?)|semantic-release-(cargo|rust|crates?(-io)?))$/;

/** Scripts and the `release` section. JSON is read as the YAML that it is, for the places. @throws YAMLParseError */
export function readPackageJson(text: string): PlacedUse[] {
  const [root] = readYaml(text.replace(/^\uFEFF/, '')).roots;
  if (root === undefined) return [];
  const scripts = root.get('scripts').entries.flatMap(([name, value]) => scriptUses(value, `script ${name}`));
  return [...scripts, ...pluginUses(root.get('release'))];
}

/** `.releaserc` in JSON or YAML. Source: https://semantic-release.gitbook.io/semantic-release/usage/configuration @throws YAMLParseError */
export function readSemanticRelease(text: string): PlacedUse[] {
  return readYaml(text).roots.flatMap(pluginUses);
}

/** `release.config.js` and its relatives are programs and are not run: their strings name the plugins. */
export function readSemanticReleaseScript(text: string): PlacedUse[] {
  return text.split('\n').flatMap((line, index): PlacedUse[] => {
    const code = line.replace(/(^|[\s,;{[(])\/\/.*$/, '$1');
    return [...code.matchAll(/(["'`])([^"'`]*)\1/g)].flatMap(([, , word = '']) =>
      CRATES_PLUGIN.test(word) ? [pluginUse(word, index + 1)] : [],
    );
  });
}

function pluginUses(config: YamlValue): PlacedUse[] {
  const uses: PlacedUse[] = [];
  for (const item of config.get('plugins').items) {
    const name = item.isSequence ? item.items[0] : item;
    if (name?.text != null && CRATES_PLUGIN.test(name.text)) uses.push(pluginUse(name.text, name.line));
  }
  // @semantic-release/exec: verifyConditionsCmd, prepareCmd, publishCmd…
  visitMaps(config, (map) => {
    for (const [key, value] of map.entries) if (key.endsWith('Cmd')) uses.push(...scriptUses(value, key));
  });
  return uses;
}

/** The plugins read it from the environment. */
function pluginUse(plugin: string, line: number): PlacedUse {
  return { line, secretName: 'CARGO_REGISTRY_TOKEN', command: plugin, context: null };
}

function scriptUses(value: YamlValue, context: string): readonly PlacedUse[] {
  if (value.text === null) return [];
  return usesInScript(
    { facts: readShell(value.text), fileLine: () => value.line },
    { bindings: [], ambient: 'none', context },
  ).uses;
}
