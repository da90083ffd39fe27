/** Samples per second. */
const rate = 22_050;
const seconds = 0.36;
const tones = [
  { at: 0, pitch: 660 },
  { at: 0.11, pitch: 880 },
];
/** Of full scale; a tone reaches it in the first span and fades away in the second, in seconds. */
const loudness = 0.08;
const rise = 0.015;
const fall = 0.205;
const fadeTo = 0.00125;

/** From 0 to 1, so long after the tone began. */
function shapeAt(time: number): number {
  if (time < 0 || time > rise + fall) return 0;
  return time < rise ? time / rise : fadeTo ** ((time - rise) / fall);
}

/** Two soft tones, one after the other: PCM of 16 bits on one channel in a RIFF/WAVE file (IBM and Microsoft, 1991). */
export function toneFile(): Blob {
  const count = Math.round(seconds * rate);
  const data = new DataView(new ArrayBuffer(44 + count * 2));
  const word = (at: number, text: string) => {
    for (let index = 0; index < text.length; index += 1) data.setUint8(at + index, text.charCodeAt(index));
  };
  word(0, 'RIFF');
  data.setUint32(4, 36 + count * 2, true);
  word(8, 'WAVEfmt ');
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true);
  data.setUint16(22, 1, true);
  data.setUint32(24, rate, true);
  data.setUint32(28, rate * 2, true);
  data.setUint16(32, 2, true);
  data.setUint16(34, 16, true);
  word(36, 'data');
  data.setUint32(40, count * 2, true);
  for (let index = 0; index < count; index += 1) {
    const now = index / rate;
    let value = 0;
    for (const { at, pitch } of tones) value += shapeAt(now - at) * Math.sin(2 * Math.PI * pitch * (now - at));
    data.setInt16(44 + index * 2, Math.round(value * loudness * 0x7fff), true);
  }
  return new Blob([data.buffer], { type: 'audio/wav' });
}
