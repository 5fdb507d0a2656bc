# Puts the program into its place: a folder of its own beside the version that runs, to which a link is then switched.
# shellcheck shell=bash

HOME_FOLDER=$ROOT/opt/dapberry
PROGRAM=
# What the link led to before; nothing at the first installation.
BEFORE=

# What is installed, told by its content: of a checkout, what it is made from.
fingerprint() {
  local parts=(package.json dist docs systemd)
  if is_archive; then
    parts+=(node_modules)
  else
    parts+=(package-lock.json)
    node -p process.versions.modules
  fi
  (cd "$SOURCE" && find "${parts[@]}" -type f ! -name .tsbuildinfo -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}

is_archive() { [ -f "$SOURCE/ARCHITECTURE" ]; }

install_program() {
  local mark staged
  BEFORE=$(readlink "$HOME_FOLDER/current" || true)
  case $SOURCE in "$HOME_FOLDER"/versions/*)
    # What is installed is told to be otherwise: /opt/dapberry/current/systemd/install.sh --port 80
    PROGRAM=$SOURCE
    return
    ;;
  esac
  is_archive || build_checkout
  # A rehearsal in a checkout that is not built has nothing to compare.
  mark=$({ fingerprint 2>/dev/null || true; } | sha256sum | cut -c1-64)
  PROGRAM=$HOME_FOLDER/versions/$VERSION
  if [ -e "$PROGRAM" ] && [ "$(mark_of "$PROGRAM")" != "$mark" ]; then PROGRAM=$PROGRAM+${mark:0:8}; fi
  [ "$(mark_of "$PROGRAM")" != "$mark" ] || return 0
  put_folder "$HOME_FOLDER/versions"
  staged=$HOME_FOLDER/versions/.new
  undo rm -rf "$staged" "$PROGRAM"
  step "copy dapberry $VERSION to $PROGRAM" copy_program "$staged" "$mark"
}

mark_of() { cat "$1/.content" 2>/dev/null || true; }

copy_program() {
  local staged=$1 mark=$2
  rm -rf "$staged"
  mkdir -p "$staged"
  if is_archive; then
    cp -a "$SOURCE/." "$staged/"
  else
    (cd "$SOURCE" && cp -a package.json package-lock.json README.md LICENSE CHANGELOG.md dist docs systemd "$staged/")
    rm -f "$staged/dist/.tsbuildinfo"
    # Addons are compiled where a compiler is there; without one the program does without them, and says so.
    (
      cd "$staged"
      eval "$(caches)"
      npm ci --omit=dev --no-audit --no-fund --loglevel=error
      rm package-lock.json
    )
  fi
  printf '%s\n' "$mark" >"$staged/.content"
  chown -R 0:0 "$staged"
  chmod -R u=rwX,go=rX "$staged"
  chmod 0755 "$staged/dist/server/main.js"
  # On the card before anything leads there.
  sync -f "$staged"
  mv -T "$staged" "$PROGRAM"
}

# Where npm and node-gyp put what they fetch: root's home is left as it is.
caches() { printf 'export npm_config_cache=%q XDG_CACHE_HOME=%q' "$KEPT/npm" "$KEPT/cache"; }

# As whoever has the checkout: what root builds there, nobody else could build again.
build_checkout() {
  local folder owner own=''
  if is_built; then return; fi
  command -v npm >/dev/null || $DRY_RUN ||
    die 'expected npm to build the checkout with, found none: sudo apt-get install npm, or take a release archive'
  command -v c++ >/dev/null ||
    note 'no C++ compiler (sudo apt-get install g++ make python3): i2c-bus and onoff are left out, and with the first one sensors on I2C'
  folder=$(printf '%q' "$SOURCE")
  owner=$(stat -c %U "$SOURCE")
  # Anybody else builds there more often, with a cache of their own.
  [ "$owner" != root ] || own="$(caches) && "
  step "build $SOURCE (npm ci, npm run build)" \
    runuser -l "$owner" -c "cd $folder && ${own}npm ci --no-audit --no-fund && npm run --silent build"
}

# The page is what a build writes last; nothing that it is made from is newer.
is_built() {
  [ -f "$SOURCE/dist/web/index.html" ] &&
    [ -z "$(cd "$SOURCE" && find dap device server web package-lock.json -newer dist/web/index.html -type f -print -quit)" ]
}

# as_service COMMAND...: drivers that the configuration names are programs: they are not loaded as root, and get no hold of root's terminal, into which they could type.
as_service() { setsid --wait setpriv --reuid=dapberry --regid=dapberry --init-groups --no-new-privs "$@" </dev/null; }

# What a driver prints may hold bytes that move a terminal.
harmless() { LC_ALL=C sed -e 's/[^[:print:]\t\x80-\xff]/?/g' -e 's/\xc2[\x80-\x9f]/?/g'; }

# A configuration that the new version does not take is told before anything is switched.
check_configuration() {
  local file=$ROOT/etc/dapberry/config.yaml said
  if $DRY_RUN || [ -n "$ROOT" ] || [ ! -f "$file" ]; then return; fi
  said=$(as_service node "$PROGRAM/dist/server/main.js" check --config "$file" 2>&1) || {
    say "$said" | harmless >&2
    die "dapberry $VERSION cannot take $file; what is installed stays as it is"
  }
}

switch_program() {
  local to=versions/${PROGRAM##*/}
  [ "$BEFORE" != "$to" ] || return 0
  CHANGED=true
  if [ -n "$BEFORE" ]; then undo write_link "$BEFORE" "$HOME_FOLDER/current"; else undo rm -f "$HOME_FOLDER/current"; fi
  step "switch $HOME_FOLDER/current to $to" write_link "$to" "$HOME_FOLDER/current"
}

# All but the one that runs and the one before it.
remove_old_programs() {
  local path
  [ "$BEFORE" != "versions/${PROGRAM##*/}" ] || return 0
  for path in "$HOME_FOLDER"/versions/*/; do
    path=${path%/}
    case ${path##*/} in "${PROGRAM##*/}" | "${BEFORE##*/}" | '*') continue ;; esac
    step "remove $path" rm -rf "$path"
  done
}
