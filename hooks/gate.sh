# shellcheck shell=sh
# The fast path that the hooks share. `cratesguard install` puts this text, without its comments, and the few lines of
# the hook's own file (hooks/pre-commit …) into the managed block, so a hook needs no file beside it to decide. In a file
# of cratesguard's own it stands as it is; ahead of a script that was there before it is one `/bin/sh -c`, so nothing of
# it reaches that script's code, whatever shell that is for.
#
# Its rule: only a stream that was read whole, in which grep found nothing (status 1), lets work pass here; or a short
# message in which the shell itself sees no keyword. Whatever else happens, a failing git or tr, a missing grep, an odd
# line, makes the work suspicious, and then Node.js judges it.
# It counts processes: a fork costs more than everything else here.

# A function of one of these names in the environment (bash exports them) must not stand in for the command.
unset -f git grep tr cat printf read command echo test 2>/dev/null || :

# Both are set by the installer: the hook's name, and where it lies: `own` (the repository's own hooks folder), `global`
# (the user's), or `shared` (any other folder; it may be tracked and travel to clones where the program was not copied).
cg_hook="@HOOK@"
cg_place="@PLACE@"

# What a line of every finding matches, as extended regular expressions; the build makes them from the rules. The hint
# matches each line that the expression matches, and some more: grep reads and tries it in a fraction of the time, and in
# ninety-nine of a hundred commits it finds nothing, which is enough.
cg_expression='@GATE_EXPRESSION@'
cg_hint='@GATE_HINT@'

# Written into a stream that broke off; grep looks for it too. One word, because cat-file repeats only the first of a line
# that names no object. Unmerged paths are no content, and names that git quotes
# (`"b/a\nb"`) are left to the scanner.
cg_broken="cratesguard-stream-broke-off"
cg_unshown='^\* Unmerged path |^diff --git .*"$'

cg_too_old="" cg_recorded=""

cg_say() { printf "cratesguard: %s\n" "$1" >&2; }

# The hook's answer, by the cg_gate of its own file. While `cratesguard status` tries a hook out, nothing passes: the
# variable can stop work, never let it through.
cg_run() {
  cg_gate "$@"
  cg_status=$?
  if [ $cg_status = 0 ] && [ -n "${CRATESGUARD_PROBE:-}" ]; then
    cg_say "CRATESGUARD_PROBE is set, as cratesguard status does to try a hook out; nothing passes while it is."
    return 86
  fi
  return $cg_status
}

# One command may be let through, and it is said.
cg_bypass() {
  [ "${CRATESGUARD_SKIP:-}" = 1 ] || return 1
  cg_say "$cg_hook was skipped because CRATESGUARD_SKIP=1 is set; nothing was checked."
}

cg_index_is_clean() {
  cg_index_lacks "$cg_hint" || cg_index_lacks "$cg_expression"
}

# index_lacks EXPRESSION. Each setting or variable that could hide a line from the diff is set against. The context lines
# are there because a name may stand up to six lines above its value: three to `value: >-`, three more to the value.
cg_index_lacks() {
  {
    GIT_EXTERNAL_DIFF="" GIT_DIFF_OPTS="" GIT_OPTIONAL_LOCKS=0 GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 \
      GIT_ALLOW_PROTOCOL=none LC_ALL=C git --no-pager -c core.quotePath=false -c core.fsmonitor=false diff --cached \
      --patch --unified=6 --inter-hunk-context=0 --text --no-ext-diff --no-textconv --no-color --no-renames \
      --no-relative --src-prefix=a/ --dst-prefix=b/ --submodule=short --ignore-submodules=none \
      --diff-algorithm=myers 2>/dev/null || echo "$cg_broken"
  } | { LC_ALL=C tr -d "\000" || echo "$cg_broken"; } 2>/dev/null |
    GREP_OPTIONS="" LC_ALL=C grep -qE -e "$1|$cg_broken|$cg_unshown" 2>/dev/null
  [ $? = 1 ]
}

# The whole file, comments and all: what git drops from it is the scanner's to know. Git refuses a message with NUL bytes.
cg_message_is_clean() {
  { cg_message_is_plain "$@"; } 2>/dev/null || cg_file_lacks "$cg_hint" "$@" || cg_file_lacks "$cg_expression" "$@"
}

