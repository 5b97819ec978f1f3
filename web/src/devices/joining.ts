/** A device that has no keys yet asks the person's others for them. Here the session of the browser says who asks. */

import { type Bytes, decode, encode } from "../bytes.js";
import type { PartyId } from "../ids.js";
import type { NodeClient } from "../agent/node_client.js";
import { Person } from "../agent/person.js";
import { Session } from "../agent/session.js";
import { type Device, deviceOpening, makeDevice } from "../keystore/device.js";
import type { Store } from "../keystore/store.js";
import { Wallet } from "../keystore/wallet.js";
import { deviceCode, deviceDigest } from "./code.js";
import { readKeyring } from "./keyring_at_node.js";
import { unwrap, vouched } from "./wrapping.js";

const DEVICES = "/v1/accounts/devices";

export class Joining {
  private constructor(
    readonly client: NodeClient,
    readonly device: Device,
    readonly digest: Bytes,
    readonly expiresAt: number,
  ) {}

  /** Makes the key of this device, and has it wait for the wallet key. */
  static async begin(client: NodeClient, party: PartyId, label: string): Promise<Joining> {
    const device = await makeDevice(party);
    const digest = await deviceDigest(party, device.id, decode(device.sealingKey));
    const { id: device_id, sealingKey: sealing_key } = device;
    const { expires_at } = await client.post<{ expires_at: number }>(DEVICES, { device_id, sealing_key, label });
    return new Joining(client, device, digest, expires_at);
  }

  /** What a person types at a device that has the keys. */
  get code(): string {
    return deviceCode(this.digest);
  }

  /** Where a device that has the keys goes. What follows `#` is not sent to the node. */
  link(admission: string): string {
    return `${admission}#${this.device.id}.${encode(this.digest)}`;
  }

  /** Whether the node says that the keys are there. One that does not answer says nothing. */
  async isAdmitted(): Promise<boolean> {
    const kept = await readKeyring(this.client).catch(() => undefined);
    return kept?.wrappings.some((one) => one.id === this.device.id) ?? false;
  }

  /** Takes the keys, if they are there. */
  async look(store: Store): Promise<Person | undefined> {
    const kept = await readKeyring(this.client);
    const own = kept.wrappings.find((one) => one.id === this.device.id && one.kind === "device");
    if (own === undefined) return undefined;
    const session = await Session.open(this.client);
    const { party } = this.device;
    const { signingKey } = await session.keysOf(party);
    const walletKey = await unwrap(party, await vouched(session, party, [signingKey.kid], own), await deviceOpening(this.device));
    const wallet = await Wallet.install(store, this.device, walletKey, kept.document, kept.revision);
    // From here on the keys say who asks.
    this.client.pass = undefined;
    return new Person(session, wallet);
  }

  /** Waits no longer. */
  async leave(): Promise<void> {
    await this.client.delete(`${DEVICES}/${this.device.id}`).catch(() => undefined);
  }
}
