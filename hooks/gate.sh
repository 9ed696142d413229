# shellcheck shell=sh
# The fast path that the hooks share. `cratesguard install` puts this text, without its comments, and the few lines of
# the hook's own file (hooks/pre-commit …) into one `/bin/sh -c` of the managed block: it runs in a shell of its own, so
# nothing of it reaches the code of a hook that was there before, and it needs no file beside it to decide.
#
# Its rule: only a stream that was read whole, in which grep found nothing (status 1), lets work pass here. Whatever
# else happens, a failing git or tr, a missing grep, an odd line, makes the work suspicious, and then Node.js judges it.
# It counts processes: a fork costs more than everything else here.

# A function of one of these names in the environment (bash exports them) must not stand in for the command.
unset -f git grep tr cat printf read command 2>/dev/null || :
unset IFS CDPATH

# Both are set by the installer: the hook's name, and where it lies: `own` (the repository's own hooks folder), `global`
# (the user's), or `shared` (any other folder; it may be tracked and travel to clones where the program was not copied).
hook="@HOOK@"
place="@PLACE@"

# What every finding holds, as an extended regular expression; the build makes it from the rules.
expression='@GATE_EXPRESSION@'

# Written into a stream that broke off; grep looks for it too. One word, because cat-file repeats only the first of a line
# that names no object. Unmerged paths are no content, and names that git quotes
# (`"b/a\nb"`) are left to the scanner.
broken="cratesguard-stream-broke-off"
unshown='^\* Unmerged path |^diff --git .*"$'

too_old="" recorded=""

say() { printf "cratesguard: %s\n" "$1" >&2; }

# Ends the hook. While `cratesguard status` tries it out, nothing passes: the variable can stop work, never let it through.
finish() {
  if [ "$1" = 0 ] && [ -n "${CRATESGUARD_PROBE:-}" ]; then
    say "CRATESGUARD_PROBE is set, as cratesguard status does to try a hook out; nothing passes while it is."
    exit 86
  fi
  exit "$1"
}

# One command may be let through, and it is said.
bypass() {
  [ "${CRATESGUARD_SKIP:-}" = 1 ] || return 1
  say "$hook was skipped because CRATESGUARD_SKIP=1 is set; nothing was checked."
}

# Each setting or variable that could hide a line from the diff is set against. The context lines are there because a
# key may stand up to three lines above its value.
index_is_clean() {
  {
    GIT_EXTERNAL_DIFF="" GIT_DIFF_OPTS="" GIT_OPTIONAL_LOCKS=0 GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 \
      GIT_ALLOW_PROTOCOL=none LC_ALL=C git --no-pager -c core.quotePath=false -c core.fsmonitor=false diff --cached \
      --patch --unified=3 --inter-hunk-context=0 --text --no-ext-diff --no-textconv --no-color --no-renames \
      --no-relative --src-prefix=a/ --dst-prefix=b/ --submodule=short --ignore-submodules=none \
      --diff-algorithm=myers 2>/dev/null || echo "$broken"
  } | { LC_ALL=C tr -d "\000" || echo "$broken"; } 2>/dev/null |
    GREP_OPTIONS='' LC_ALL=C grep -qE -e "$expression|$broken|$unshown" 2>/dev/null
  [ $? = 1 ]
}

# The whole file, comments and all: what git drops from it is the scanner's to know. Git refuses a message with NUL bytes.
message_is_clean() {
  GREP_OPTIONS="" LC_ALL=C grep -qE -e "$expression" -- "${1-}" 2>/dev/null
  [ $? = 1 ]
}

# objects_are_clean REVISION…: every object that the tips on standard input add to REVISION… (rev-list's own options).
# Trees are among them, so names are seen as they are; %(rest) adds each path. cat-file answers `ID missing` with status
# 0. GIT_ALLOW_PROTOCOL keeps a partial clone from fetching what it lacks (git before 2.44 knows no other way).
objects_are_clean() {
  {
    GIT_GRAFT_FILE=/dev/null GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none LC_ALL=C \
      git rev-list --objects --stdin "$@" 2>/dev/null || echo "$broken"
  } | {
    GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none LC_ALL=C \
      git cat-file --buffer --batch="%(objecttype) %(rest)" 2>/dev/null || echo "$broken"
  } | { LC_ALL=C tr -d "\000" || echo "$broken"; } 2>/dev/null |
    GREP_OPTIONS="" LC_ALL=C grep -qE -e "$expression|$broken|^[0-9a-f]{40,64} missing\$" 2>/dev/null
  [ $? = 1 ]
}

is_object_id() {
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ ${#1} = 40 ] || [ ${#1} = 64 ]
}

is_zero() {
  case $1 in *[!0]*) return 1 ;; esac
}

# Sets `program` to the folder of hook.cjs, or `command` to another cratesguard that can judge.
find_program() {
  program="" command="" common=""
  case $place in
    own) set -- "${0%/*}/../cratesguard" ;;
    global) set -- "${0%/*}/.." ;;
    *) set -- "" ;;
  esac
  if [ -n "$1" ] && [ -f "$1/hook.cjs" ]; then
    program=$1
    return 0
  fi
  find_common_folder
  if [ -f "$common/cratesguard/hook.cjs" ]; then
    program=$common/cratesguard
    return 0
  fi
  [ "$place" = shared ] || return 1
  # The hook may have come with a clone, and the program did not.
  if [ -x node_modules/.bin/cratesguard ]; then
    command=node_modules/.bin/cratesguard
  else
    command=$(command -v cratesguard) || return 1
  fi
}

