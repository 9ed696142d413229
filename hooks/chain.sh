# shellcheck shell=sh
# The end of each hook in the folder of `install --global`: runs the hook that git would have run without it, because a
# core.hooksPath takes the place of a repository's own hooks folder as a whole. See common-folder.sh for the function.
# The folder that the user's core.hooksPath named before; empty where there was none. Set by the installer.
previous=@PREVIOUS@
common=''
hook=${0##*/}

if [ -n "$previous" ]; then
  theirs=$previous/$hook
else
  find_common_folder
  theirs=$common/hooks/$hook
fi
if [ -f "$theirs" ] && [ -x "$theirs" ]; then exec "$theirs" "$@"; fi

# That these two are there changes what git does, so without a hook of the user's they do what git does by itself.
case $hook in
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
