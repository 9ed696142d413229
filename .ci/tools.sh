# shellcheck shell=bash
# Sourced by .ci/run: programs that the tests use and no dependency brings, at fixed versions. Each is installed once,
# into a cache folder, and is then on the PATH.

tools=${XDG_CACHE_HOME:-$HOME/.cache}/cratesguard-tools
mkdir -p "$tools/bin"
export PATH="$tools/bin:$PATH"

# link NAME PROGRAM: calls PROGRAM by NAME
link() { ln -sfn "$2" "$tools/bin/$1"; }

go_tool() { # go_tool NAME MODULE VERSION
  local folder=$tools/$1-$3
  [[ -x $folder/$1 ]] || GOBIN=$folder go install "$2@$3"
  link "$1" "$folder/$1"
}

python_tool() { # python_tool NAME PACKAGE VERSION
  local folder=$tools/$1-$3
  if [[ ! -x $folder/bin/$1 ]]; then
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$2==$3"
  fi
  link "$1" "$folder/bin/$1"
}

# npm_tool NAME PROGRAM PACKAGE VERSION [OVERRIDES]: PROGRAM is a path in the package, OVERRIDES is npm's, as JSON
npm_tool() {
  local folder=$tools/$1-$4
  if [[ ! -e $folder/node_modules/$3/$2 ]]; then
    mkdir -p "$folder"
    printf '{"private":true,"overrides":%s}\n' "${5:-{\}}" >"$folder/package.json"
    npm install --prefix "$folder" --save-exact --no-audit --no-fund --ignore-scripts --loglevel=error "$3@$4"
  fi
  link "$1" "$folder/node_modules/$3/$2"
}

# The package as it was at COMMIT, with the dependencies that it had then.
old_cratesguard() { # old_cratesguard NAME COMMIT
  local folder=$tools/$1-$2
  if [[ ! -x $folder/dist/cratesguard.cjs ]]; then
    rm -rf "$folder"
    mkdir "$folder"
    git archive "$2" | tar -x -C "$folder"
    (
      cd "$folder" || exit
      npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
      node scripts/build.mjs
      rm -rf node_modules
    )
  fi
  link "$1" "$folder/dist/cratesguard.cjs"
}
