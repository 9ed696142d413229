import type { Reporter } from './reporter';

interface FormatEntry {
  readonly summary: string;
  readonly load: () => Promise<Reporter>;
}

/** Every value of `--format`. */
const formats = {
  text: { summary: 'for people, in a terminal', load: async () => (await import('./text')).text },
  json: { summary: 'the whole report, for programs', load: async () => (await import('./json')).json },
  sarif: { summary: 'SARIF 2.1.0, for GitHub code scanning', load: async () => (await import('./sarif')).sarif },
  junit: { summary: 'JUnit XML, for test reports of a CI', load: async () => (await import('./junit')).junit },
  github: { summary: 'workflow commands of GitHub Actions', load: async () => (await import('./github')).github },
  gitlab: { summary: 'secret detection report of GitLab', load: async () => (await import('./gitlab')).gitlab },
  html: {
    summary: 'one self-contained page, to look at and to decide',
    load: async () => (await import('./html')).html,
  },
} satisfies Record<string, FormatEntry>;

export type FormatName = keyof typeof formats;

/** The function that writes a format. */
export function loadReporter(format: FormatName): Promise<Reporter> {
  return formats[format].load();
}

export const formatNames = Object.keys(formats) as readonly FormatName[];

/** Whether a word is the name of a format. */
export function isFormatName(word: string): word is FormatName {
  return Object.hasOwn(formats, word);
}
