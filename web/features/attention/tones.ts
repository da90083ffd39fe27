import { waveFile } from '../../lib/wave-file';

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

/** Two soft tones, one after the other. */
export function toneFile(): Blob {
  const samples = new Int16Array(Math.round(seconds * rate));
  for (let index = 0; index < samples.length; index += 1) {
    const now = index / rate;
    let value = 0;
    for (const { at, pitch } of tones) value += shapeAt(now - at) * Math.sin(2 * Math.PI * pitch * (now - at));
    samples[index] = Math.round(value * loudness * 0x7fff);
  }
  return new Blob([waveFile(samples, rate)], { type: 'audio/wav' });
}
