/** A QR code in a page: a picture that says what it leads to. */

import { qrCode } from "../devices/qr.js";

const SVG = "http://www.w3.org/2000/svg";

export function showQr(place: Element | null, text: string): void {
  if (place === null) return;
  const { size, path } = qrCode(text);
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", text);
  const ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width: size, height: size, fill: "#fff" })) ground.setAttribute(name, `${value}`);
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path);
  dark.setAttribute("fill", "#000");
  picture.append(ground, dark);
  place.replaceChildren(picture);
}
