/** A QR code (ISO/IEC 18004) as one path, for whoever holds a camera in front of it. */

import encodeQR from "qr";

export interface QrCode {
  /** Modules on a side, with the quiet zone. */
  readonly size: number;
  /** The dark modules, each as a square of one. */
  readonly path: string;
}

export function qrCode(text: string): QrCode {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  const squares = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size: rows.length, path: squares.join("") };
}
