// Lists the architectures of packages by Debian's names, with the names of npm, Node and the cross compilers.

export const ARCHITECTURES = {
  arm64: { cpu: 'arm64', triplet: 'aarch64-linux-gnu' },
  // ARMv7 with floating point. The Pi Zero and Pi 1 have ARMv6, for which there is no Node.
  armhf: { cpu: 'arm', triplet: 'arm-linux-gnueabihf' },
  amd64: { cpu: 'x64', triplet: 'x86_64-linux-gnu' },
};

/** The versions of Node that addons are compiled for; each addon loads in every Node of the same major version. */
export const NODE_VERSIONS = ['20.19.0', '22.13.1', '24.20.0'];
