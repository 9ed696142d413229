# shellcheck shell=sh
# Sets `common`, the folder that all work trees of the repository share; by builtins where that is possible.
find_common_folder() {
  common=${GIT_COMMON_DIR:-}
  [ -z "$common" ] || return 0
  common=${GIT_DIR:-.git} line=""
  if [ -f "$common" ]; then
    IFS= read -r line <"$common" || :
    common=${line#gitdir: }
  fi
  if [ -f "$common/commondir" ] && IFS= read -r line <"$common/commondir"; then
    case $line in
      /* | ?:*) common=$line ;;
      *) common=$common/$line ;;
    esac
  fi
  [ -d "$common" ] || common=$(git rev-parse --git-common-dir 2>/dev/null) || common=.git
}
