const named = /^image\/(jpeg|webp|heic|heif|avif|tiff)$/;
/** Bytes a value of each type takes (TIFF 6.0, section 2). */
const sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const gpsPointer = 0x8825;
const space = 0x20;

/**
 * The picture without where it was taken: positions in Exif (2.32, section 4.6.6) and XMP are overwritten in place. Nothing else
 * changes, nor does the size, so an upload that was begun can go on.
 */
export async function withoutPlace(file: Blob): Promise<Blob> {
  if (!named.test(file.type)) return file;
  const bytes = new Uint8Array(await file.arrayBuffer());
  return blankPlaces(bytes) ? new Blob([bytes], { type: file.type }) : file;
}

/** Whether there were any. What cannot be understood stays as it is. */
export function blankPlaces(bytes: Uint8Array): boolean {
  let found = blankGps(bytes);
  // So it begins in JPEG, HEIC and AVIF; in WebP the name of the chunk and its length go before.
  for (const at of placesOf(bytes, 'Exif\0\0')) found = blankGps(bytes.subarray(at + 6)) || found;
  for (const at of placesOf(bytes, 'EXIF')) found = blankGps(bytes.subarray(at + 8)) || found;
  for (const at of placesOf(bytes, 'exif:GPS')) found = blankText(bytes, at) || found;
  return found;
}

function* placesOf(bytes: Uint8Array, text: string): Generator<number> {
  const codes = Array.from(text, (sign) => sign.charCodeAt(0));
  for (let at = bytes.indexOf(codes[0] ?? 0); at >= 0; at = bytes.indexOf(codes[0] ?? 0, at + 1))
    if (codes.every((code, index) => bytes[at + index] === code)) yield at;
}

/** Of what begins with a TIFF header: its list of positions is empty thereafter. */
function blankGps(tiff: Uint8Array): boolean {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = tiff.length < 8 ? 0 : view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return false;
  const u16 = (at: number) => (at + 2 <= tiff.length ? view.getUint16(at, little) : 0);
  const u32 = (at: number) => (at + 4 <= tiff.length ? view.getUint32(at, little) : 0);
  const entries = (list: number) => Array.from({ length: u16(list) }, (_, index) => list + 2 + index * 12);
  const pointer = entries(u32(4)).find((at) => u16(at) === gpsPointer);
  const list = pointer === undefined ? 0 : u32(pointer + 8);
  const positions = list === 0 ? [] : entries(list);
  for (const at of positions) {
    const length = (sizes[u16(at + 2)] ?? 0) * u32(at + 4);
    if (length > 4) tiff.fill(0, u32(at + 8), u32(at + 8) + length);
    tiff.fill(0, at, at + 12);
  }
  if (positions.length > 0) tiff.fill(0, list, list + 2);
  return positions.length > 0;
}

/** Of an XMP property, whether an attribute or an element: its value is spaces thereafter. */
function blankText(bytes: Uint8Array, from: number): boolean {
  const sign = (at: number) => String.fromCharCode(bytes[at] ?? 0);
  let at = from;
  while (/[\w:]/.test(sign(at))) at += 1;
  const isElement = sign(at) === '>';
  const quote = sign(at + 1);
  if (!isElement && !(sign(at) === '=' && /["']/.test(quote))) return false;
  const end = bytes.indexOf((isElement ? '<' : quote).charCodeAt(0), at + 2);
  if (end < 0) return false;
  const value = bytes.subarray(isElement ? at + 1 : at + 2, end);
  const found = value.some((byte) => byte !== space);
  value.fill(space);
  return found;
}
