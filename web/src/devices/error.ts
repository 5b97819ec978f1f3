/** Why keys do not go from one device to another. */

export class DeviceError extends Error {
  constructor(
    readonly code:
      | "code-mistyped"
      | "device-unknown"
      | "device-removed"
      | "device-last"
      | "key-past"
      | "key-swapped"
      | "keyring-absent"
      | "kit-unknown"
      | "wrapping-altered",
  ) {
    super(code);
  }
}
