// What a browser keeps of the keys of a person.

/** The public half of the key that signs in this browser. */
export async function keyringOf(tab) {
  return tab.page.evaluate(async () => {
    const opening = indexedDB.open("assent-wallet");
    await new Promise((resolve) => (opening.onsuccess = resolve));
    const asked = opening.result.transaction("wallets").objectStore("wallets").getAll();
    const [wallet] = await new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)));
    return wallet?.keyring.entries[0].signing.x;
  });
}

/** Where a device says of itself which one of the list it is. */
export function own(tab) {
  return tab.page.locator("[data-own]:not([hidden])");
}
