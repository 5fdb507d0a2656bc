# Unpacks Debian's Python for the emulated Pi, as a peer of speed. Source it after cache.sh.

need_python() {
  local packages=(python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libexpat1 zlib1g) key
  key=$(key_of "${packages[*]}" "$IMAGES/python.sh")
  if is_made python-arm64 "$key"; then return; fi
  say 'Python for the emulated Pi'
  rm -rf python-arm64
  unpack arm64 "$CACHE/python-arm64" "${packages[@]}"
  rm -rf python-arm64/usr/share
  mark_made python-arm64 "$key"
}
