interface Sea {
  readonly isSea: () => boolean;
}

interface BuiltinModules {
  /** Node.js 20.16 was the first to have this. */
  readonly getBuiltinModule?: (id: 'node:sea') => Sea;
}

/** The single executable's own path, where this runs inside it; it is then Node.js and every program of ours in one. */
export function singleExecutable(): string | undefined {
  const { getBuiltinModule } = process as BuiltinModules;
  return getBuiltinModule?.('node:sea').isSea() === true ? process.execPath : undefined;
}
