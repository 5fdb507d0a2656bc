# How is a step taken? Said, done unless it is a rehearsal, and undone if a later one fails.
# shellcheck shell=bash

# What undoes the steps so far, oldest first, each a line for eval.
UNDO=()
# How many steps there were to take.
STEPS=0
# Where what is replaced waits until all went well.
KEPT=

# The arguments as a person can give them to a shell.
words() {
  local quoted
  printf -v quoted '%q ' "$@"
  printf '%s' "${quoted% }"
}
say() { printf '%s\n' "$*"; }
# What a person may have to do.
NOTED=false
note() {
  NOTED=true
  printf 'note: %s\n' "$*"
}
die() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

# step SENTENCE COMMAND...: the sentence in the imperative.
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

# undo COMMAND...: to be said before the step, since one that fails halfway is to be undone too.
undo() { $DRY_RUN || UNDO+=("$(printf '%q ' "$@")"); }

begin_steps() {
  KEPT=$(mktemp -d)
  trap 'end_steps $?' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # Whoever read what is said may be gone.
  trap 'exit 141' PIPE
}

end_steps() {
  local code=$1 index
  trap - EXIT
  # Whoever is impatient now, or no longer listens, would keep it from being undone.
  trap '' INT TERM HUP PIPE
  # One that cannot be undone or said keeps no other from it.
  set +e
  if [ "$code" -ne 0 ] && [ "${#UNDO[@]}" -gt 0 ]; then
    say "it did not go well: undoing ${#UNDO[@]} steps"
    for ((index = ${#UNDO[@]} - 1; index >= 0; index--)); do eval "${UNDO[index]}" || say "could not be undone: ${UNDO[index]}"; done
  fi
  rm -rf "$KEPT"
  exit "$code"
}

# Nothing is to be undone from here on.
keep_steps() { UNDO=(); }

# put_folder PATH: makes those that are not there.
declare -A SAID_FOLDERS=()
put_folder() {
  local path=$1
  # In a rehearsal it is not there the second time either.
  if [ -d "$path" ] || [ -n "${SAID_FOLDERS[$path]:-}" ]; then return; fi
  put_folder "$(dirname "$path")"
  SAID_FOLDERS[$path]=yes
  undo rmdir "$path"
  step "make the folder $path" mkdir -m 0755 "$path"
}

# put_file SOURCE TARGET: a copy that everyone may read, in place at once. CHANGED is true where it was another one.
CHANGED=false
put_file() {
  local source=$1 target=$2
  cmp -s "$source" "$target" && return
  CHANGED=true
  put_folder "$(dirname "$target")"
  give_back_later "$target"
  step "write $target" write_file "$source" "$target"
}

# put_text TEXT TARGET
put_text() {
  local source
  source=$(mktemp "$KEPT/text.XXXXXX")
  printf '%s\n' "$1" >"$source"
  put_file "$source" "$2"
}

# put_link WHERE-TO LINK
put_link() {
  local to=$1 link=$2
  [ "$(readlink "$link" || true)" = "$to" ] && return
  put_folder "$(dirname "$link")"
  give_back_later "$link"
  step "link $link to $to" write_link "$to" "$link"
}

# take_away SENTENCE PATH...: what there is of it, for ever.
take_away() {
  local sentence=$1 path found=()
  shift
  for path; do if [ -e "$path" ] || [ -L "$path" ]; then found+=("$path"); fi; done
  [ "${#found[@]}" -eq 0 ] || step "$sentence" rm -rf "${found[@]}"
}

give_back_later() {
  local target=$1 kept
  # As write_file and write_link have it before it is in its place.
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
