#!/bin/sh
# own-hook.sh NAME [ARG...]: cratesguard, as this work tree builds it, as this work tree's own git hook.
# A fresh clone can commit: where nothing is built and nothing can be, it says so and lets go.
guard=dist/cratesguard.cjs
if [ ! -f "$guard" ] && ! { [ -d node_modules ] && npm run --silent build >&2 </dev/null; }; then
  echo "cratesguard: not built here, so nothing was checked. Run: npm ci" >&2
  exit 0
fi
exec node "$guard" hook "$@"
