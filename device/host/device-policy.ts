// Explains EPERM for a device file: the service's device policy does not allow it (a missing group gives EACCES).

/**
 * The end of a sentence about a device file that the device policy denies (DevicePolicy= and DeviceAllow= of
 * systemd.resource-control(5); containers have a similar policy).
 */
export function notAllowed(path: string): string {
  return `${path} is there, but the service's device policy does not allow it: sudo systemctl restart dapberry-devices allows what the configuration needs, and systemctl status dapberry-devices tells why where it does not (docs/install.md)`;
}