# Whether the message is short, of ASCII and without a keyword: most are, and no program has to be started to see it. In a
# locale of its own, because there are encodings in which a letter ends another character. A shell reads a line byte by
# byte, so a message with a diff in it is left to grep, and so is one that takes a second.
cg_message_is_plain() (
  LC_ALL=C
  # shellcheck disable=SC3045 # a shell that cannot do it goes on without, or leaves the message to grep
  ulimit -t 1
  [ -f "${1-}" ] || exit 1
  cg_count=0
  while IFS= read -r cg_line || [ -n "$cg_line" ]; do
    cg_count=$((cg_count + 1))
    [ $cg_count -le 50 ] || exit 1
    case $cg_line in *[![:graph:][:blank:]]* | *" >8 "* | "diff --git "*) exit 1 ;; esac
    case $cg_line in @KEYWORD_PATTERNS@) exit 1 ;; esac
  done <"$1"
)

# file_lacks EXPRESSION FILE
cg_file_lacks() {
  GREP_OPTIONS="" LC_ALL=C grep -qE -e "$1" -- "${2-}" 2>/dev/null
  [ $? = 1 ]
}

# objects_are_clean REVISION…: every object that the tips on standard input add to REVISION… (rev-list's own options).
# Trees are among them, so names are seen as they are; %(rest) adds each path, and git's own lines each ref's name.
# cat-file answers `ID missing` with status 0. GIT_ALLOW_PROTOCOL keeps a partial clone from fetching what it lacks (git
# before 2.44 knows no other way).
cg_objects_are_clean() {
  {
    GIT_GRAFT_FILE=/dev/null GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none LC_ALL=C \
      git rev-list --objects --stdin "$@" 2>/dev/null || echo "$cg_broken"
  } | {
    GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none LC_ALL=C \
      git cat-file --buffer --batch="%(objecttype) %(rest)" 2>/dev/null || echo "$cg_broken"
    printf "%s\n" "${cg_lines:-}"
  } | { LC_ALL=C tr -d "\000" || echo "$cg_broken"; } 2>/dev/null |
    GREP_OPTIONS="" LC_ALL=C grep -qE -e "$cg_expression|$cg_broken|^[0-9a-f]{40,64} missing\$" 2>/dev/null
  [ $? = 1 ]
}

cg_is_object_id() {
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ ${#1} = 40 ] || [ ${#1} = 64 ]
}

cg_is_zero() {
  case $1 in *[!0]*) return 1 ;; esac
}

# Sets `program` to the folder of hook.cjs, or `command` to another cratesguard that can judge.
cg_find_program() {
  cg_program="" cg_command="" cg_common=""
  case $cg_place in
    own) set -- "${0%/*}/../cratesguard" ;;
    global) set -- "${0%/*}/.." ;;
    *) set -- "" ;;
  esac
  if [ -n "$1" ] && [ -f "$1/hook.cjs" ]; then
    cg_program=$1
    return 0
  fi
  cg_find_common_folder
  if [ -f "$cg_common/cratesguard/hook.cjs" ]; then
    cg_program=$cg_common/cratesguard
    return 0
  fi
  [ "$cg_place" = shared ] || return 1
  # The hook may have come with a clone, and the program did not.
  if [ -x node_modules/.bin/cratesguard ]; then
    cg_command=node_modules/.bin/cratesguard
  else
    cg_command=$(command -v cratesguard) || return 1
  fi
}

cg_is_new_enough() {
  cg_version=$("$1" --version 2>/dev/null) || return 1
  # cratesguard's single executable says its own version; the Node.js that it holds is new enough.
  case $cg_version in [0-9]*.[0-9]*.[0-9]*) return 0 ;; esac
  cg_major=${cg_version#v}
  cg_major=${cg_major%%.*}
  case $cg_version,$cg_major in v[0-9]*,*[!0-9]* | [!v]* | ,*) return 1 ;; esac
  [ "$cg_major" -ge 20 ] && return 0
  cg_too_old="$1 is version ${cg_version#v}"
  return 1
}

