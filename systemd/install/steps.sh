# Runs the steps of an installation: prints each, does it unless this is a dry run, and undoes all if one fails.
# shellcheck shell=bash

# The commands that undo the steps so far, oldest first, each a line for eval.
UNDO=()
# The number of steps.
STEPS=0
# The folder for replaced files, until all steps have succeeded.
KEPT=
# The name in front of error messages.
TELLER=${TELLER:-install.sh}

# Prints arguments quoted for a shell.
words() {
  local quoted
  printf -v quoted '%q ' "$@"
  printf '%s' "${quoted% }"
}
say() { printf '%s\n' "$*"; }
# Prints a note with something to do.
NOTED=false
note() {
  NOTED=true
  printf 'note: %s\n' "$*"
}
die() {
  printf '%s: %s\n' "$TELLER" "$*" >&2
  exit 1
}

# step SENTENCE COMMAND...: runs a step; the sentence is an imperative.
step() {
  STEPS=$((STEPS + 1))
  if $DRY_RUN; then
    say "would $1"
  else
    say "$1"
    shift
    "$@"
  fi
}

# undo COMMAND...: registers the undoing before the step, so that a step that fails halfway is undone too.
undo() { $DRY_RUN || UNDO+=("$(printf '%q ' "$@")"); }

begin_steps() {
  KEPT=$(mktemp -d)
  trap 'end_steps $?' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # The reader of the output may be gone.
  trap 'exit 141' PIPE
}

end_steps() {
  local code=$1 index
  trap - EXIT
  # Ignores signals and closed pipes, which would interrupt the undoing.
  trap '' INT TERM HUP PIPE
  # A step that cannot be undone does not prevent the others.
  set +e
  if [ "$code" -ne 0 ] && [ "${#UNDO[@]}" -gt 0 ]; then
    say "a step failed: undoing ${#UNDO[@]} steps"
    for ((index = ${#UNDO[@]} - 1; index >= 0; index--)); do eval "${UNDO[index]}" || say "cannot undo: ${UNDO[index]}"; done
  fi
  # A script may have more to say, or to wait for, when everything is undone.
  if [ "$code" -ne 0 ] && declare -F after_failure >/dev/null; then after_failure; fi
  rm -rf "$KEPT"
  exit "$code"
}

# From here on nothing is undone.
keep_steps() { UNDO=(); }

# put_folder PATH: creates missing folders.
declare -A SAID_FOLDERS=()
put_folder() {
  local path=$1
  # In a dry run the folder is missing the second time too.
  if [ -d "$path" ] || [ -n "${SAID_FOLDERS[$path]:-}" ]; then return; fi
  put_folder "$(dirname "$path")"
  SAID_FOLDERS[$path]=yes
  undo rmdir "$path"
  step "make the folder $path" mkdir -m 0755 "$path"
}

# put_file SOURCE TARGET: replaces a file atomically by a copy that every user may read. CHANGED is true if the content differed.
CHANGED=false
put_file() {
  local source=$1 target=$2
  cmp -s "$source" "$target" && return
  CHANGED=true
  put_folder "$(dirname "$target")"
  give_back_later "$target"
  step "write $target" write_file "$source" "$target"
}

# put_text TEXT TARGET: the same with a text.
put_text() {
  local source
  source=$(mktemp "$KEPT/text.XXXXXX")
  printf '%s\n' "$1" >"$source"
  put_file "$source" "$2"
}

# put_link TARGET LINK: creates or replaces a link.
put_link() {
  local to=$1 link=$2
  [ "$(readlink "$link" || true)" = "$to" ] && return
  put_folder "$(dirname "$link")"
  give_back_later "$link"
  step "link $link to $to" write_link "$to" "$link"
}

# take_away SENTENCE PATH...: removes the paths that exist, without undoing.
take_away() {
  local sentence=$1 path found=()
  shift
  for path; do if [ -e "$path" ] || [ -L "$path" ]; then found+=("$path"); fi; done
  [ "${#found[@]}" -eq 0 ] || step "$sentence" rm -rf "${found[@]}"
}

give_back_later() {
  local target=$1 kept
  # The temporary name of write_file and write_link.
  undo rm -f "$target.new"
  if [ -e "$target" ] || [ -L "$target" ]; then
    $DRY_RUN && return
    kept=$(mktemp -d "$KEPT/old.XXXXXX")
    cp -a "$target" "$kept/"
    undo mv -fT "$kept/$(basename "$target")" "$target"
  else
    undo rm -f "$target"
  fi
}

write_file() {
  cp "$1" "$2.new"
  chmod 0644 "$2.new"
  sync "$2.new"
  mv -fT "$2.new" "$2"
}

write_link() {
  ln -sfT "$1" "$2.new"
  mv -fT "$2.new" "$2"
}
