// How is an I2C address written? As datasheets write it.

export function hexAddress(address: number): string {
  return `0x${address.toString(16).padStart(2, '0')}`;
}
