/** Bars of a waveform as it is kept and drawn. */
export const bars = 64;

/** The loudest of each of `count` equal parts, from 0 to 100 of the loudest of all. */
export function waveformOf(levels: ArrayLike<number>, count = bars): number[] {
  if (levels.length === 0) return [];
  const parts = Math.min(count, levels.length);
  const loudest: number[] = [];
  let most = 0;
  for (let part = 0; part < parts; part += 1) {
    const end = Math.floor(((part + 1) * levels.length) / parts);
    let peak = 0;
    for (let at = Math.floor((part * levels.length) / parts); at < end; at += 1) {
      peak = Math.max(peak, Math.abs(levels[at] ?? 0));
    }
    loudest.push(peak);
    most = Math.max(most, peak);
  }
  return loudest.map((peak) => (most === 0 ? 0 : Math.round((peak / most) * 100)));
}

const largest = 3 * 1024 * 1024;

/** The waveform of a sound that came without one; null where it is too large or cannot be read. */
export async function readWaveform(url: string, size: number): Promise<number[] | null> {
  if (size > largest) return null;
  try {
    const response = await fetch(url);
    const context = new OfflineAudioContext(1, 1, 8_000);
    const sound = await context.decodeAudioData(await response.arrayBuffer());
    return waveformOf(sound.getChannelData(0));
  } catch {
    return null;
  }
}
