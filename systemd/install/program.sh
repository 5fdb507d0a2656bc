# Copies the program into a folder of its own beside the running version, and switches the link to it.
# shellcheck shell=bash

HOME_FOLDER=${HOME_FOLDER:-$ROOT/opt/dapberry}
# Whether the copy may consist of hard links: dpkg replaces files and does not write into them.
LINKS=${LINKS:-false}
PROGRAM=
# The former target of the link; empty at the first installation.
BEFORE=

# Identifies a version by its content; a checkout by its sources.
fingerprint() {
  local parts=(package.json dist systemd)
  # The Debian package has its documents elsewhere.
  [ ! -d "$SOURCE/docs" ] || parts+=(docs)
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
    # The installed version is run with another option: /opt/dapberry/current/systemd/install.sh --port 80
    PROGRAM=$SOURCE
    return
    ;;
  esac
  is_archive || build_checkout
  # A dry run in a checkout that is not built has nothing to compare.
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
    copy_archive "$staged"
  else
    (cd "$SOURCE" && cp -a package.json package-lock.json README.md LICENSE CHANGELOG.md dist docs systemd "$staged/")
    # Addons need a compiler; without one the program runs without them, and says so.
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
  # Writes the files to the card before the link leads to them.
  sync -f "$staged"
  mv -T "$staged" "$PROGRAM"
}

# Another file system has no hard links to this one.
copy_archive() {
  ! $LINKS || ! cp -al "$SOURCE/." "$1/" 2>/dev/null || return 0
  rm -rf "$1"
  mkdir -p "$1"
  cp -a "$SOURCE/." "$1/"
}

# The folder for the downloads of npm and node-gyp, so that root's home stays unchanged.
caches() { printf 'export npm_config_cache=%q XDG_CACHE_HOME=%q' "$KEPT/npm" "$KEPT/cache"; }

# Builds as the owner of the checkout: files that root builds there could not be overwritten by the owner.
build_checkout() {
  local folder owner own=''
  if is_built; then return; fi
  command -v npm >/dev/null || $DRY_RUN ||
    die 'expected npm to build the checkout with, found none: sudo apt-get install npm, or take a release archive'
  command -v c++ >/dev/null ||
    note 'no C++ compiler (sudo apt-get install g++ make python3): i2c-bus and onoff are left out, and with the first one sensors on I2C'
  folder=$(printf '%q' "$SOURCE")
  owner=$(stat -c %U "$SOURCE")
  # Another user builds there more often, and has a cache.
  [ "$owner" != root ] || own="$(caches) && "
  step "build $SOURCE (npm ci, npm run build)" \
    runuser -l "$owner" -c "cd $folder && ${own}npm ci --no-audit --no-fund && npm run --silent build"
}

# A build writes the page last: the build is current if no source is newer than the page.
is_built() {
  [ -f "$SOURCE/dist/web/index.html" ] &&
    [ -z "$(cd "$SOURCE" && find dap device server web package-lock.json -newer dist/web/index.html -type f -print -quit)" ]
}

# as_service COMMAND...: runs a command as the user of the service. Drivers of the configuration are programs: root must not load them,
# nor give them its terminal, into which they could type.
as_service() { setsid --wait setpriv --reuid=dapberry --regid=dapberry --init-groups --no-new-privs "$@" </dev/null; }

# Removes bytes that control a terminal from the output of drivers.
harmless() { LC_ALL=C sed -e 's/[^[:print:]\t\x80-\xff]/?/g' -e 's/\xc2[\x80-\x9f]/?/g'; }

# Refuses a configuration that the new version does not accept, before anything is switched.
check_configuration() {
  local file=$ROOT/etc/dapberry/config.yaml said code=0
  if $DRY_RUN || [ -n "$ROOT" ] || [ ! -f "$file" ]; then return; fi
  said=$(as_service node "$PROGRAM/dist/server/main.js" check --config "$file" 2>&1) || code=$?
  [ "$code" -ne 0 ] || return 0
  say "$said" | harmless >&2
  # The exit code of a wrong configuration.
  [ "$code" -eq 2 ] || die "expected that dapberry $VERSION runs, found that \"dapberry check\" ends with the code $code and the above; $(unchanged)"
  die "dapberry $VERSION does not accept $file; $(unchanged)"
}
unchanged() { if [ -n "$BEFORE" ]; then echo 'the installed version goes on unchanged'; else echo 'nothing was started'; fi; }

switch_program() {
  local to=versions/${PROGRAM##*/}
  [ "$BEFORE" != "$to" ] || return 0
  CHANGED=true
  if [ -n "$BEFORE" ]; then undo write_link "$BEFORE" "$HOME_FOLDER/current"; else undo rm -f "$HOME_FOLDER/current"; fi
  step "switch $HOME_FOLDER/current to $to" write_link "$to" "$HOME_FOLDER/current"
}

# Removes all versions but the running one and the one before it.
remove_old_programs() {
  local path
  [ "$BEFORE" != "versions/${PROGRAM##*/}" ] || return 0
  for path in "$HOME_FOLDER"/versions/*/; do
    path=${path%/}
    case ${path##*/} in "${PROGRAM##*/}" | "${BEFORE##*/}" | '*') continue ;; esac
    step "remove $path" rm -rf "$path"
  done
}
