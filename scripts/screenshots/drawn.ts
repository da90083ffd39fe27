import sharp from 'sharp';
import { waveFile } from '../../web/lib/wave-file.ts';

/** What people of the story took pictures of, as far as a program can draw it. */
type View = { sky: [string, string, string]; sun: [number, number, string]; hills: string[]; water: [string, string] };

const views = {
  dawn: {
    sky: ['#33507a', '#d98f7d', '#f6d9a8'],
    sun: [880, 470, '#fff3cf'],
    hills: ['#a37f8b', '#6f6078', '#43455f', '#27304a'],
    water: ['#e3b28d', '#2b3a58'],
  },
  noon: {
    sky: ['#3f83b8', '#8dbfdb', '#e3f0ee'],
    sun: [250, 120, '#ffffff'],
    hills: ['#9fbcc4', '#6f9a92', '#4b7a64', '#2f5a48'],
    water: ['#9cc8d3', '#1f5a74'],
  },
  dusk: {
    sky: ['#171f3d', '#5a4a7d', '#e08a6a'],
    sun: [420, 520, '#ffc68a'],
    hills: ['#5e4a72', '#41375f', '#2a2848', '#171a30'],
    water: ['#a0627a', '#141b33'],
  },
} satisfies Record<string, View>;
export type ViewName = keyof typeof views;

const [width, height, shore] = [1280, 860, 560];

/** The same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function hill(next: () => number, base: number, rise: number): string {
  const waves = Array.from({ length: 4 }, (_, n) => [rise / (n + 1), (n + 1) * (0.7 + next()), next() * 6] as const);
  const at = (x: number) =>
    base - waves.reduce((sum, [size, rate, phase]) => sum + size * Math.sin((x / width) * 3 * rate + phase), 0) * 0.45;
  const points = Array.from({ length: 129 }, (_, n) => `${n * 10},${at(n * 10).toFixed(1)}`);
  return `M0 ${shore + 2} L${points.join(' ')} L${width} ${shore + 2} Z`;
}

const boat = (x: number, size: number, hull: string) => `<g transform="translate(${x} ${shore + 34}) scale(${size})">
  <path d="M-64 0h128l-20 24h-88z" fill="${hull}"/><path d="M-2 -6v-150l62 138z" fill="#f3ece0"/>
  <path d="M-8 -12v-120l-44 112z" fill="#d9d3c8"/><path d="M-5 2v-164" stroke="#33302e" stroke-width="4"/>
  <path d="M-60 34h116l-24 16h-74z" fill="${hull}" opacity=".35"/><path d="M-2 56v96l38 -90z" fill="#f3ece0" opacity=".16"/></g>`;

/** A view over the water. */
export function photo(name: ViewName, hull = '#2d5f86'): Promise<Buffer> {
  const { sky, sun, hills, water } = views[name];
  const next = numbers(name.length * 7919 + name.charCodeAt(1));
  const ripples = Array.from({ length: 260 }, () => {
    const y = shore + 12 + next() ** 1.6 * (height - shore);
    const long = 20 + ((y - shore) / 300) * 160 * next();
    return `<path d="M${(next() * width).toFixed(0)} ${y.toFixed(0)}h${long.toFixed(0)}" opacity="${(0.05 + next() * 0.22).toFixed(2)}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>
      <linearGradient id="s" x2="0" y2="1"><stop stop-color="${sky[0]}"/><stop offset=".62" stop-color="${sky[1]}"/><stop offset="1" stop-color="${sky[2]}"/></linearGradient>
      <linearGradient id="w" x2="0" y2="1"><stop stop-color="${water[0]}"/><stop offset="1" stop-color="${water[1]}"/></linearGradient>
      <radialGradient id="g"><stop stop-color="${sun[2]}"/><stop offset=".16" stop-color="${sun[2]}" stop-opacity=".75"/><stop offset="1" stop-color="${sun[2]}" stop-opacity="0"/></radialGradient>
      <filter id="b"><feGaussianBlur stdDeviation="1.1"/></filter>
      <filter id="c" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency=".0035 .014" numOctaves="5" seed="${name.length}"/>
        <feColorMatrix values="0 0 0 0 1  0 0 0 0 1  0 0 0 0 1  0 0 0 2.6 -1.25"/></filter>
      <filter id="n" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency=".9" numOctaves="2"/><feColorMatrix values="0 0 0 0 .5  0 0 0 0 .5  0 0 0 0 .5  0 0 0 .5 -.12"/></filter>
    </defs>
    <rect width="${width}" height="${shore}" fill="url(#s)"/>
    <rect width="${width}" height="${shore}" filter="url(#c)" opacity=".5"/>
    <circle cx="${sun[0]}" cy="${sun[1]}" r="360" fill="url(#g)" opacity=".8"/>
    ${hills.map((color, n) => `<path d="${hill(next, 430 + n * 38, 130 - n * 26)}" fill="${color}" filter="url(#b)"/>`).join('')}
    <rect y="${shore}" width="${width}" height="${height - shore}" fill="url(#w)"/>
    <ellipse cx="${sun[0]}" cy="${shore + 150}" rx="120" ry="230" fill="url(#g)" opacity=".6"/>
    <g stroke="#fff" stroke-width="3" stroke-linecap="round">${ripples.join('')}</g>
    ${boat(360, 1.25, hull)}${boat(700, 0.62, '#8a4b3c')}${boat(1010, 0.42, '#54545c')}
    <rect width="${width}" height="${height}" filter="url(#n)" opacity=".22"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 86 }).toBuffer();
}

/** The tide of a day, as an office would draw it. */
export function chart(): Promise<Buffer> {
  const curve = Array.from({ length: 45 }, (_, x) => `${x * 20},${150 - 96 * Math.sin((x / 44) * 4 * Math.PI - 1.2)}`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="880" height="300" fill="none"><rect width="880" height="300" fill="#eef4f6"/>
    <path d="M0 150h880" stroke="#b9ccd2" stroke-width="2"/><polyline points="${curve.join(' ')}" stroke="#2b6a78" stroke-width="4"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** How loud somebody is who says a few sentences; 0 to 100, in parts of equal length. */
export const loudness = (seed: number, parts = 64): number[] => {
  const next = numbers(seed);
  return Array.from({ length: parts }, (_, n) => {
    const phrase = Math.max(0.06, Math.sin((n / parts) * Math.PI * 5 + seed) * 0.5 + 0.42);
    return Math.round(100 * Math.min(1, phrase * (0.45 + next() * 0.6)));
  });
};

/** A sound as loud as that (WAVE). */
export function voice(seconds: number, seed: number): Buffer {
  const levels = loudness(seed);
  const samples = Buffer.alloc(seconds * 8000);
  for (let n = 0; n < samples.length; n++) {
    const level = levels[Math.floor((n / samples.length) * levels.length)] ?? 0;
    samples[n] = 128 + Math.round((level / 100) * 90 * Math.sin(n * 0.16));
  }
  return Buffer.from(waveFile(samples, 8000));
}
