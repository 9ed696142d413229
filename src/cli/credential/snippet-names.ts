import { STORE_NAMES } from '../../cargo/stores';

export const SNIPPET_STORES = STORE_NAMES;

export const SNIPPET_LANGUAGES = ['rust', 'python', 'javascript', 'go', 'java', 'shell', 'github-actions'] as const;
