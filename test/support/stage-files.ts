import { crc32, deflateSync } from 'node:zlib';
import type { IncomingAttachment } from '../../src/sdk/index.js';
import { waveFile } from '../../web/lib/wave-file.ts';

/** Small files that a browser can draw and play. */
function file(name: string, type: string, bytes: Buffer, contentId?: string): IncomingAttachment {
  return { name, type, size: bytes.length, content: bytes, ...(contentId ? { contentId } : {}) };
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFklEQVR42mNkYPhfz0AEYBxVSF+FAP5FDvcfRYWgAAAAAElFTkSuQmCC',
  'base64',
);

const silentSecond = Buffer.from(waveFile(Buffer.alloc(8000, 128), 8000));

export const picture = (name: string, contentId?: string): IncomingAttachment =>
  file(name, 'image/png', png, contentId);
export const sound = (name: string): IncomingAttachment => file(name, 'audio/wav', silentSecond);
export const avatar = { id: 'face', type: 'image/png', content: png };

const chunk = (name: string, data: Buffer) => {
  const words = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(words));
  return Buffer.concat([length, words, sum]);
};

/** 40 KB that say they are a picture of ten thousand million points. */
function vast(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(100_000, 0);
  header.writeUInt32BE(100_000, 4);
  header.set([8, 2], 8);
  const points = chunk('IDAT', deflateSync(Buffer.alloc(40_000_000)));
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', header), points, chunk('IEND', Buffer.alloc(0))]);
}

const page = Buffer.from('<!doctype html><script>document.title="taken over"</script><img src=x onerror=alert(1)>');
const drawing = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
);

/** None of them is the picture that it says it is. */
export const noPictures: IncomingAttachment[] = [
  file('vast.png', 'image/png', vast()),
  file('page.png', 'image/png', page),
  file('drawing.png', 'image/png', drawing),
  file('cut.png', 'image/png', png.subarray(0, 30)),
];

/** A picture to some, a page and a script to others. */
export const polyglot = file(
  'both.gif',
  'image/gif',
  Buffer.concat([Buffer.from('GIF89a/*'), page, Buffer.from('*/=1;alert(1)')]),
);