# Sets `node`. CRATESGUARD_NODE, where it is set, is the one; then the node that installed (its version was checked
# then), PATH, and where version managers and installers put it: a graphical git client has a PATH of its own.
cg_find_node() {
  cg_node=${CRATESGUARD_NODE:-}
  if [ -n "$cg_node" ]; then
    cg_is_new_enough "$cg_node"
    return
  fi
  if [ -n "$cg_program" ] && [ -f "$cg_program/node" ]; then
    IFS= read -r cg_node <"$cg_program/node" || :
    if [ -f "$cg_node" ] && [ -x "$cg_node" ]; then
      cg_recorded=1
      return 0
    fi
  fi
  cg_node=$(command -v node) && cg_is_new_enough "$cg_node" && return 0
  cg_home=${HOME:-}
  cg_data=${XDG_DATA_HOME:-$cg_home/.local/share}
  for cg_node in \
    "${NVM_BIN:-$cg_home/.nvm/current/bin}/node" \
    "${NVM_DIR:-$cg_home/.nvm}"/versions/node/*/bin/node \
    "${XDG_CONFIG_HOME:-$cg_home/.config}"/nvm/versions/node/*/bin/node \
    "${FNM_DIR:-$cg_data/fnm}"/aliases/default/bin/node \
    "${FNM_DIR:-$cg_data/fnm}"/node-versions/*/installation/bin/node \
    "$cg_home"/.fnm/node-versions/*/installation/bin/node \
    "$cg_home/Library/Application Support/fnm"/node-versions/*/installation/bin/node \
    "${VOLTA_HOME:-$cg_home/.volta}"/tools/image/node/*/bin/node \
    "${MISE_DATA_DIR:-$cg_data/mise}"/installs/node/*/bin/node \
    "${ASDF_DATA_DIR:-$cg_home/.asdf}"/installs/nodejs/*/bin/node \
    "$cg_home"/.nodenv/versions/*/bin/node \
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
    "${LOCALAPPDATA:-$cg_home/AppData/Local}"/Volta/tools/image/node/*/node.exe \
    "${APPDATA:-$cg_home/AppData/Roaming}"/fnm/node-versions/*/installation/node.exe \
    "$cg_home"/scoop/apps/nodejs*/current/node.exe; do
    if [ -f "$cg_node" ] && [ -x "$cg_node" ] && cg_is_new_enough "$cg_node"; then return 0; fi
  done
  cg_node=""
  return 1
}

# Suspicious work, and nobody here who can judge it: it stops.
cg_stop_unjudged() {
  cg_say "$cg_hook stopped this: it may hold a crates.io key, and $1"
  printf "  %s\n" "$2" >&2
  [ "$cg_hook" = pre-receive ] ||
    printf "  %s\n" "If you are sure that no key is in it: CRATESGUARD_SKIP=1 before the git command lets that one command through, unchecked." >&2
  return 3
}

cg_stop_without_node() {
  if [ -n "${CRATESGUARD_NODE:-}" ]; then
    cg_reason="the Node.js that CRATESGUARD_NODE names does not run ($CRATESGUARD_NODE)."
  else
    cg_reason="Node.js, which the scanner runs on, was not found."
  fi
  [ -z "$cg_too_old" ] || cg_reason="the Node.js at hand is too old ($cg_too_old; cratesguard needs 20 or later)."
  cg_stop_unjudged "$cg_reason" "Install Node.js 20 or later, or set CRATESGUARD_NODE to the path of one."
}

# judge ARGUMENT…: the scanner decides, with git's arguments, environment and standard input. It uses no network, and
# where NODE_EXTRA_CA_CERTS is set, Node.js 20 takes a third more time to start.
cg_judge() {
  if ! cg_find_program; then
    cg_stop_unjudged "the program that would tell is not here." \
      "Run 'npx cratesguard install' once in this repository, then try again."
    return
  fi
  if ! cg_find_node; then
    cg_stop_without_node
    return
  fi
  if [ -n "$cg_program" ]; then
    NODE_EXTRA_CA_CERTS="" "$cg_node" "$cg_program/hook.cjs" "$cg_hook" "$@"
  else
    PATH=${cg_node%/*}:$PATH NODE_EXTRA_CA_CERTS="" "$cg_command" hook "$cg_hook" "$@"
  fi
  cg_status=$?
  # The recorded node may have been replaced since; a version too old fails in ways of its own.
  if [ $cg_status != 0 ] && [ -n "$cg_recorded" ] && ! cg_is_new_enough "$cg_node"; then
    cg_stop_without_node
    return
  fi
  case $cg_status in
    0 | 1 | 2 | 3) ;;
    *) cg_say "the scanner broke off (status $cg_status), so $cg_hook stops git." ;;
  esac
  return $cg_status
}
