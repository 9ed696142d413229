# shellcheck shell=sh
# Sets `common`, the folder that all work trees of the repository share; by builtins where that is possible.
cg_find_common_folder() {
  cg_common=${GIT_COMMON_DIR:-}
  [ -z "$cg_common" ] || return 0
  cg_common=${GIT_DIR:-.git} cg_line=""
  if [ -f "$cg_common" ]; then
    IFS= read -r cg_line <"$cg_common" || :
    cg_common=${cg_line#gitdir: }
  fi
  if [ -f "$cg_common/commondir" ] && IFS= read -r cg_line <"$cg_common/commondir"; then
    case $cg_line in
      /* | ?:*) cg_common=$cg_line ;;
      *) cg_common=$cg_common/$cg_line ;;
    esac
  fi
  [ -d "$cg_common" ] || cg_common=$(git rev-parse --git-common-dir 2>/dev/null) || cg_common=.git
}
