import type { Invocation } from './command';

/** The value of an option; undefined where it was not given. */
export function textOption({ options }: Invocation, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option that may be given again. */
export function listOption({ options }: Invocation, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

export function isGiven({ options }: Invocation, name: string): boolean {
  return options[name] !== undefined;
}
