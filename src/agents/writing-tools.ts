/** Tools that write what their arguments hold and show nothing of a file before another event; the gate knows them too. */
export const WRITING_TOOLS = [
  'Write',
  'Edit',
  'MultiEdit',
  'NotebookEdit',
  'write_file',
  'replace',
  'create',
  'edit',
  'str_replace',
  'insert',
  'apply_patch',
] as const;
