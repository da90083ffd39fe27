/**
 * A sound file of these samples, so many a second: PCM on one channel in RIFF/WAVE (IBM and Microsoft, 1991). Of 8 bits they go
 * from 0 to 255, 128 is silence; of 16 bits from -32768 to 32767.
 */
export function waveFile(samples: Uint8Array | Int16Array, rate: number): Uint8Array<ArrayBuffer> {
  const width = samples.BYTES_PER_ELEMENT;
  const file = new Uint8Array(44 + samples.byteLength);
  const head = new DataView(file.buffer);
  const words = (at: number, text: string) => file.set(new TextEncoder().encode(text), at);
  words(0, 'RIFF');
  head.setUint32(4, 36 + samples.byteLength, true);
  words(8, 'WAVEfmt ');
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, rate * width, true);
  head.setUint16(32, width, true);
  head.setUint16(34, 8 * width, true);
  words(36, 'data');
  head.setUint32(40, samples.byteLength, true);
  // The samples stand in the byte order of the machine; every one that runs a browser has the smaller byte first, as the file.
  file.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), 44);
  return file;
}