is_new_enough() {
  version=$("$1" --version 2>/dev/null) || return 1
  major=${version#v}
  major=${major%%.*}
  case $version,$major in v[0-9]*,*[!0-9]* | [!v]* | ,*) return 1 ;; esac
  [ "$major" -ge 20 ] && return 0
  too_old="$1 is version ${version#v}"
  return 1
}

# Sets `node`. CRATESGUARD_NODE, where it is set, is the one; then the node that installed (its version was checked
# then), PATH, and where version managers and installers put it: a graphical git client has a PATH of its own.
find_node() {
  node=${CRATESGUARD_NODE:-}
  if [ -n "$node" ]; then
    is_new_enough "$node"
    return
  fi
  if [ -n "$program" ] && [ -f "$program/node" ]; then
    IFS= read -r node <"$program/node" || :
    if [ -f "$node" ] && [ -x "$node" ]; then
      recorded=1
      return 0
    fi
  fi
  node=$(command -v node) && is_new_enough "$node" && return 0
  home=${HOME:-}
  data=${XDG_DATA_HOME:-$home/.local/share}
  for node in \
    "${NVM_BIN:-$home/.nvm/current/bin}/node" \
    "${NVM_DIR:-$home/.nvm}"/versions/node/*/bin/node \
    "${XDG_CONFIG_HOME:-$home/.config}"/nvm/versions/node/*/bin/node \
    "${FNM_DIR:-$data/fnm}"/aliases/default/bin/node \
    "${FNM_DIR:-$data/fnm}"/node-versions/*/installation/bin/node \
    "$home"/.fnm/node-versions/*/installation/bin/node \
    "$home/Library/Application Support/fnm"/node-versions/*/installation/bin/node \
    "${VOLTA_HOME:-$home/.volta}"/tools/image/node/*/bin/node \
    "${MISE_DATA_DIR:-$data/mise}"/installs/node/*/bin/node \
    "${ASDF_DATA_DIR:-$home/.asdf}"/installs/nodejs/*/bin/node \
    "$home"/.nodenv/versions/*/bin/node \
    "${N_PREFIX:-/usr/local}/bin/node" \
    /opt/homebrew/bin/node \
    /opt/homebrew/opt/node@*/bin/node \
    /usr/local/bin/node \
    /usr/local/opt/node@*/bin/node \
    /home/linuxbrew/.linuxbrew/bin/node \
    /usr/bin/node \
    /opt/local/bin/node \
    /snap/bin/node \
    "${NVM_SYMLINK:-/c/nvm4w/nodejs}/node.exe" \
    "${PROGRAMFILES:-/c/Program Files}/nodejs/node.exe" \
    "${LOCALAPPDATA:-$home/AppData/Local}"/Volta/tools/image/node/*/node.exe \
    "${APPDATA:-$home/AppData/Roaming}"/fnm/node-versions/*/installation/node.exe \
    "$home"/scoop/apps/nodejs*/current/node.exe; do
    if [ -f "$node" ] && [ -x "$node" ] && is_new_enough "$node"; then return 0; fi
  done
  node=""
  return 1
}

# Suspicious work, and nobody here who can judge it: it stops.
stop_unjudged() {
  say "$hook stopped this: it may hold a crates.io key, and $1"
  printf "  %s\n" "$2" >&2
  [ "$hook" = pre-receive ] ||
    printf "  %s\n" "If you are sure that no key is in it: CRATESGUARD_SKIP=1 before the git command lets that one command through, unchecked." >&2
  return 3
}

stop_without_node() {
  if [ -n "${CRATESGUARD_NODE:-}" ]; then
    reason="the Node.js that CRATESGUARD_NODE names does not run ($CRATESGUARD_NODE)."
  else
    reason="Node.js, which the scanner runs on, was not found."
  fi
  [ -z "$too_old" ] || reason="the Node.js at hand is too old ($too_old; cratesguard needs 20 or later)."
  stop_unjudged "$reason" "Install Node.js 20 or later, or set CRATESGUARD_NODE to the path of one."
}

# judge ARGUMENT…: the scanner decides, with git's arguments, environment and standard input.
judge() {
  if ! find_program; then
    stop_unjudged "the program that would tell is not here." \
      "Run 'npx cratesguard install' once in this repository, then try again."
    return
  fi
  if ! find_node; then
    stop_without_node
    return
  fi
  if [ -n "$program" ]; then
    "$node" "$program/hook.cjs" "$hook" "$@"
  else
    case $node in */*) PATH=${node%/*}:$PATH ;; esac
    "$command" hook "$hook" "$@"
  fi
  status=$?
  # The recorded node may have been replaced since; a version too old fails in ways of its own.
  if [ $status != 0 ] && [ -n "$recorded" ] && ! is_new_enough "$node"; then
    stop_without_node
    return
  fi
  case $status in
    0 | 1 | 2 | 3) ;;
    *) say "the scanner broke off (status $status), so $hook stops git." ;;
  esac
  return $status
}
