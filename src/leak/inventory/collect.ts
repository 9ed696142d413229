import { bindingUse, usesInScript, type Ambient } from './resolve';
import { readShellWords } from './shell';
import { isKeyVariable, type Binding, type PlacedUse } from './use';
import type { YamlValue } from './yaml-places';

/** Gathers the uses of one file while a reader walks through it. */
export interface Collector {
  /** Scripts that share a shell or a workspace, in order; what the first one leaves behind counts for the next. Returns what outlives them. */
  scripts(
    values: readonly YamlValue[],
    scope: { bindings: readonly Binding[]; context: string | null; lasting?: readonly Binding[] },
  ): readonly Binding[];
  /** A command that is given word by word. */
  words(words: readonly string[], line: number, scope: { bindings: readonly Binding[]; context: string | null }): void;
  /** Something that is no script. */
  add(use: PlacedUse): void;
  /** Variables of a key that nothing in the file has used are uses all the same. */
  finish(): PlacedUse[];
  /** Remembers variables, so that finish can look at them. */
  declare(bindings: readonly Binding[], context: string | null): void;
}

export function collector(ambient: Ambient): Collector {
  const uses: PlacedUse[] = [];
  const declared: { binding: Binding; context: string | null }[] = [];
  return {
    scripts: (values, { bindings, context, lasting = [] }) => {
      let carried = [...lasting];
      for (const value of values.flatMap(flattened)) {
        const part = value.script();
        if (part === null) continue;
        const read = usesInScript(part, { bindings: [...bindings, ...carried], ambient, context });
        uses.push(...read.uses);
        carried = [...carried, ...read.lasting];
        // Script entries of one job run in one shell: its exports stay.
        carried.push(...part.facts.bindings.map((binding) => ({ ...binding, line: part.fileLine(binding.line) })));
      }
      return carried;
    },
    words: (words, line, { bindings, context }) => {
      const facts = readShellWords(words);
      uses.push(...usesInScript({ facts, fileLine: () => line }, { bindings, ambient, context }).uses);
    },
    add: (use) => {
      uses.push(use);
    },
    declare: (bindings, context) => {
      declared.push(...bindings.map((binding) => ({ binding, context })));
    },
    finish: () => {
      const all = declared.map(({ binding }) => binding);
      for (const { binding, context } of declared) {
        if (!isKeyVariable(binding.name)) continue;
        const use = bindingUse(
          binding,
          [binding, ...all.filter((other) => other !== binding && other.name !== binding.name)],
          null,
          context,
        );
        if (!uses.some(({ line }) => line === binding.line || line === use.line)) uses.push(use);
      }
      return settled(uses);
    },
  };
}

/** Each place once, and without its command only where no command is known for it. */
function settled(uses: readonly PlacedUse[]): PlacedUse[] {
  const once = new Map(uses.map((use) => [JSON.stringify([use.line, use.secretName, use.command]), use]));
  const used = [...once.values()].filter(({ command }) => command !== null);
  return [...once.values()].filter(
    (use) =>
      use.command !== null || !used.some(({ line, secretName }) => line === use.line && secretName === use.secretName),
  );
}

/** Lists of lists of commands, as anchors make them. */
function flattened(value: YamlValue): readonly YamlValue[] {
  return value.isSequence ? value.items.flatMap(flattened) : [value];
}
