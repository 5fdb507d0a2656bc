// For which machines are there packages? By Debian's names, with what npm, Node and the cross compilers call them.

export const ARCHITECTURES = {
  arm64: { cpu: 'arm64', triplet: 'aarch64-linux-gnu' },
  // ARMv7 with floating point: not the Pi Zero and Pi 1 of ARMv6, for which there is no Node either.
  armhf: { cpu: 'arm', triplet: 'arm-linux-gnueabihf' },
  amd64: { cpu: 'x64', triplet: 'x86_64-linux-gnu' },
};

/** The versions of Node that addons are built for; they load in every other one of the same major version. */
export const NODE_VERSIONS = ['20.19.0', '22.13.1', '24.20.0'];
