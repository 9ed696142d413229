# shellcheck shell=sh
# The end of each hook in the folder of `install --global`: runs the hook that git would have run without it, because a
# core.hooksPath takes the place of a repository's own hooks folder as a whole. See common-folder.sh for the function.
# The folder that the user's core.hooksPath named before; empty where there was none. Set by the installer.
cg_previous=@PREVIOUS@
cg_common=""
cg_hook=${0##*/}

if [ -n "$cg_previous" ]; then
  cg_theirs=$cg_previous/$cg_hook
else
  cg_find_common_folder
  cg_theirs=$cg_common/hooks/$cg_hook
fi
if [ -f "$cg_theirs" ] && [ -x "$cg_theirs" ]; then exec "$cg_theirs" "$@"; fi

# That these two are there changes what git does, so without a hook of the user's they do what git does by itself.
case $cg_hook in
  push-to-checkout)
    git update-index -q --ignore-submodules --refresh &&
      git diff-files --quiet --ignore-submodules -- &&
      git diff-index --quiet --cached --ignore-submodules HEAD -- &&
      git read-tree -u -m "$1"
    exit
    ;;
  proc-receive)
    echo 'cratesguard: this repository has no proc-receive hook.' >&2
    exit 1
    ;;
esac
